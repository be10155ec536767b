#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// reference:operators#parents: what a parent does when a child of it goes on.

namespace child_cases {

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

constexpr auto child = R"({"name":"s","taskReferenceName":"s",
  "type":"SUB_WORKFLOW","subWorkflowParam":{"name":"child","version":1}})";

pure_world a_world() {
  pure_world world;
  world.define_tasks({"a", "b", "x"});
  world.define(workflow_of(simple("x"), "", "child"));
  return world;
}

TEST_CASE("what failed a loop fails it again when a child there is revived") {
  auto world = a_world();
  // The handler of the scope, not the loop, is what a permissive task leaves.
  world.define(workflow_of(
      R"({"name":"l","taskReferenceName":"l","type":"FOR_EACH","items":"[1]",
          "loopOver":[{"name":"t","taskReferenceName":"t","type":"SCOPE",
            "loopOver":[)"
      + std::string(child) + "," + simple("a") + R"(],
            "onError":[{"then":"CONTINUE","run":[)"
      + simple("b", R"(,"permissive":true)") + "]}]}]}"));
  auto id = world.start("w");
  world.done("x");
  world.fail("a", "no");
  world.fail("b", "neither");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.row(id, "l").reason == "neither");
  command::rerun again;
  auto below = world.child(id, "s__1");
  again.request.from_task_id = world.row(below, "x").task_id;
  world.tell(below, again);
  // Nothing that is open waits for what will never come.
  CHECK(world.status(id) == "FAILED");
  CHECK(world.row(id, "l").reason == "neither");
  CHECK(world.at(id).open_rows() == 0);
  CHECK(world.status(below) == "TERMINATED");
  world.tell(id, command::retry{});
  world.done("b");
  CHECK(world.replay_is_live());
}

TEST_CASE("no output names a child that was not started") {
  auto world = a_world();
  world.define(workflow_of(
      child, R"(,"timeoutSeconds":30,"timeoutPolicy":"TIME_OUT_WF")"));
  auto id = world.start("w");
  world.done("x");
  CHECK(world.status(id) == "COMPLETED");
  world.advance(60'000);
  world.rerun(id, "s");
  CHECK(world.status(id) == "TIMED_OUT");
  CHECK(world.at(id).head().output.is_empty_object());
  CHECK(world.child(id, "s").empty());
}

} // namespace child_cases
