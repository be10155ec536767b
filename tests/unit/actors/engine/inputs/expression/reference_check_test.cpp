#include "actors/engine/inputs/expression/reference_check.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace wiring_test {

using nlohmann::json;

std::vector<std::string> check(const json& parameters) {
  tutti::engine::known_references names{
      [](std::string_view name) { return name == "t1" || name == "get-it"; },
      [](std::string_view name) { return name == "HOME"; }};
  std::vector<std::string> out;
  tutti::engine::check_references(
      parameters, "t2", names,
      [&](std::string sentence) { out.push_back(std::move(sentence)); });
  return out;
}

TEST_CASE("sound expressions have no complaint") {
  CHECK(check({{"a", "${workflow.input.x}"},
               {"b", {"${t1.output.y[0]}", {{"c", "${get-it.status}"}}}},
               {"d", "${CPEWF_TASK_ID}"},
               {"e", "${HOME}"},
               {"f", "$${nobody.output}"},
               {"g", "${nobody.output"},
               {"h", "${t1['output'].x}"},
               {"i", "${t1.output[${workflow.input.i}]}"},
               {"j", "${workflow.secrets.PW} ${workflow.env.X}"},
               {"k", 5},
               {"l", nullptr},
               {"${nobody.x}", "keys are not expressions"}})
            .empty());
}

TEST_CASE("each broken expression has a sentence of its own") {
  struct row {
    const char* text;
    const char* complaint;
  };
  for (auto& r : std::initializer_list<row>{
           {"${nobody.output.x}",
            "taskReferenceName: nobody for given task: t2 input value: key of "
            "input parameter: ${nobody.output.x} is not defined in workflow "
            "definition."},
           {"a ${t9.output} b", "taskReferenceName: t9"},
           {"${nobody}", "taskReferenceName: nobody"},
           {"${t1.output[${t9.output.i}]}", "taskReferenceName: t9"},
           {"${NETFLIX_ENV}", "environment variable: NETFLIX_ENV"},
           {"${workflow.input.}", "input parameter value: workflow.input. is "
                                  "not valid"},
           {"${workflow.input[}", "is not valid"},
           {"${workflow.input.a b}", "is not valid"},
           {"${}", "is not valid"}}) {
    CAPTURE(r.text);
    auto found = check({{"key", r.text}});
    REQUIRE(found.size() == 1);
    CHECK(found[0].find(r.complaint) != std::string::npos);
    CHECK(found[0].find("key") != std::string::npos);
  }
  CHECK(check({{"a", "${x.y} ${z.y}"}, {"b", {"${v.y}"}}}).size() == 3);
}

TEST_CASE("a text of many broken expressions is not repeated for each [A5]") {
  std::string text;
  for (int i = 0; i < 1'000; ++i)
    text += "${nobody" + std::to_string(i) + ".output}";
  auto found = check({{std::string(1'000, 'k'), text}});
  CHECK(found.size() == 1'000);
  for (auto& each : found)
    CHECK(each.size() < 500);
}

} // namespace wiring_test
