#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace {

pure_world forked() {
  pure_world world;
  for (auto* name : {"t1", "t2", "t3", "t4"})
    world.define_task(name);
  world.define(workflow_of(
      R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN","forkTasks":[[)"
      + simple("t1") + "," + simple("t3") + "],[" + simple("t2")
      + R"(]]},{"name":"j","taskReferenceName":"j","type":"JOIN","joinOn":["t3","t2"]},)"
      + simple("t4")));
  return world;
}

pure_world dynamically_forked(std::string_view more = "") {
  pure_world world;
  for (auto* name : {"t1", "a", "b", "t4"})
    world.define_task(name);
  world.define(workflow_of(
      simple("t1")
      + R"(,{"name":"d","taskReferenceName":"d","type":"FORK_JOIN_DYNAMIC",
        "dynamicForkTasksParam":"dynamicTasks",
        "dynamicForkTasksInputParamName":"dynamicTasksInput",
        "inputParameters":{"dynamicTasks":"${t1.output.dynamicTasks}",
          "dynamicTasksInput":"${t1.output.dynamicTasksInput}"})"
      + std::string(more)
      + R"(},{"name":"j","taskReferenceName":"j","type":"JOIN"},)"
      + simple("t4")));
  return world;
}

} // namespace

TEST_CASE("a join waits for every task it names") {
  auto world = forked();
  auto id = world.start("w");
  CHECK(world.rows(id) == "FORK:C t1:S t2:S JOIN:IP");
  world.done("t1");
  CHECK(world.rows(id) == "FORK:C t1:C t2:S JOIN:IP t3:S");
  world.done("t3", R"({"x":1})");
  CHECK(world.at(id).visible_output(world.row(id, "j")).json()
        == nlohmann::json{{"t3", {{"x", 1}}}});
  world.done("t2");
  CHECK(world.rows(id) == "FORK:C t1:C t2:C JOIN:C t3:C t4:S");
  CHECK(world.row(id, "j").output.json() == nlohmann::json{{"t3", {{"x", 1}}}});
  world.done("t4");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a failing branch cancels its siblings, and retry revives them") {
  auto world = forked();
  auto id = world.start("w");
  world.done("t1");
  auto join = world.row(id, "j").task_id;
  world.fail("t2", "no");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.rows(id) == "FORK:C t1:C t2:F JOIN:X t3:X");
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "FORK:C t1:C t2:F JOIN:IP t3:X t2:S t3:S");
  CHECK(world.row(id, "j").task_id == join);
  world.done("t2");
  world.done("t3");
  CHECK(world.row(id, "t4").status == task_status::scheduled);
  CHECK(world.replay_is_live());
}

TEST_CASE("dynamic branches become rows with their own inputs") {
  auto world = dynamically_forked();
  auto id = world.start("w");
  world.done("t1", R"({"dynamicTasks":[{"name":"a","taskReferenceName":"x1"},
    {"name":"b","taskReferenceName":"x2"}],
    "dynamicTasksInput":{"x1":{"k":1},"x2":{"k":2}}})");
  CHECK(world.rows(id) == "t1:C FORK:C x1:S x2:S JOIN:IP");
  CHECK(world.row(id, "x1").input.json()["k"] == 1);
  CHECK(world.row(id, "j").input.json()["joinOn"]
        == nlohmann::json::array({"x1", "x2"}));
  world.done("a", R"({"r":1})");
  world.done("b", R"({"r":2})");
  CHECK(world.row(id, "j").output.json()["x2"]["r"] == 2);
  CHECK(world.row(id, "t4").status == task_status::scheduled);
  CHECK(world.replay_is_live());
}

TEST_CASE("a dynamic fork of nothing joins at once") {
  auto world = dynamically_forked();
  auto id = world.start("w");
  world.done("t1", R"({"dynamicTasks":[],"dynamicTasksInput":{}})");
  CHECK(world.rows(id) == "t1:C FORK:C JOIN:C t4:S");
}

TEST_CASE("bad dynamic inputs end the workflow and leave no rows") {
  auto world = dynamically_forked();
  for (auto* output :
       {R"({"dynamicTasks":[{"name":"a","taskReferenceName":"x1"}],
            "dynamicTasksInput":{"x1":"v"}})",
        R"({"dynamicTasks":7,"dynamicTasksInput":{}})",
        R"({"dynamicTasks":[{"name":"a"}],"dynamicTasksInput":{}})",
        R"({"dynamicTasks":[{"name":"a","taskReferenceName":"t1"}],
            "dynamicTasksInput":{}})"}) {
    auto id = world.start("w");
    world.done("t1", output);
    CHECK(world.status(id) == "FAILED");
    CHECK(world.rows(id) == "t1:C");
  }
}

