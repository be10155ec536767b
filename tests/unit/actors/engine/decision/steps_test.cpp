#include "actors/engine/decision/steps.hpp"
#include "actors/engine/definition/schema/json_schema.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace steps_test {

using namespace tutti;
using nlohmann::json;
using test::pure_world;
using test::simple;
using test::workflow_of;

std::string list_of(int count) {
  auto list = json::array();
  for (int i = 0; i < count; ++i)
    list.push_back(json{{"n", i}});
  return json{{"list", std::move(list)}}.dump();
}

/// Inputs that filter the list of the workflow's input.
std::string filters(int count) {
  json inputs;
  for (int i = 0; i < count; ++i)
    inputs["i" + std::to_string(i)] = "${workflow.input.list[?(@.n > 5)]}";
  return R"(,"inputParameters":)" + inputs.dump();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

TEST_CASE(
    "expressions that cost too much fail their task with the limit [A7]") {
  pure_world world;
  world.bounds.expression_steps_max = 50'000;
  world.define_tasks({"t1"});
  world.define(workflow_of(simple("t1", filters(50))));
  auto id = world.start("w", list_of(1'000));
  CHECK(world.status(id) == "FAILED");
  CHECK(world.rows(id) == "t1:FT");
  CHECK(world.waiting("t1") == 0);
  auto& row = world.row(id, "t1");
  CHECK(row.input.text() == "{}");
  CHECK(contains(row.reason, "the limit is 50000 steps "
                             "(executions.expression_steps_max)"));
  CHECK(world.replay_is_live());

  auto small = world.start("w", list_of(10));
  CHECK(world.rows(small) == "t1:S");
  CHECK(world.row(small, "t1").input.json().at("i49").size() == 4);
}

TEST_CASE("a plain path into a large payload is paid for [A7]") {
  pure_world world;
  world.bounds.expression_steps_max = 50'000;
  world.define_tasks({"t1"});
  json inputs;
  for (int i = 0; i < 1'000; ++i)
    inputs["i" + std::to_string(i)] = "${workflow.input.x}";
  world.define(
      workflow_of(simple("t1", R"(,"inputParameters":)" + inputs.dump())));
  auto large = json{{"a", std::string(100'000, 'a')}, {"x", 1}}.dump();
  CHECK(world.rows(world.start("w", large)) == "t1:FT");
  CHECK(world.rows(world.start("w", R"({"x":1})")) == "t1:S");
}

// Every kind of task, and what is no task.
TEST_CASE("whatever resolves expressions is held to the bound [A7]") {
  const std::string costly = R"("${workflow.input.list[?(@.n > 5)]}")";
  const std::string input = R"(,"inputParameters":{"x":)" + costly + "}";
  auto task = [](const std::string& type, const std::string& more) {
    return R"({"name":"t","taskReferenceName":"t","type":")" + type + "\""
           + more + "}";
  };
  auto branch = simple("b");
  const std::string all[] = {
      task("SIMPLE", input),
      task("HTTP", input),
      task("NOOP", input),
      task("HUMAN", input),
      task("WAIT", input),
      task("SET_VARIABLE", input),
      task("TERMINATE", input),
      task("EVENT", input + R"(,"sink":"conductor")"),
      task("START_WORKFLOW", input),
      task("SUB_WORKFLOW",
           input + R"(,"subWorkflowParam":{"name":"w2","version":1})"),
      task("DYNAMIC", R"(,"dynamicTaskNameParam":"x")" + input),
      task("SWITCH", R"(,"evaluatorType":"value-param","expression":"x",
          "decisionCases":{"a":[)"
                         + branch + R"(]},"defaultCase":[)" + branch + "]"
                         + input),
      task("DECISION", R"(,"caseValueParam":"x","decisionCases":{"a":[)"
                           + branch + "]}" + input),
      task("FORK_JOIN", R"(,"forkTasks":[[)" + branch + "]]" + input)
          + R"(,{"name":"j","taskReferenceName":"j","type":"JOIN",
               "joinOn":["b"]})",
      task("FORK_JOIN_DYNAMIC",
           R"(,"dynamicForkTasksParam":"x","dynamicForkTasksInputParamName":"y",
              "inputParameters":{"x":)"
               + costly + R"(,"y":{}})")
          + R"(,{"name":"j","taskReferenceName":"j","type":"JOIN"})",
      task("DO_WHILE",
           R"(,"loopCondition":"false","loopOver":[)" + branch + "]" + input),
      task("FOR_EACH",
           R"(,"items":)" + costly + R"(,"loopOver":[)" + branch + "]"),
  };
  for (auto& tasks : all) {
    CAPTURE(tasks);
    pure_world world;
    world.bounds.expression_steps_max = 5'000;
    world.define_tasks({"b", "t"});
    world.define(workflow_of(tasks));
    auto id = world.start("w", list_of(2'000));
    CHECK(world.status(id) == "FAILED");
    CHECK(contains(world.at(id).head().reason,
                   "executions.expression_steps_max"));
    CHECK(world.replay_is_live());
  }
}

TEST_CASE("an output that costs too much fails the execution [A7]") {
  pure_world world;
  world.bounds.expression_steps_max = 5'000;
  world.define(workflow_of(
      R"({"name":"n","taskReferenceName":"n","type":"NOOP"})",
      R"(,"outputParameters":{"x":"${workflow.input.list[?(@.n > 5)]}"})"));
  auto id = world.start("w", list_of(2'000));
  CHECK(world.status(id) == "FAILED");
  CHECK(
      contains(world.at(id).head().reason, "executions.expression_steps_max"));
  CHECK(world.status(world.start("w", list_of(20))) == "COMPLETED");
}

TEST_CASE("a wide fork is not cheaper than its branches together [A7]") {
  pure_world world;
  world.bounds.decision_steps_max = 50'000;
  std::string branches, references;
  for (int i = 0; i < 50; ++i) {
    auto name = "b" + std::to_string(i);
    world.define_task(name);
    branches += (i ? ",[" : "[") + simple(name, filters(1)) + "]";
    references += (i ? ",\"" : "\"") + name + "\"";
  }
  world.define(workflow_of(
      R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN","forkTasks":[)"
      + branches + R"(]},{"name":"j","taskReferenceName":"j","type":"JOIN",
          "joinOn":[)"
      + references + "]}"));
  auto id = world.start("w", list_of(1'000));
  CHECK(world.status(id) == "FAILED");
  CHECK(contains(world.at(id).head().reason, "executions.decision_steps_max"));
  CHECK(world.replay_is_live());
  CHECK(world.status(world.start("w", list_of(10))) == "RUNNING");
}

TEST_CASE("a long decision is cut by its steps and goes on [A7]") {
  pure_world world;
  world.bounds.part_steps = 10'000;
  world.bounds.decision_steps_max = 100'000;
  auto each = R"({"name":"each","taskReferenceName":"each","type":"FOR_EACH",
      "items":"${workflow.input.list}","loopOver":[{"name":"n",
      "taskReferenceName":"n","type":"NOOP","inputParameters":
      {"x":"${workflow.input.list[?(@.n > 5)].n}"}}]})";
  world.define(workflow_of(each));
  // All of it would be 200 times 1,000 steps and more.
  auto id = world.start("w", list_of(200));
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a check against a schema has a bound of its own [A7]") {
  auto schema = json{{"items", {{"type", "object"}}}};
  for (bool fits : {true, false}) {
    pure_world world;
    world.bounds.schema_steps_max = fits ? 100'000 : 10'000;
    json check{{"name", "s"}, {"version", 1}, {"type", "JSON"}};
    check["data"] = {{"properties", {{"list", schema}}}};
    world.define_task(
        "t1", json{{"enforceSchema", true}, {"inputSchema", check}}.dump());
    world.define(workflow_of(simple(
        "t1", R"(,"inputParameters":{"list":"${workflow.input.list}"})")));
    auto id = world.start("w", list_of(1'000));
    CHECK(world.rows(id) == (fits ? "t1:S" : "t1:FT"));
    if (!fits)
      CHECK(
          contains(world.row(id, "t1").reason, "executions.schema_steps_max"));
  }
}

// A list of values is looked up, not compared one by one: each of these would
// take hours.
TEST_CASE("an enum of many values and a list without repeats are cheap [A7]") {
  constexpr int count = 100'000;
  auto values = json::array();
  for (int i = 0; i < count; ++i)
    values.push_back(json{{"a", i}, {"b", {i, "x"}}});
  auto schema = engine::json_schema::compile(
      json{{"items", {{"enum", values}}}, {"uniqueItems", true}});
  REQUIRE(schema);
  size_t used = 0;
  CHECK_FALSE((*schema)->misfit(values, 50'000'000, used));
  CHECK(used < 50'000'000);
  auto other = json::array(
      {json{{"a", 1.0}, {"b", {1, "x"}}}, json{{"a", 1}, {"b", {2, "x"}}}});
  CHECK(contains(*(*schema)->misfit(other), "/1: must be one of ["));
  CHECK((*schema)->misfit(other)->size() < 200);
  values.push_back(json{{"a", 7.0}, {"b", {7, "x"}}});
  CHECK(contains(*(*schema)->misfit(values), "the same item twice"));
}

TEST_CASE("steps are counted to the largest number and stay there [A7]") {
  engine::step_budget budget(10, 5, 100, 1'000);
  CHECK(budget.spend(10));
  CHECK(budget.left() == 0);
  CHECK_FALSE(budget.spend(1));
  CHECK(budget.refused() == &bounds::expression_steps);
  CHECK(contains(budget.sentence(), "has 11 steps; the limit is 10 steps"));
  budget.begin_value();
  CHECK_FALSE(budget.refused());
  CHECK(budget.spend_on_parsing("12345"));
  CHECK(budget.spend_on_parsing("12345"));
  CHECK(budget.left() == 4);
  CHECK_FALSE(budget.spend_on_schema(6));
  CHECK(budget.refused() == &bounds::schema_steps);
  budget.begin_value();
  CHECK_FALSE(budget.spend(~uint64_t{0}));
  CHECK_FALSE(budget.spend(~uint64_t{0}));
  budget.begin_value();
  CHECK_FALSE(budget.spend(1));
  CHECK(budget.refused() == &bounds::decision_steps);
}

} // namespace steps_test
