#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// Operators and SCOPE: which lists go on, and what is left alone.

namespace scope_retry_cases {

using namespace tutti;
using test::fork;
using test::pure_world;
using test::scope;
using test::simple;
using test::with_compensation;
using test::workflow_of;

pure_world a_world() {
  pure_world world;
  world.define_tasks({"a", "b", "c", "h", "k", "ua", "ub", "z"});
  return world;
}

std::string running(std::string_view list) {
  return R"("run":[)" + std::string(list) + "]}";
}

constexpr auto compensation = R"({"then":"COMPENSATE"})";
constexpr auto compensate_and_fail = R"({"then":"COMPENSATE","thenFail":true})";
constexpr auto pass = R"({"then":"CONTINUE"})";
constexpr auto fail = R"({"then":"FAIL"})";

std::string state_of(const pure_world& world, const std::string& id,
                     std::string_view scope) {
  return world.row(id, scope).output.json()["state"].get<std::string>();
}

TEST_CASE("a retry of a scope leaves alone what a scope inside took care of") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s", scope("t", simple("a"), pass) + "," + simple("b"), fail)));
  auto id = world.start("w");
  world.fail("a", "no");
  world.fail("b", "no");
  CHECK(world.rows(id) == "s:F t:C a:F b:F");
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "s:IP t:C a:F b:F b:S");
  world.done("b");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE(
    "an inner scope that has compensated begins again with the outer one") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s",
            scope("t", with_compensation("a", simple("ua")) + "," + simple("b"),
                  compensate_and_fail),
            fail)));
  auto id = world.start("w");
  world.done("a");
  world.fail("b", "no");
  world.done("ua");
  CHECK(world.rows(id) == "s:F t:F a:C b:F ua:C");
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "s:IP t:IP a:S");
  CHECK(state_of(world, id, "t") == "RUNNING");
  world.done("a");
  world.done("b");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a scope inside that was handling goes on handling") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s",
            fork("["
                     + scope("t", simple("a"),
                             R"({"then":"CONTINUE",)" + running(simple("h")))
                     + "],[" + simple("c") + "]",
                 R"("t","c")"),
            R"({"tasks":["c"]})")));
  auto id = world.start("w");
  world.fail("a", "no");
  world.fail("c", "no");
  CHECK(world.status(id) == "FAILED");
  world.tell(id, command::retry{});
  CHECK(world.waiting("a") == 0);
  CHECK(world.waiting("h") == 1);
  CHECK(world.waiting("c") == 1);
  world.done("h");
  world.done("c");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("every retry begins a handler again that cannot be scheduled") {
  auto world = a_world();
  auto nobody = R"({"name":"d","taskReferenceName":"d","type":"DYNAMIC",
                    "dynamicTaskNameParam":"which",
                    "inputParameters":{"which":"${workflow.input.no}"}})";
  world.define(workflow_of(
      scope("s", simple("a"), R"({"then":"CONTINUE",)" + running(nobody))));
  auto id = world.start("w");
  world.fail("a", "no");
  for (int i = 0; i < 2; ++i) {
    CHECK(world.status(id) == "FAILED");
    CHECK(world.rows(id) == "s:X a:F");
    world.tell(id, command::retry{});
  }
  CHECK(world.status(id) == "FAILED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a list that could not begin begins when it can") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s", with_compensation("a", simple("ua")) + "," + simple("b"),
            R"({"then":"COMPENSATE",)" + running(simple("h")))));
  auto id = world.start("w");
  world.done("a");
  SUBCASE("compensation") {
    world.bounds.tasks_max = 3;
    world.fail("b", "no");
    CHECK(world.rows(id) == "s:X a:C b:F");
    world.bounds.tasks_max = 100;
    world.tell(id, command::retry{});
    CHECK(world.rows(id) == "s:IP a:C b:F ua:S");
    world.done("ua");
  }
  SUBCASE("what handles") {
    world.bounds.tasks_max = 4;
    world.fail("b", "no");
    world.done("ua");
    CHECK(world.rows(id) == "s:X a:C b:F ua:C");
    world.bounds.tasks_max = 100;
    world.tell(id, command::retry{});
    CHECK(world.rows(id) == "s:IP a:C b:F ua:C h:S");
  }
  CHECK(state_of(world, id, "s") == "HANDLING");
  world.done("h");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.row(id, "s").output.json()["compensated"]
        == nlohmann::json::array({"a"}));
  CHECK(world.replay_is_live());
}

TEST_CASE("a scope that could not begin anew begins when it can") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s", with_compensation("a", simple("ua")) + "," + simple("b"),
            compensate_and_fail)));
  auto id = world.start("w");
  world.done("a");
  world.fail("b", "no");
  world.done("ua");
  world.bounds.tasks_max = 1;
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "s:X");
  world.bounds.tasks_max = 100;
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "s:IP a:S");
  CHECK(world.replay_is_live());
}

