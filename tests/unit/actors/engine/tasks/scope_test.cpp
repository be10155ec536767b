#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// reference:scope

namespace scope_cases {

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

pure_world a_world() {
  pure_world world;
  world.define_tasks({"a", "b", "c", "h", "k", "ua", "ub", "z"});
  return world;
}

std::string scope(std::string_view body, std::string_view handlers,
                  std::string_view more = "", std::string_view name = "s") {
  return test::scope(name, body, handlers, more);
}

std::string with_compensation(std::string_view name) {
  return test::with_compensation(name, simple("u" + std::string(name)));
}

nlohmann::json output(const pure_world& world, const std::string& id,
                      std::string_view reference) {
  return world.row(id, reference).output.json();
}

TEST_CASE("a scope whose body succeeds is passed like a list") {
  auto world = a_world();
  world.define(workflow_of(
      scope(simple("a") + "," + simple("b"), R"({"then":"CONTINUE"})") + ","
      + simple("z")));
  auto id = world.start("w");
  CHECK(world.rows(id) == "s:IP a:S");
  CHECK(output(world, id, "s") == nlohmann::json{{"state", "RUNNING"}});
  world.done("a");
  CHECK(world.rows(id) == "s:IP a:C b:S");
  world.done("b");
  CHECK(world.rows(id) == "s:C a:C b:C z:S");
  CHECK(output(world, id, "s") == nlohmann::json{{"state", "COMPLETED"}});
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("CONTINUE runs the handler and goes on after the scope") {
  auto world = a_world();
  world.define(workflow_of(scope(simple("a") + "," + simple("b"),
                                 R"({"then":"CONTINUE","run":[)"
                                     + simple("h", R"(,"inputParameters":{
                  "why":"${s.output.caught.reason}",
                  "who":"${s.output.caught.taskReferenceName}"})")
                                     + "]}")
                           + "," + simple("z")));
  auto id = world.start("w");
  auto a = world.row(id, "a").task_id;
  world.fail("a", "no stock");
  CHECK(world.rows(id) == "s:IP a:F h:S");
  CHECK(output(world, id, "s")["state"] == "HANDLING");
  CHECK(world.row(id, "h").input.json()
        == nlohmann::json{{"why", "no stock"}, {"who", "a"}});
  world.done("h");
  CHECK(world.rows(id) == "s:C a:F h:C z:S");
  CHECK(output(world, id, "s")
        == nlohmann::json{{"state", "COMPLETED"},
                          {"caught",
                           {{"taskReferenceName", "a"},
                            {"taskId", a},
                            {"status", "FAILED"},
                            {"reason", "no stock"},
                            {"handler", 0}}}});
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("retries come first, then the scope") {
  auto world = a_world();
  world.define_task("a", R"({"retryCount":1})");
  world.define(workflow_of(scope(simple("a"), R"({"then":"CONTINUE"})") + ","
                           + simple("z")));
  auto id = world.start("w");
  world.fail("a", "first");
  CHECK(world.rows(id) == "s:IP a:F a:S");
  world.fail("a", "second");
  CHECK(world.rows(id) == "s:C a:F a:F z:S");
  CHECK(output(world, id, "s")["caught"]["reason"] == "second");
}

TEST_CASE("the first handler that matches takes it") {
  auto world = a_world();
  world.define(workflow_of(scope(simple("a") + "," + simple("b"),
                                 R"~({"tasks":["b"],"then":"CONTINUE"},
               {"statuses":["TIMED_OUT"],"then":"CONTINUE"},
               {"reason":"^card (declined|expired)","then":"CONTINUE"})~")
                           + "," + simple("z")));
  auto caught_by = [&](auto act) {
    auto id = world.start("w");
    act(id);
    auto& out = world.row(id, "s").output.json();
    int by = out.contains("caught") ? out["caught"]["handler"].get<int>() : -1;
    if (world.status(id) == "RUNNING")
      world.tell(id, command::terminate{"seen"});
    return by;
  };
  CHECK(caught_by([&](auto&) { world.fail("a", "other"); }) == -1);
  CHECK(caught_by([&](auto&) { world.fail("a", "card expired: 12/24"); }) == 2);
  CHECK(caught_by([&](auto&) { world.fail("a", "the card expired"); }) == -1);
  CHECK(caught_by([&](auto&) {
          world.done("a");
          world.fail("b", "whatever");
        })
        == 0);
  CHECK(caught_by([&](auto&) {
          world.poll("a");
          world.advance(120'000); // TIME_OUT_WF is a failure like any other
        })
        == 1);
  CHECK(world.replay_is_live());
}

TEST_CASE("what no handler takes ends the workflow as ever") {
  auto world = a_world();
  world.define(workflow_of(
      scope(simple("a"), R"({"reason":"never","then":"CONTINUE"})")));
  auto id = world.start("w");
  auto a = world.row(id, "a").task_id;
  world.fail("a", "boom");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.rows(id) == "s:X a:F");
  CHECK(world.at(id).head().reason
        == "Task " + a + " failed with status: FAILED and reason: 'boom'");
  CHECK(world.at(id).head().failed_task_id == a);
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "s:IP a:F a:S");
  world.done("a");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("the workflow's own time limit is not caught") {
  auto world = a_world();
  world.define(
      workflow_of(scope(simple("a"), R"({"then":"CONTINUE"})"),
                  R"(,"timeoutSeconds":3,"timeoutPolicy":"TIME_OUT_WF")"));
  auto id = world.start("w");
  world.advance(3000);
  CHECK(world.status(id) == "TIMED_OUT");
  CHECK(world.rows(id) == "s:X a:X");
}

TEST_CASE("a failure in a branch cancels the rest of the body, children too") {
  auto world = a_world();
  world.define(workflow_of(simple("c"), "", "child"));
  world.define(workflow_of(
      scope(
          R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN",
              "forkTasks":[[)"
              + simple("a") + "],[" + simple("b")
              + R"(],[{"name":"k","taskReferenceName":"k","type":"SUB_WORKFLOW",
                  "subWorkflowParam":{"name":"child","version":1}}]]},
                  {"name":"j","taskReferenceName":"j","type":"JOIN",
                   "joinOn":["a","b","k"]})",
          R"({"then":"CONTINUE"})")
      + "," + simple("z")));
  auto id = world.start("w");
  auto child = world.child(id, "k");
  world.fail("a", "no");
  CHECK(world.rows(id) == "s:C FORK:C a:F b:X SUB_WORKFLOW:X JOIN:X z:S");
  CHECK(world.status(child) == "TERMINATED");
  CHECK(world.waiting("b") == 0);
  // The child of a task that is done with wakes nobody.
  world.tell(child, command::retry{});
  CHECK(world.rows(id) == "s:C FORK:C a:F b:X SUB_WORKFLOW:X JOIN:X z:S");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE(
    "completed tasks are compensated, the last first, and the flow goes on") {
  auto world = a_world();
  world.define(
      workflow_of(scope(with_compensation("a") + "," + with_compensation("b")
                            + "," + simple("c"),
                        R"({"then":"COMPENSATE","run":[)" + simple("h") + "]}")
                  + "," + simple("z")));
  auto id = world.start("w");
  world.done("a");
  world.done("b");
  world.fail("c", "no");
  CHECK(world.rows(id) == "s:IP a:C b:C c:F ub:S");
  CHECK(output(world, id, "s")["state"] == "COMPENSATING");
  world.done("ub");
  CHECK(world.rows(id) == "s:IP a:C b:C c:F ub:C ua:S");
  world.done("ua");
  CHECK(world.rows(id) == "s:IP a:C b:C c:F ub:C ua:C h:S");
  world.done("h");
  CHECK(world.rows(id) == "s:C a:C b:C c:F ub:C ua:C h:C z:S");
  CHECK(output(world, id, "s")["compensated"]
        == nlohmann::json::array({"b", "a"}));
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("thenFail compensates and fails with what was caught") {
  auto world = a_world();
  world.define(workflow_of(scope(with_compensation("a") + "," + simple("c"),
                                 R"({"then":"COMPENSATE","thenFail":true})")));
  auto id = world.start("w");
  world.done("a");
  auto c = world.row(id, "c").task_id;
  world.fail("c", "no");
  world.done("ua");
  CHECK(world.rows(id) == "s:F a:C c:F ua:C");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.at(id).head().reason
        == "Task " + c + " failed with status: FAILED and reason: 'no'");
  CHECK(world.at(id).head().failed_task_id == c);
  // What was undone is done anew.
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "s:IP a:S");
  world.done("a");
  world.done("c");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("FAIL runs the handler; a retry goes on where the body failed") {
  auto world = a_world();
  world.define(
      workflow_of(scope(simple("a") + "," + simple("b"),
                        R"({"then":"FAIL","run":[)" + simple("h") + "]}")));
  auto id = world.start("w");
  world.done("a");
  world.fail("b", "no");
  CHECK(world.rows(id) == "s:IP a:C b:F h:S");
  world.done("h");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.rows(id) == "s:F a:C b:F h:C");
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "s:IP a:C b:F b:S");
  SUBCASE("and completes") {
    world.done("b");
    CHECK(world.status(id) == "COMPLETED");
  }
  SUBCASE("or is caught again") {
    world.fail("b", "again");
    CHECK(world.rows(id) == "s:IP a:C b:F b:F h:S");
    world.done("h");
    CHECK(world.status(id) == "FAILED");
  }
  CHECK(world.replay_is_live());
}

