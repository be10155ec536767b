#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// SCOPE within what a SCOPE runs, and failures side by side.

namespace scope_nested_cases {

using namespace tutti;
using test::fork;
using test::pure_world;
using test::scope;
using test::simple;
using test::with_compensation;
using test::workflow_of;

pure_world a_world() {
  pure_world world;
  world.define_tasks({"a", "b", "c", "h", "u", "z"});
  return world;
}

constexpr auto compensation = R"({"then":"COMPENSATE"})";

TEST_CASE("a permissive compensation task may fail") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s",
            with_compensation("a", simple("u", R"(,"permissive":true)") + ","
                                       + simple("h"))
                + "," + simple("b"),
            compensation)
      + "," + simple("z")));
  auto id = world.start("w");
  world.done("a");
  world.fail("b", "no");
  world.fail("u", "cannot");
  CHECK(world.rows(id) == "s:IP a:C b:F u:F h:S");
  world.done("h");
  world.done("z");
  CHECK(world.status(id) == "FAILED"); // as permissive failures do, at the end
  CHECK(world.rows(id) == "s:C a:C b:F u:F h:C z:C");
  CHECK(world.replay_is_live());
}

TEST_CASE("a scope inside of compensation catches first") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s",
            with_compensation("a", scope("t", simple("u"),
                                         R"({"then":"CONTINUE","run":[)"
                                             + simple("h") + "]}"))
                + "," + simple("b"),
            compensation)
      + "," + simple("z")));
  auto id = world.start("w");
  world.done("a");
  world.fail("b", "no");
  CHECK(world.rows(id) == "s:IP a:C b:F t:IP u:S");
  world.fail("u", "cannot");
  CHECK(world.rows(id) == "s:IP a:C b:F t:IP u:F h:S");
  world.done("h");
  CHECK(world.rows(id) == "s:C a:C b:F t:C u:F h:C z:S");
  CHECK(world.replay_is_live());
}

TEST_CASE("a failure deep inside of compensation fails the scope, once") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s",
            with_compensation(
                "a", R"({"name":"l","taskReferenceName":"l","type":"DO_WHILE",
                        "items":"${workflow.input.list}","loopOver":[)"
                         + simple("u") + "]}")
                + "," + simple("b"),
            compensation)));
  auto id = world.start("w", R"({"list":[1]})");
  world.done("a");
  world.fail("b", "no");
  world.fail("u", "cannot");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.row(id, "s").output.json()["failure"]["during"]
        == "COMPENSATING");
  CHECK(world.row(id, "s").output.json()["caught"]["taskReferenceName"] == "b");
  CHECK(world.replay_is_live());
}

TEST_CASE("two failures at once are one to a scope") {
  auto world = a_world();
  auto event = [](const std::string& name) {
    return R"([{"name":"e","type":"EVENT","sink":"nowhere:x",
                "taskReferenceName":")"
           + name + "\"}]";
  };
  world.define(workflow_of(
      scope("s",
            with_compensation("a", simple("u")) + ","
                + fork(event("e1") + "," + event("e2"), R"("e1","e2")"),
            compensation)
      + "," + simple("z")));
  auto id = world.start("w");
  world.done("a");
  CHECK(world.row(id, "s").output.json()["caught"]["taskReferenceName"]
        == "e1");
  CHECK(world.waiting("u") == 1);
  world.done("u");
  CHECK(world.row(id, "s").status == task_status::completed);
  CHECK(world.row(id, "z").status == task_status::scheduled);
  CHECK(world.replay_is_live());
}

TEST_CASE("a JOIN counts a failure that a scope took care of as done") {
  auto world = a_world();
  world.define(
      workflow_of(fork("[" + scope("s", simple("a"), R"({"then":"CONTINUE"})")
                           + "],[" + simple("b") + "]",
                       R"("a","b")")
                  + "," + simple("z")));
  auto id = world.start("w");
  world.fail("a", "no");
  world.done("b");
  CHECK(world.row(id, "j").status == task_status::completed);
  CHECK(world.row(id, "z").status == task_status::scheduled);
  CHECK(world.replay_is_live());
}

TEST_CASE("a compensating scope is superseded with the rows it runs") {
  auto world = a_world();
  world.define(
      workflow_of(scope("s",
                        fork("["
                                 + scope("t",
                                         with_compensation("a", simple("u"))
                                             + "," + simple("b"),
                                         compensation)
                                 + "],[" + simple("c") + "]",
                             R"("t","c")"),
                        R"({"tasks":["c"],"then":"CONTINUE"})")
                  + "," + simple("z")));
  auto id = world.start("w");
  world.done("a");
  world.fail("b", "no");
  world.fail("c", "no");
  CHECK(world.row(id, "u").status == task_status::canceled);
  world.fail("z", "later");
  world.tell(id, command::retry{});
  CHECK(world.waiting("u") == 0);
  CHECK(world.waiting("z") == 1);
  CHECK(world.replay_is_live());
}

TEST_CASE("keepLastN removes the compensation rows of an iteration's scopes") {
  auto world = a_world();
  world.define(workflow_of(
      R"({"name":"l","taskReferenceName":"l","type":"DO_WHILE",
          "inputParameters":{"keepLastN":1},"items":"${workflow.input.list}",
          "loopOver":[)"
      + scope("s", with_compensation("a", simple("u")) + "," + simple("b"),
              compensation)
      + "]}"));
  auto id = world.start("w", R"({"list":[1,2]})");
  for (int i = 0; i < 2; ++i) {
    world.done("a");
    world.fail("b", "no");
    world.done("u");
  }
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.at(id).latest("u__1") == nullptr);
  CHECK(world.at(id).latest("u__2") != nullptr);
  CHECK(world.replay_is_live());
}

TEST_CASE("a list that cannot be scheduled leaves no rows") {
  auto world = a_world();
  auto nobody = R"({"name":"d","taskReferenceName":"d","type":"DYNAMIC",
                    "dynamicTaskNameParam":"which",
                    "inputParameters":{"which":"${workflow.input.no}"}})";
  world.define(workflow_of(scope(
      "s", simple("a"),
      R"({"then":"CONTINUE","run":[)"
          + fork("[" + simple("b") + "],[" + nobody + "]", R"("b")") + "]}")));
  auto id = world.start("w");
  world.fail("a", "no");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.rows(id) == "s:X a:F");
  CHECK(world.waiting("b") == 0);
  CHECK(world.replay_is_live());
}

} // namespace scope_nested_cases
