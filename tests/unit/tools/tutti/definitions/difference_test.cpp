#include "tools/tutti/definitions/difference.hpp"

#include <doctest/doctest.h>

using namespace tutti::cli;
using nlohmann::json;

namespace difference_test {

std::string lines(const char* from, const char* to) {
  std::string out;
  for (auto& x : as_json(differences(json::parse(from), json::parse(to))))
    out += line_of(x) + '\n';
  return out;
}

} // namespace difference_test
using difference_test::lines;

TEST_CASE("what differs is told field by field") {
  CHECK(lines(R"({"a": 1})", R"({"a": 1})").empty());
  CHECK(lines(R"({"a": 1, "b": {"c": [1, 2]}, "gone": null})",
              R"({"a": 2, "b": {"c": [1, 3, 4]}, "new": "x"})")
        == "a: 1 -> 2\n"
           "b.c[1]: 2 -> 3\n"
           "+ b.c[2]: 4\n"
           "- gone: null\n"
           "+ new: \"x\"\n");
}

TEST_CASE("tasks are matched by their references") {
  CHECK(lines(R"({"tasks": [{"taskReferenceName": "a", "n": 1},
                            {"taskReferenceName": "b"}]})",
              R"({"tasks": [{"taskReferenceName": "new"},
                            {"taskReferenceName": "a", "n": 2}]})")
        == "+ tasks[new]: {\"taskReferenceName\":\"new\"}\n"
           "tasks[a].n: 1 -> 2\n"
           "- tasks[b]: {\"taskReferenceName\":\"b\"}\n");
  CHECK(lines(R"([{"taskReferenceName": "a"}, {"taskReferenceName": "b"}])",
              R"([{"taskReferenceName": "b"}, {"taskReferenceName": "a"}])")
        == " (order): [\"a\",\"b\"] -> [\"b\",\"a\"]\n");
}

TEST_CASE("long values are cut between letters, for people alone") {
  json from{{"x", std::string(500, 'a') + "ü"}}, to{{"x", "b"}};
  auto change = as_json(differences(from, to)).at(0);
  CHECK(change["from"] == from["x"]);
  CHECK(line_of(change).size() < 200);
}
