#include "tools/tutti/definitions/definition.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::cli;

namespace definition_test {

using nlohmann::json;

definition of(kind which, const char* text) {
  return {which, json::parse(text), nullptr, {}};
}

TEST_CASE("a field that nobody knows is found in every kind of definition") {
  struct {
    kind which;
    const char *text, *sentence;
  } const cases[]
      = {{kind::workflow, R"({"name":"w","tasks":[],"descripton":"x"})",
          "property 'descripton' is not known; did you mean 'description'?"},
         {kind::task, R"({"name":"t","retryCounts":1})",
          "property 'retryCounts' is not known; did you mean 'retryCount'?"},
         {kind::schema, R"({"name":"s","type":"JSON","dat":{}})",
          "property 'dat' is not known; did you mean 'data'?"},
         {kind::event_handler, R"({"name":"h","event":"e","activ":true})",
          "property 'activ' is not known; did you mean 'active'?"},
         {kind::schedule, R"({"name":"s","cronExpresion":"0 0 3 * * *"})",
          "property 'cronExpresion' is not known; did you mean "
          "'cronExpression'?"}};
  for (auto& x : cases) {
    CAPTURE(x.text);
    auto found = unknown_fields(of(x.which, x.text));
    REQUIRE(found.size() == 1);
    CHECK(found[0].message == x.sentence);
  }
}

TEST_CASE("a schedule equals what a node tells of it") {
  auto written = of(kind::schedule,
                    R"({"name":"s","cronExpression":"0 0 3 * * *",
                        "startWorkflowRequest":{"name":"w"}})");
  auto told = of(kind::schedule,
                 R"({"name":"s","cronExpression":"0 0 3 * * *","zoneId":"UTC",
                     "cronSchedules":[],"paused":false,"firedCount":7,
                     "nextRunTime":1796180400000,"createTime":1,"createdBy":"x",
                     "runCatchupScheduleInstances":false,
                     "startWorkflowRequest":{"name":"w",
                       "taskToDomain":{},"priority":0}})");
  REQUIRE(canonical(written));
  REQUIRE(canonical(told));
  CHECK(*canonical(written) == *canonical(told));
  CHECK(unknown_fields(told).empty());
  auto paused = told;
  paused.value["paused"] = true;
  CHECK(*canonical(paused) != *canonical(told));
}

TEST_CASE("the rules of schedules and event handlers hold without a node") {
  CHECK(!broken_rules(of(kind::schedule, R"({"name":"s",
            "cronExpression":"0 0 25 * * *",
            "startWorkflowRequest":{"name":"w"}})"))
             .empty());
  CHECK(broken_rules(of(kind::schedule, R"({"name":"s",
            "cronExpression":"0 0 3 * * *",
            "startWorkflowRequest":{"name":"w"}})"))
            .empty());
  CHECK(!broken_rules(of(kind::event_handler, R"({"name":"h"})")).empty());
  CHECK(broken_rules(
            of(kind::event_handler, R"({"name":"h","event":"conductor:w:r",
            "actions":[{"action":"start_workflow",
                        "start_workflow":{"name":"w"}}]})"))
            .empty());
}

} // namespace definition_test