TEST_CASE("a failure of what helps goes outwards") {
  auto world = a_world();
  auto inner = scope(with_compensation("a") + "," + simple("b"),
                     R"({"then":"COMPENSATE","run":[)" + simple("h") + "]}", "",
                     "inner");
  world.define(workflow_of(
      scope(inner, R"({"then":"CONTINUE","run":[)" + simple("k") + "]}") + ","
      + simple("z")));
  auto id = world.start("w");
  world.done("a");
  world.fail("b", "no");
  SUBCASE("while it compensates") { world.fail("ua", "stuck"); }
  SUBCASE("when it handles") {
    world.done("ua");
    world.fail("h", "stuck");
  }
  CHECK(world.row(id, "inner").status == task_status::failed);
  CHECK(output(world, id, "s")["caught"]["taskReferenceName"] == "inner");
  CHECK(output(world, id, "s")["caught"]["reason"] == "stuck");
  CHECK(world.row(id, "k").status == task_status::scheduled);
  world.done("k");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("without another scope a failure of what helps is retried there") {
  auto world = a_world();
  world.define(workflow_of(
      scope(simple("a"), R"({"then":"CONTINUE","run":[)" + simple("h") + "]}")
      + "," + simple("z")));
  auto id = world.start("w");
  world.fail("a", "no");
  auto h = world.row(id, "h").task_id;
  world.fail("h", "too");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.at(id).head().failed_task_id == h);
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "s:IP a:F h:F h:S");
  world.done("h");
  CHECK(world.rows(id) == "s:C a:F h:F h:C z:S");
  CHECK(world.replay_is_live());
}