TEST_CASE("ten thousand branches cost what each of them changes") {
  auto world = dynamically_forked();
  auto id = world.start("w");
  std::string tasks, inputs;
  const int branches = 2000;
  for (int i = 0; i < branches; ++i) {
    auto n = std::to_string(i);
    tasks += std::string(i ? "," : "") + R"({"name":"a","taskReferenceName":"x)"
             + n + "\"}";
    inputs += std::string(i ? "," : "") + "\"x" + n + "\":{\"n\":" + n + "}";
  }
  world.done("t1", "{\"dynamicTasks\":[" + tasks + "],\"dynamicTasksInput\":{"
                       + inputs + "}}");
  CHECK(world.at(id).rows().size() == branches + 3);
  // What one update says does not grow with the branches beside it.
  task_result result;
  result.status = task_status::completed;
  result.output = *payload::parse(R"({"ok":true})");
  for (int i = 0; i < branches; ++i) {
    auto& row = world.row(id, "x" + std::to_string(i));
    result.task_id = row.task_id;
    auto d = world.tell(id, command::update_task{result});
    if (i + 1 < branches)
      CHECK(d.events.size() <= 3);
  }
  CHECK(world.row(id, "j").status == task_status::completed);
  CHECK(world.row(id, "j").output.json().size() == branches);
}

TEST_CASE("a switch takes the branch of its value, or the default") {
  pure_world world;
  for (auto* name : {"a", "b", "z"})
    world.define_task(name);
  world.define(workflow_of(
      R"({"name":"s","taskReferenceName":"s","type":"SWITCH",
        "evaluatorType":"value-param","expression":"case",
        "inputParameters":{"case":"${workflow.input.k}"},
        "decisionCases":{"one":[)"
      + simple("a") + R"(],"none":[]},"defaultCase":[)" + simple("b") + "]},"
      + simple("z")));
  auto id = world.start("w", R"({"k":"one"})");
  CHECK(world.rows(id) == "SWITCH:C a:S");
  CHECK(world.row(id, "s").output.json()["selectedCase"] == "one");
  CHECK(world.row(id, "s").input.json()["hasChildren"] == "true");
  world.done("a");
  CHECK(world.rows(id) == "SWITCH:C a:C z:S");
  CHECK(world.rows(world.start("w", R"({"k":"other"})")) == "SWITCH:C b:S");
  CHECK(world.rows(world.start("w", R"({"k":"none"})")) == "SWITCH:C z:S");
  CHECK(world.rows(world.start("w")) == "SWITCH:C b:S");
  CHECK(world.replay_is_live());
}

TEST_CASE("a child starts, answers its parent, and is terminated with it") {
  pure_world world;
  world.define_task("t1");
  world.define_task("c1");
  world.define(workflow_of(simple("c1"), "", "child"));
  world.define(workflow_of(
      simple("t1")
      + R"(,{"name":"sub","taskReferenceName":"sub","type":"SUB_WORKFLOW",
         "subWorkflowParam":{"name":"child"},
         "inputParameters":{"p":"${t1.output.v}"}})"));
  auto id = world.start("w");
  world.done("t1", R"({"v":5})");
  auto child = world.child(id, "sub");
  CHECK(world.rows(id) == "t1:C SUB_WORKFLOW:IP");
  CHECK(world.row(id, "sub").output.json()["subWorkflowId"] == child);
  CHECK(world.at(child).head().input.json()["p"] == 5);
  CHECK(world.at(child).head().parent_workflow_id == id);
  world.done("c1", R"({"r":1})");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.row(id, "sub").output.json()
        == nlohmann::json{{"subWorkflowId", child}, {"r", 1}});

  id = world.start("w");
  world.done("t1", R"({"v":5})");
  child = world.child(id, "sub");
  world.tell(id, command::terminate{"bye", false});
  CHECK(world.status(child) == "TERMINATED");
  CHECK(world.at(child).head().reason
        == "Parent workflow has been terminated with reason: bye");
  CHECK(world.replay_is_live());
}

