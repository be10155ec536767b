#include "messages/model/query/known_part.hpp"

#include "messages/model/query/parser.hpp"

#include <doctest/doctest.h>

namespace tutti::query::known_part_test {

std::string shown(const expression& x) {
  using kind = expression::kind;
  std::string list;
  for (auto& part : x.parts)
    list += (list.empty() ? "" : " ") + shown(part);
  switch (x.what) {
    case kind::everything:
      return "all";
    case kind::condition:
      return x.test.field;
    case kind::text:
      return "words";
    case kind::negation:
      return "not(" + list + ")";
    case kind::all_of:
      return "and(" + list + ")";
    case kind::any_of:
      return "or(" + list + ")";
  }
  return {};
}

TEST_CASE("conditions on unknown fields are dropped, each with a warning") {
  struct {
    const char *query, *left;
    size_t dropped;
  } cases[] = {
      {"status=FAILED AND foo=1", "status", 1},
      {"foo=1 AND status=FAILED AND bar IN (1,2)", "status", 2},
      {"foo=1 OR status=FAILED", "status", 1},
      {"status=FAILED AND (foo=1 OR NOT bar=2)", "status", 2},
      {"status=FAILED AND (foo=1 OR version=2)", "and(status version)", 1},
      {"NOT (foo=1 OR version=2)", "not(version)", 1},
      {"foo=1", "all", 1},
      {"NOT foo IS NULL", "all", 1},
      {"", "all", 0},
      {"workflowName=a AND modifiedTime>1", "and(workflowName modifiedTime)",
       0},
      {"classifier=workflow AND text='a' AND input.foo=1",
       "and(classifier text input.foo)", 0},
  };
  for (auto& x : cases) {
    CAPTURE(x.query);
    std::vector<std::string> warnings;
    auto parsed = parse(x.query);
    REQUIRE(parsed);
    CHECK(shown(known_part(*parsed, subject::workflows, warnings)) == x.left);
    CHECK(warnings.size() == x.dropped);
  }
}

TEST_CASE("what only executions have is unknown of tasks") {
  std::vector<std::string> warnings;
  auto parsed = parse("classifier=workflow AND input.a=1 AND taskType=b");
  REQUIRE(parsed);
  CHECK(shown(known_part(*parsed, subject::tasks, warnings)) == "taskType");
  CHECK(warnings.size() == 2);
}

} // namespace tutti::query::known_part_test