TEST_CASE("a handler that could not begin begins when a child revives it") {
  auto world = a_world();
  world.define(workflow_of(simple("c"), "", "child"));
  world.define(workflow_of(fork(
      "["
          + scope("s", simple("a"),
                  R"({"then":"CONTINUE",)" + running(simple("h")))
          + R"(],[{"name":"x","taskReferenceName":"x","type":"SUB_WORKFLOW",
                   "subWorkflowParam":{"name":"child"}}])",
      R"("s","x")")));
  auto id = world.start("w");
  auto child = world.child(id, "x");
  world.bounds.tasks_max = 5;
  world.fail("a", "no");
  CHECK(world.status(id) == "FAILED");
  world.bounds.tasks_max = 100;
  world.tell(child, command::retry{});
  CHECK(world.status(id) == "RUNNING");
  CHECK(world.waiting("h") == 1);
  world.done("h");
  world.done("c");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a retry with resume finds the child behind a scope") {
  auto world = a_world();
  world.define(workflow_of(simple("c"), "", "child"));
  world.define(workflow_of(
      scope("s", R"({"name":"x","taskReferenceName":"x","type":"SUB_WORKFLOW",
                     "subWorkflowParam":{"name":"child"}})",
            R"({"reason":"other"})")));
  auto id = world.start("w");
  auto child = world.child(id, "x");
  world.fail("c", "no");
  CHECK(world.status(id) == "FAILED");
  world.tell(id, command::retry{true});
  CHECK(world.status(child) == "RUNNING");
  CHECK(world.status(id) == "RUNNING");
  CHECK(world.executions() == 2);
  world.done("c");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a permissive task that undid something is retried on its own") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s",
            with_compensation("a", simple("ua")) + ","
                + with_compensation("b", simple("ub", R"(,"permissive":true)"))
                + "," + simple("c"),
            compensation)));
  auto id = world.start("w");
  world.done("a");
  world.done("b");
  world.fail("c", "no");
  world.fail("ub", "may fail");
  world.fail("ua", "stuck");
  CHECK(world.rows(id) == "s:F a:C b:C c:F ub:F ua:F");
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "s:IP a:C b:C c:F ub:F ua:F ub:S ua:S");
  world.done("ub");
  CHECK(state_of(world, id, "s") == "COMPENSATING");
  CHECK(world.waiting("ua") == 1);
  world.done("ua");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a permissive scope that undid something is retried to its end") {
  auto world = a_world();
  auto helper = R"({"name":"scope","type":"SCOPE","taskReferenceName":"t",
                    "permissive":true,"loopOver":[)"
                + simple("ua") + "," + simple("ub") + "]}";
  world.define(workflow_of(scope(
      "s", with_compensation("a", helper) + "," + simple("c"), compensation)));
  auto id = world.start("w");
  world.done("a");
  world.fail("c", "no");
  world.fail("ua", "never");
  CHECK(world.rows(id) == "s:C a:C c:F t:F ua:F");
  CHECK(world.status(id) == "FAILED");
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "s:C a:C c:F t:IP ua:F ua:S");
  world.done("ua");
  world.done("ub");
  CHECK(world.rows(id) == "s:C a:C c:F t:C ua:F ua:C ub:C");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("an outer scope does not compensate what an inner one began to") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s",
            scope("t",
                  with_compensation("a", simple("ua") + "," + simple("k")) + ","
                      + simple("b"),
                  compensation)
                + "," + simple("c"),
            compensation)));
  auto id = world.start("w");
  world.tell(id, command::skip_task{"ua", {}});
  world.done("a");
  world.fail("b", "no");
  world.done("k");
  world.fail("c", "no");
  CHECK(world.waiting("k") == 0);
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun in what handles brings back what stood beside it") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s", simple("a"),
            R"({"then":"CONTINUE",)"
                + running(fork("[" + simple("h") + "],[" + simple("k") + "]",
                               R"("h","k")")))));
  auto id = world.start("w");
  world.fail("a", "no");
  world.fail("h", "no");
  CHECK(world.rows(id) == "s:F a:F FORK:C h:F k:X JOIN:X");
  world.rerun(id, "h");
  CHECK(world.rows(id) == "s:IP a:F FORK:C h:S k:S JOIN:IP");
  world.done("h");
  world.done("k");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE(
    "a rerun of a compensation compensates the tasks after it once more") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s",
            with_compensation("a", simple("ua")) + ","
                + with_compensation("b", simple("ub")) + "," + simple("c"),
            R"({"then":"COMPENSATE",)" + running(simple("h")))
      + "," + simple("z")));
  auto id = world.start("w");
  world.done("a");
  world.done("b");
  world.fail("c", "no");
  for (auto* name : {"ub", "ua", "h", "z"})
    world.done(name);
  CHECK(world.rows(id) == "s:C a:C b:C c:F ub:C ua:C h:C z:C");
  auto names
      = [&] { return world.row(id, "s").output.json()["compensated"].dump(); };
  std::vector<const char*> rest;
  SUBCASE("from the first one compensated") {
    world.rerun(id, "ub");
    CHECK(world.rows(id) == "s:IP a:C b:C c:F ub:S");
    CHECK(names() == R"(["b"])");
    CHECK(world.row(id, "s").output.json()["toCompensate"]
          == nlohmann::json{world.row(id, "a").task_id});
    rest = {"ub", "ua", "h", "z"};
  }
  SUBCASE("from the last one compensated") {
    world.rerun(id, "ua");
    CHECK(world.rows(id) == "s:IP a:C b:C c:F ub:C ua:S");
    rest = {"ua", "h", "z"};
  }
  SUBCASE("not from a task of the body: what was undone would stand as done "
          "[B5]") {
    CHECK(world.rerun(id, "b").refused->code == errc::conflict);
    CHECK(world.rows(id) == "s:C a:C b:C c:F ub:C ua:C h:C z:C");
  }
  SUBCASE("from the scope: nothing is compensated any more") {
    world.rerun(id, "s");
    CHECK(world.rows(id) == "s:IP a:S");
    rest = {"a", "b"};
    for (auto* name : rest)
      world.done(name);
    world.fail("c", "no");
    rest = {"ub", "ua", "h", "z"};
  }
  for (auto* name : rest)
    world.done(name);
  CHECK(names() == R"(["b","a"])");
  CHECK(world.rows(id).ends_with("ub:C ua:C h:C z:C"));
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun of the compensation of two iterations' task goes on with "
          "the right one") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s",
            R"({"name":"l","taskReferenceName":"l","type":"DO_WHILE",
          "items":"[1,2]","loopOver":[)"
                + with_compensation("a", simple("ua")) + "]}," + simple("c"),
            compensation)));
  auto id = world.start("w");
  world.done("a");
  world.done("a");
  world.fail("c", "no");
  world.done("ua");
  world.done("ua");
  CHECK(world.rows(id) == "s:C l:C a__1:C a__2:C c:F ua__2:C ua__1:C");
  world.rerun(id, "ua__2");
  CHECK(world.rows(id) == "s:IP l:C a__1:C a__2:C c:F ua__2:S");
  world.done("ua");
  CHECK(world.rows(id) == "s:IP l:C a__1:C a__2:C c:F ua__2:C ua__1:S");
  world.done("ua");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun of a compensation leaves the scopes around it alone") {
  auto world = a_world();
  world.define(workflow_of(scope(
      "s",
      scope("t", with_compensation("a", simple("ua") + "," + simple("ub")),
            pass)
          + "," + simple("c"),
      compensation)));
  auto id = world.start("w");
  world.done("a");
  world.fail("c", "no");
  world.done("ua");
  world.done("ub");
  CHECK(world.rows(id) == "s:C t:C a:C c:F ua:C ub:C");
  world.rerun(id, "ua");
  CHECK(world.rows(id) == "s:IP t:C a:C c:F ua:S");
  world.done("ua");
  world.done("ub");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun in a compensate list leaves the other items alone") {
  auto world = a_world();
  world.define(workflow_of(
      scope("s",
            with_compensation(
                "a",
                R"({"name":"l","taskReferenceName":"l","type":"FOR_EACH",
                         "items":"[1,2]","loopOver":[)"
                    + simple("ua") + "," + simple("ub") + "]}")
                + "," + simple("c"),
            compensation)));
  auto id = world.start("w");
  world.done("a");
  world.fail("c", "no");
  for (auto* name : {"ua", "ua", "ub", "ub"})
    world.done(name);
  auto all = "s:C a:C c:F l:C ua__1:C ua__2:C ub__1:C ub__2:C";
  CHECK(world.rows(id) == all);
  world.rerun(id, "ua__1");
  CHECK(world.rows(id) == "s:IP a:C c:F l:IP ua__1:S ua__2:C ub__2:C");
  world.done("ua");
  world.done("ub");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE(
    "what had ended beside a failure is followed when its scope goes on") {
  auto world = a_world();
  world.define_task("x", R"({"timeoutSeconds":10,"timeoutPolicy":"RETRY"})");
  auto wait = R"({"name":"n","taskReferenceName":"n","type":"WAIT",
                  "inputParameters":{"duration":"10 seconds"}})";
  world.define(
      workflow_of(scope("s",
                        fork("[" + std::string(wait) + "," + simple("c") + "],["
                                 + simple("x") + "]",
                             R"("c","x")"),
                        fail)));
  auto id = world.start("w");
  world.poll("x");
  world.advance(10'000);
  CHECK(world.rows(id) == "s:TO FORK:C WAIT:C x:TO JOIN:X");
  world.tell(id, command::retry{});
  CHECK(world.waiting("c") == 1);
  world.done("x");
  world.done("c");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("what a retry runs at once is judged together") {
  auto world = a_world();
  world.define(workflow_of(fork(
      R"([{"name":"e","taskReferenceName":"e","type":"EVENT",
           "sink":"nowhere","permissive":true}],[)"
          + simple("a") + R"(,{"name":"t","taskReferenceName":"t","type":"WAIT",
              "inputParameters":{"duration":"1 seconds","until":"x"}}])",
      R"("e","t")")));
  auto id = world.start("w");
  world.done("a");
  CHECK(world.rows(id) == "FORK:C e:F a:C JOIN:X WAIT:FT");
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "FORK:C e:F a:C JOIN:X WAIT:FT e:F WAIT:FT");
  CHECK(world.replay_is_live());
}

} // namespace scope_retry_cases