TEST_CASE("what a scope took care of is not retried later") {
  auto world = a_world();
  world.define(workflow_of(scope(simple("a"), R"({"then":"CONTINUE"})") + ","
                           + simple("z")));
  auto id = world.start("w");
  world.fail("a", "no");
  world.fail("z", "later");
  CHECK(world.rows(id) == "s:C a:F z:F");
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "s:C a:F z:F z:S");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("an optional scope goes on when nothing matches") {
  auto world = a_world();
  world.define(workflow_of(
      scope(simple("a") + "," + simple("b"), "", R"(,"optional":true)") + ","
      + simple("z")));
  auto id = world.start("w");
  world.fail("a", "no");
  CHECK(world.rows(id) == "s:CE a:F z:S");
  CHECK(world.row(id, "s").reason == "no");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun inside a scope runs the scope again from there") {
  auto world = a_world();
  world.define(
      workflow_of(scope(simple("a") + "," + simple("b"),
                        R"({"then":"CONTINUE","run":[)" + simple("h") + "]}")
                  + "," + simple("z")));
  auto id = world.start("w");
  world.done("a");
  world.fail("b", "no");
  world.done("h");
  world.done("z");
  CHECK(world.rows(id) == "s:C a:C b:F h:C z:C");
  SUBCASE("in its body") {
    world.rerun(id, "b");
    CHECK(world.rows(id) == "s:IP a:C b:S");
    world.done("b");
    CHECK(world.rows(id) == "s:C a:C b:C z:S");
  }
  SUBCASE("in what helps") {
    world.rerun(id, "h");
    CHECK(world.rows(id) == "s:IP a:C b:F h:S");
    world.done("h");
    CHECK(world.rows(id) == "s:C a:C b:F h:C z:S");
  }
  SUBCASE("or all of it") {
    world.rerun(id, "s");
    CHECK(world.rows(id) == "s:IP a:S");
    world.done("a");
    world.done("b");
    CHECK(world.rows(id) == "s:C a:C b:C z:S");
  }
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE(
    "a scope in a loop belongs to its iteration, one around it compensates "
    "every iteration") {
  auto world = a_world();
  auto loop = [](const std::string& body) {
    return R"({"name":"l","taskReferenceName":"l","type":"DO_WHILE",
      "items":"${workflow.input.list}","loopOver":[)"
           + body + "]}";
  };
  SUBCASE("inside") {
    world.define(workflow_of(loop(
        scope(simple("a"), R"({"then":"CONTINUE","run":[)" + simple("h") + "]}")
        + "," + simple("b"))));
    auto id = world.start("w", R"({"list":[1,2]})");
    CHECK(world.rows(id) == "l:IP s__1:IP a__1:S");
    world.fail("a", "no");
    CHECK(world.rows(id) == "l:IP s__1:IP a__1:F h__1:S");
    world.done("h");
    CHECK(world.rows(id) == "l:IP s__1:C a__1:F h__1:C b__1:S");
    world.done("b");
    world.done("a");
    world.done("b");
    CHECK(world.status(id) == "COMPLETED");
  }
  SUBCASE("around") {
    world.define(
        workflow_of(scope(loop(with_compensation("a")) + "," + simple("b"),
                          R"({"then":"COMPENSATE"})")
                    + "," + simple("z")));
    auto id = world.start("w", R"({"list":[1,2]})");
    world.done("a");
    world.done("a");
    world.fail("b", "no");
    CHECK(world.rows(id) == "s:IP l:C a__1:C a__2:C b:F ua__2:S");
    world.done("ua");
    world.done("ua");
    CHECK(world.rows(id) == "s:C l:C a__1:C a__2:C b:F ua__2:C ua__1:C z:S");
    world.done("z");
    CHECK(world.status(id) == "COMPLETED");
  }
  CHECK(world.replay_is_live());
}

TEST_CASE("an outer scope does not repeat an inner one's compensation") {
  auto world = a_world();
  auto inner = scope(with_compensation("a") + "," + simple("c"),
                     R"({"then":"COMPENSATE"})", "", "inner");
  world.define(workflow_of(
      scope(inner + "," + with_compensation("b") + "," + simple("k"),
            R"({"then":"COMPENSATE"})")));
  auto id = world.start("w");
  world.done("a");
  world.fail("c", "no");
  world.done("ua");
  world.done("b");
  world.fail("k", "too");
  CHECK(world.row(id, "ub").status == task_status::scheduled);
  world.done("ub");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(output(world, id, "s")["compensated"] == nlohmann::json::array({"b"}));
  CHECK(world.replay_is_live());
}

TEST_CASE("an operator ends a workflow that is compensating") {
  auto world = a_world();
  world.define(workflow_of(scope(with_compensation("a") + "," + simple("c"),
                                 R"({"then":"COMPENSATE"})")));
  auto id = world.start("w");
  world.done("a");
  world.fail("c", "no");
  world.tell(id, command::terminate{"stop"});
  CHECK(world.rows(id) == "s:X a:C c:F ua:X");
  CHECK(world.waiting("ua") == 0);
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "s:IP a:C c:F ua:X ua:S");
  world.done("ua");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

} // namespace scope_cases
