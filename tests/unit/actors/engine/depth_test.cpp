#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace depth_tests {

using nlohmann::json;

const std::string sentence
    = "workflow 'w' is not started: executions may start one another 3 deep "
      "at most (executions.depth_max)";

std::string sub(std::string_view more = "") {
  return R"({"type":"SUB_WORKFLOW","name":"s","taskReferenceName":"s",)"
         R"("subWorkflowParam":{"name":"w","version":1}})"
         + std::string(more);
}

std::string start(std::string_view more = "") {
  return R"({"type":"START_WORKFLOW","name":"s","taskReferenceName":"s",)"
         R"("inputParameters":{"startWorkflow":{"name":"w","version":1,)"
         R"("input":{}}})"
         + std::string(more) + "}";
}

/// At most three below the one that a client starts.
pure_world of(std::string_view tasks, std::string_view more = "") {
  pure_world world;
  world.bounds.depth_max = 3;
  world.define(workflow_of(tasks, more));
  return world;
}

/// The execution that this one's task `s` began, or "".
std::string below(const pure_world& world, const std::string& id) {
  auto& row = world.row(id, "s");
  return row.task_type == "SUB_WORKFLOW"
             ? row.sub_workflow_id
             : row.output.json().value("workflowId", std::string());
}

TEST_CASE("a workflow that is its own child ends where the bound is") {
  auto world = of(sub());
  auto id = world.start("w");
  CHECK(world.executions() == 4);
  auto last = id;
  for (int depth = 0; depth < 3; ++depth) {
    CHECK(world.at(last).head().depth == depth);
    last = world.child(last, "s");
  }
  CHECK(world.at(last).head().depth == 3);
  CHECK(world.row(last, "s").status == task_status::failed_with_terminal_error);
  CHECK(world.row(last, "s").reason == sentence);
  CHECK(world.row(last, "s").sub_workflow_id.empty());
  CHECK(world.status(last) == "FAILED");
  CHECK(world.at(last).head().reason
        == "Task " + world.row(last, "s").task_id
               + " failed with status: FAILED and reason: '"
               + std::string(sentence) + "'");
  CHECK(world.replay_is_live());
}

TEST_CASE("a workflow that starts itself ends where the bound is") {
  auto world = of(start());
  auto id = world.start("w");
  CHECK(world.executions() == 4);
  for (int depth = 0; depth < 3; ++depth) {
    CHECK(world.at(id).head().depth == depth);
    CHECK(world.status(id) == "COMPLETED");
    id = below(world, id);
  }
  CHECK(world.row(id, "s").status == task_status::failed_with_terminal_error);
  CHECK(world.row(id, "s").reason == sentence);
  CHECK(world.status(id) == "FAILED");
  CHECK(world.replay_is_live());
}

TEST_CASE("an optional task that may not start anything does not matter") {
  auto world = of(start(R"(,"optional":true)"));
  auto id = world.start("w");
  CHECK(world.executions() == 4);
  for (int depth = 0; depth < 3; ++depth)
    id = below(world, id);
  CHECK(world.status(id) == "COMPLETED");
}

TEST_CASE("a workflow that is its own failure workflow ends where the bound "
          "is") {
  auto world = of(simple("a"), R"(,"failureWorkflow":"w")");
  world.define_task("a");
  auto id = world.start("w");
  for (int depth = 0; depth < 3; ++depth) {
    CHECK(world.at(id).head().depth == depth);
    world.fail("a", "no");
    REQUIRE(world.status(id) == "FAILED");
    auto& output = world.at(id).head().output.json();
    id = output.at("conductor.failure_workflow").get<std::string>();
    REQUIRE(world.status(id) == "RUNNING");
  }
  world.fail("a", "no");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.at(id).head().output.json()
        == json{{"conductor.failure_workflow", sentence}});
  CHECK(world.executions() == 4);
  CHECK(world.replay_is_live());
}

TEST_CASE("all ways to begin an execution count together") {
  pure_world world;
  world.bounds.depth_max = 3;
  world.define_task("a");
  world.define(workflow_of(sub(), "", "top"));
  world.define(workflow_of(start(), "", "w"));
  world.define(workflow_of(simple("a"), R"(,"failureWorkflow":"w")", "bad"));
  world.start("bad");
  world.fail("a", "no"); // -> w 1 -> w 2 -> w 3
  CHECK(world.executions() == 4);
  world.start("top"); // -> w 1 -> w 2 -> w 3
  CHECK(world.executions() == 8);
}

TEST_CASE("an operator changes nothing about how deep an execution is") {
  auto world = of(sub());
  auto id = world.start("w");
  auto last = world.child(world.child(world.child(id, "s"), "s"), "s");
  auto still_fails = [&](const workflow_command& what) {
    CHECK_FALSE(world.tell(last, what).refused);
    CHECK(world.at(last).head().depth == 3);
    CHECK(world.status(last) == "FAILED");
    CHECK(world.row(last, "s").reason == sentence);
    CHECK(world.executions() == 4);
  };
  still_fails(command::retry{});
  still_fails(command::restart{});
  still_fails(command::rerun{});
  rerun_request from;
  from.from_task_id = world.row(last, "s").task_id;
  still_fails(command::rerun{from});

  world.bounds.depth_max = 4;
  CHECK_FALSE(world.tell(last, command::retry{}).refused);
  CHECK(world.at(world.child(last, "s")).head().depth == 4);
  CHECK(world.replay_is_live());
}

} // namespace depth_tests