TEST_CASE("retrying the deepest child revives all its ancestors") {
  pure_world world;
  world.define_task("x");
  auto sub = [](std::string_view name) {
    return R"({"name":"sub","taskReferenceName":"sub","type":"SUB_WORKFLOW",
      "subWorkflowParam":{"name":")"
           + std::string(name) + "\"}}";
  };
  world.define(workflow_of(simple("x"), "", "leaf"));
  world.define(workflow_of(sub("leaf"), "", "mid"));
  world.define(workflow_of(sub("mid"), "", "root"));
  auto root = world.start("root");
  auto mid = world.child(root, "sub");
  auto leaf = world.child(mid, "sub");
  world.fail("x", "no");
  CHECK(world.status(root) == "FAILED");
  world.tell(leaf, command::retry{});
  for (auto& id : {root, mid, leaf})
    CHECK(world.status(id) == "RUNNING");
  CHECK(world.rows(root) == "SUB_WORKFLOW:IP");
  world.done("x");
  for (auto& id : {root, mid, leaf})
    CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("retry with resume continues the failed child where it stopped") {
  pure_world world;
  world.define_task("x");
  world.define(workflow_of(simple("x"), "", "leaf"));
  world.define(workflow_of(
      R"({"name":"sub","taskReferenceName":"sub","type":"SUB_WORKFLOW",
        "subWorkflowParam":{"name":"leaf"}})"));
  auto id = world.start("w");
  auto child = world.child(id, "sub");
  world.fail("x", "no");
  CHECK(world.status(id) == "FAILED");
  command::retry retry;
  retry.resume_sub_workflows = true;
  world.tell(id, retry);
  CHECK(world.rows(id) == "SUB_WORKFLOW:IP");
  CHECK(world.child(id, "sub") == child);
  world.done("x");
  CHECK(world.status(id) == "COMPLETED");

  id = world.start("w");
  child = world.child(id, "sub");
  world.fail("x", "no");
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "SUB_WORKFLOW:F SUB_WORKFLOW:IP");
  CHECK(world.child(id, "sub") != child);
}

TEST_CASE("a wait ends by time, by update, and never early") {
  pure_world world;
  world.define_task("z");
  world.define(workflow_of(
      R"({"name":"p","taskReferenceName":"p","type":"WAIT",
        "inputParameters":{"duration":"2 seconds"}},)"
      + simple("z")));
  auto id = world.start("w");
  CHECK(world.rows(id) == "WAIT:IP");
  world.advance(1999);
  CHECK(world.rows(id) == "WAIT:IP");
  world.advance(1);
  CHECK(world.rows(id) == "WAIT:C z:S");
  CHECK(world.replay_is_live());
}

TEST_CASE("terminate ends everything open, with its own output") {
  pure_world world;
  for (auto* name : {"t1", "t2"})
    world.define_task(name);
  world.define(workflow_of(
      R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN","forkTasks":[[)"
      + simple("t1")
      + R"(,{"name":"end","taskReferenceName":"end","type":"TERMINATE",
          "inputParameters":{"terminationStatus":"COMPLETED",
          "workflowOutput":"text"}}],[)"
      + simple("t2")
      + R"(]]},{"name":"j","taskReferenceName":"j","type":"JOIN","joinOn":["end","t2"]})"));
  auto id = world.start("w");
  world.done("t1");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.rows(id) == "FORK:C t1:C t2:X JOIN:X end:C");
  CHECK(world.at(id).head().output.json()
        == nlohmann::json{{"output", "text"}});
  CHECK(world.waiting("t2") == 0);
  CHECK(world.replay_is_live());
}

TEST_CASE("a failure workflow is started, and its absence is only noted") {
  pure_world world;
  world.define_task("t1");
  world.define_task("clean");
  world.define(workflow_of(simple("clean"), "", "fw"));
  world.define(R"({"name":"w","version":1,"failureWorkflow":"fw","tasks":[)"
               + simple("t1") + "]}");
  world.define(R"({"name":"v","version":1,"failureWorkflow":"gone","tasks":[)"
               + simple("t1") + "]}");
  auto id = world.start("w", R"({"a":1})");
  world.fail("t1", "Early");
  auto fw = world.at(id)
                .head()
                .output.json()["conductor.failure_workflow"]
                .get<std::string>();
  auto& input = world.at(fw).head().input.json();
  CHECK(input["a"] == 1);
  CHECK(input["workflowId"] == id);
  CHECK(input["failureStatus"] == "FAILED");
  CHECK(input["failedWorkflow"]["workflowId"] == id);
  CHECK(world.at(fw).head().parent_workflow_id.empty());

  id = world.start("v");
  world.fail("t1", "Early");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.at(id)
            .head()
            .output.json()["conductor.failure_workflow"]
            .get<std::string>()
            .find("gone")
        != std::string::npos);
}
