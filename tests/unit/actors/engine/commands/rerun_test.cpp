#include "tests/support/definitions.hpp"
#include "tests/support/fake_scripts.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// reference:operators#rerun: every kind of target.

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace rerun_cases {

using test::fork;

engine::decision rerun(pure_world& world, const std::string& id,
                       std::string_view reference,
                       std::optional<payload> input = {}) {
  return world.rerun(id, reference, std::move(input));
}

/// f[[a,c],[b]] j d: all done, in this order.
pure_world forked(std::string& id) {
  pure_world world;
  world.define_tasks({"a", "b", "c", "d"});
  world.define(workflow_of(
      fork("[" + simple("a") + "," + simple("c") + "],[" + simple("b") + "]",
           R"("c","b")")
      + "," + simple("d")));
  id = world.start("w");
  for (auto* name : {"a", "c", "b", "d"})
    world.done(name, R"({"x":1})");
  CHECK(world.rows(id) == "FORK:C a:C b:C JOIN:C c:C d:C");
  return world;
}

TEST_CASE("a rerun needs an ended workflow and a task of its tree") {
  pure_world world;
  world.define_tasks({"a"});
  world.define(workflow_of(simple("a")));
  auto id = world.start("w");
  CHECK(rerun(world, id, "a").refused->code == errc::conflict);
  world.done("a");
  command::rerun what;
  what.request.from_task_id = "nobody";
  CHECK(world.tell(id, what).refused->code == errc::invalid);
  CHECK(world.status(id) == "COMPLETED");
}

TEST_CASE("a rerun from the start takes new input and forgets the failure") {
  pure_world world;
  world.define_tasks({"a"});
  world.define(
      workflow_of(simple("a", R"(,"inputParameters":{"p":"${workflow.input.p}",
              "c":"${workflow.correlationId}"})")));
  auto id = world.start("w", R"({"p":1})");
  auto created = world.at(id).head().create_time;
  world.advance(5000);
  world.fail("a", "no");
  command::rerun what;
  what.request.workflow_input = *payload::parse(R"({"p":2})");
  what.request.correlation_id = "again";
  world.tell(id, what);
  CHECK(world.rows(id) == "a:S");
  CHECK(world.row(id, "a").input.json()
        == nlohmann::json{{"p", 2}, {"c", "again"}});
  auto& head = world.at(id).head();
  CHECK(head.create_time == created);
  CHECK(head.last_retried_time == 0);
  CHECK(head.failed_task_id.empty());
  CHECK(head.failed_reference_names.empty());
  CHECK(head.reason.empty());
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun from the start plays as the start did") {
  pure_world world;
  auto task = [](const char* type, const char* reference, const char* input) {
    return R"({"name":"n","type":")" + std::string(type)
           + R"(","taskReferenceName":")" + reference
           + R"(","inputParameters":)" + input + "}";
  };
  world.define(workflow_of(
      fork("[" + task("SET_VARIABLE", "v", R"({"x":1})") + "],["
               + task("WAIT", "p", R"({"duration":"1s","until":"2020-01-01"})")
               + "]",
           R"("v","p")")));
  auto id = world.start("w");
  auto before = world.rows(id);
  CHECK(before == "FORK:C v:C WAIT:FT JOIN:X");
  world.tell(id, command::rerun{});
  CHECK(world.rows(id) == before);
  CHECK(world.replay_is_live());
}

TEST_CASE("a worker is rerun in place, with the input that is given") {
  pure_world world;
  world.define_tasks({"a", "b", "c"});
  world.define_task("b", R"({"retryCount":1})");
  world.define(
      workflow_of(simple("a") + "," + simple("b") + "," + simple("c")));
  auto id = world.start("w");
  world.done("a");
  world.fail("b", "first");
  world.fail("b", "second");
  CHECK(world.rows(id) == "a:C b:F b:F");
  auto before = world.row(id, "b");
  rerun(world, id, "b", *payload::parse(R"({"n":7})"));
  CHECK(world.rows(id) == "a:C b:F b:S");
  auto& row = world.row(id, "b");
  CHECK(row.task_id == before.task_id);
  CHECK(row.retry_count == before.retry_count);
  CHECK(row.input.json() == nlohmann::json{{"n", 7}});
  CHECK(row.reason.empty());
  CHECK(row.poll_count == 0);
  CHECK(row.start_time == 0);
  CHECK(world.waiting("b") == 1);
  world.done("b");
  world.done("c");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a superseded attempt is rerun, and what came after it goes") {
  pure_world world;
  world.define_tasks({"b"});
  world.define_task("a", R"({"retryCount":1})");
  world.define(workflow_of(simple("a") + "," + simple("b")));
  auto id = world.start("w");
  world.fail("a", "first");
  world.done("a");
  world.done("b");
  command::rerun what;
  what.request.from_task_id = world.at(id).rows()[0].task_id;
  world.tell(id, what);
  CHECK(world.rows(id) == "a:S");
  world.done("a");
  world.done("b");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun inside a branch leaves the other branches alone") {
  std::string id;
  auto world = forked(id);
  auto join = world.row(id, "j").task_id;
  SUBCASE("from the head of a branch") {
    rerun(world, id, "a");
    CHECK(world.rows(id) == "FORK:C a:S b:C JOIN:IP");
    world.done("a");
    world.done("c");
  }
  SUBCASE("from its last task") {
    rerun(world, id, "c");
    CHECK(world.rows(id) == "FORK:C a:C b:C JOIN:IP c:S");
    world.done("c");
  }
  SUBCASE("beside work that was done later") {
    rerun(world, id, "b");
    CHECK(world.rows(id) == "FORK:C a:C b:S JOIN:IP c:C");
    CHECK(world.row(id, "c").output.json()["x"] == 1);
    world.done("b");
  }
  CHECK(world.row(id, "j").task_id == join);
  CHECK(world.row(id, "j").status == task_status::completed);
  world.done("d");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("what failed or was cancelled beside the target is put back") {
  pure_world world;
  world.define_tasks({"a", "b", "c"});
  world.define(workflow_of(
      fork("[" + simple("a") + "],[" + simple("b") + "],[" + simple("c") + "]",
           R"("a","b","c")")));
  auto id = world.start("w");
  world.done("a");
  world.fail("c", "no");
  CHECK(world.rows(id) == "FORK:C a:C b:X c:F JOIN:X");
  auto b = world.row(id, "b").task_id;
  rerun(world, id, "c");
  CHECK(world.rows(id) == "FORK:C a:C b:S c:S JOIN:IP");
  CHECK(world.row(id, "b").task_id == b);
  CHECK(world.waiting("b") == 1);
  world.done("b");
  world.done("c");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun from a join joins again what is there") {
  std::string id;
  auto world = forked(id);
  rerun(world, id, "j");
  CHECK(world.rows(id) == "FORK:C a:C b:C JOIN:C c:C d:S");
  world.done("d");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a join keeps what it joins when a rerun gives it other input") {
  std::string id;
  auto world = forked(id);
  for (auto* given : {R"({"n":1})", "[]", R"({"joinOn":7})"}) {
    rerun(world, id, "j", *payload::parse(given));
    CHECK(world.row(id, "j").status == task_status::completed);
    auto joined = world.row(id, "j").input.json().at("joinOn");
    CHECK(joined.is_array() == (given != std::string(R"({"joinOn":7})")));
    world.done("d");
    CHECK(world.status(id) == "COMPLETED");
  }
  CHECK(world.replay_is_live());
}

TEST_CASE("what was skipped cannot be run again") {
  pure_world world;
  world.define_tasks({"a", "b"});
  world.define(workflow_of(simple("a") + "," + simple("b")));
  auto id = world.start("w");
  world.tell(id, command::skip_task{"b", {}});
  world.done("a");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(rerun(world, id, "b").refused->code == errc::invalid);
  CHECK(world.rows(id) == "b:SK a:C");
}

TEST_CASE("tasks that ended beside the target get successors before it runs") {
  pure_world world;
  world.define_tasks({"a"});
  world.define(workflow_of(
      fork(R"([{"name":"v","taskReferenceName":"v","type":"SET_VARIABLE"},)"
               + simple("a")
               + R"(],[{"name":"e","taskReferenceName":"e","type":"TERMINATE",
             "inputParameters":{"terminationStatus":"COMPLETED"}}])",
           R"("a","e")")));
  auto id = world.start("w");
  CHECK(world.rows(id) == "FORK:C v:C e:C JOIN:X");
  rerun(world, id, "e", *payload::parse(R"({"terminationStatus":"?"})"));
  CHECK(world.rows(id) == "FORK:C v:C e:F JOIN:X a:X");
  CHECK(world.replay_is_live());
}

TEST_CASE("a choice that cannot be made again is what failed") {
  test::fake_scripts scripts;
  bool broken = false;
  scripts.mean("1", [&](auto&) -> nlohmann::json {
    if (broken)
      throw std::runtime_error("no");
    return 1;
  });
  pure_world world(scripts);
  world.define_tasks({"a"});
  world.define(workflow_of(
      R"({"name":"d","taskReferenceName":"d","type":"DECISION",
        "caseExpression":"1","decisionCases":{"1":[)"
      + simple("a") + "]}}"));
  auto id = world.start("w");
  world.done("a");
  broken = true;
  rerun(world, id, "d");
  CHECK(world.rows(id) == "DECISION:F");
  CHECK(world.row(id, "d").reason.starts_with("Error while evaluating"));
  CHECK(world.status(id) == "FAILED");
  broken = false;
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "DECISION:F DECISION:C a:S");
  world.done("a");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("an exclusive join that is rerun begins now") {
  pure_world world;
  world.define_tasks({"a"});
  world.define(workflow_of(
      simple("a")
      + R"(,{"name":"x","taskReferenceName":"x","type":"EXCLUSIVE_JOIN",
            "joinOn":["a"]})"));
  auto id = world.start("w");
  world.done("a");
  world.advance(1000);
  rerun(world, id, "x");
  CHECK(world.row(id, "x").status == task_status::completed);
  CHECK(world.row(id, "x").start_time == world.now);
}

TEST_CASE("a rerun from a fork does its branches anew") {
  std::string id;
  auto world = forked(id);
  auto fork = world.row(id, "f").task_id;
  rerun(world, id, "f");
  CHECK(world.rows(id) == "FORK:C a:S b:S JOIN:IP");
  CHECK(world.row(id, "f").task_id == fork);
  CHECK(world.replay_is_live());
}

TEST_CASE("a switch decides again and its branch is rebuilt") {
  pure_world world;
  world.define_tasks({"a", "b", "z"});
  world.define(workflow_of(
      R"({"name":"s","taskReferenceName":"s","type":"SWITCH",
        "evaluatorType":"value-param","expression":"k",
        "inputParameters":{"k":"${workflow.input.k}"},
        "decisionCases":{"1":[)"
      + simple("a") + R"(]},"defaultCase":[)" + simple("b") + "]},"
      + simple("z")));
  auto id = world.start("w", R"({"k":1})");
  world.done("a");
  world.done("z");
  auto before = world.row(id, "s").task_id;
  rerun(world, id, "s", *payload::parse(R"({"k":2})"));
  CHECK(world.rows(id) == "SWITCH:C b:S");
  CHECK(world.row(id, "s").task_id == before);
  CHECK(world.row(id, "s").output.json()["selectedCase"] == "2");
  world.done("b");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a wait waits again, from now on") {
  pure_world world;
  world.define(workflow_of(
      R"({"name":"p","taskReferenceName":"p","type":"WAIT",
        "inputParameters":{"duration":"5s"}})"));
  auto id = world.start("w");
  world.advance(5000);
  CHECK(world.status(id) == "COMPLETED");
  rerun(world, id, "p");
  CHECK(world.rows(id) == "WAIT:IP");
  world.advance(4999);
  CHECK(world.rows(id) == "WAIT:IP");
  world.advance(1);
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a task that runs inside the decision runs again at once") {
  pure_world world;
  world.define_tasks({"a"});
  world.define(workflow_of(
      R"({"name":"v","taskReferenceName":"v","type":"SET_VARIABLE",
        "inputParameters":{"x":1}},)"
      + simple("a")));
  auto id = world.start("w");
  world.fail("a", "no");
  rerun(world, id, "v", *payload::parse(R"({"x":2})"));
  CHECK(world.rows(id) == "v:C a:S");
  CHECK(world.at(id).head().variables.json()["x"] == 2);
  CHECK(world.replay_is_live());
}

TEST_CASE("a dynamic fork is mapped again") {
  pure_world world;
  world.define_tasks({"a", "z"});
  world.define(workflow_of(
      R"({"name":"d","taskReferenceName":"d","type":"FORK_JOIN_DYNAMIC",
        "inputParameters":{"forkTaskName":"a",
          "forkTaskInputs":"${workflow.input.list}"}},
        {"name":"j","taskReferenceName":"j","type":"JOIN"},)"
      + simple("z")));
  auto id = world.start("w", R"({"list":[1,2]})");
  world.done("a");
  world.done("a");
  world.done("z");
  SUBCASE("with what it is given") {
    rerun(world, id, "d",
          *payload::parse(R"({"forkTaskName":"a","forkTaskInputs":[7,8,9]})"));
    CHECK(world.rows(id) == "FORK:C _a_0:S _a_1:S _a_2:S JOIN:IP");
    for (int i = 0; i < 3; ++i)
      world.done("a");
  }
  SUBCASE("and one branch alone leaves the others") {
    rerun(world, id, "_a_1");
    CHECK(world.rows(id) == "FORK:C _a_0:C _a_1:S JOIN:IP");
    world.done("a");
  }
  CHECK(world.row(id, "j").status == task_status::completed);
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a sub-workflow starts a fresh child and takes nothing back") {
  pure_world world;
  world.define_tasks({"x", "z"});
  world.define(workflow_of(simple("x"), "", "child"));
  world.define(workflow_of(
      R"({"name":"s","taskReferenceName":"s","type":"SUB_WORKFLOW",
        "subWorkflowParam":{"name":"child","version":1},
        "inputParameters":{"p":1}},)"
      + simple("z")));
  auto id = world.start("w");
  auto first = world.child(id, "s");
  world.done("x");
  world.done("z");
  auto told = rerun(world, id, "s", *payload::parse(R"({"p":2})"));
  // In progress when the call returns, not when the child has answered.
  bool at_once = false;
  for (auto& e : told.events)
    if (auto* change = event_as<task_changed>(e))
      at_once |= change->status == task_status::in_progress;
  CHECK(at_once);
  CHECK(world.rows(id) == "SUB_WORKFLOW:IP z:C");
  auto second = world.child(id, "s");
  CHECK(second != first);
  CHECK(world.row(id, "s").output.json()["subWorkflowId"] == second);
  CHECK(world.at(second).head().input.json()["p"] == 2);
  world.done("x");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun that cannot start its child names none") {
  pure_world world;
  world.define_tasks({"x"});
  world.define(workflow_of(simple("x"), "", "child"));
  world.define(workflow_of(
      R"({"name":"s","taskReferenceName":"s","type":"SUB_WORKFLOW",
        "subWorkflowParam":{"name":"child","version":1}})"));
  auto id = world.start("w");
  world.done("x");
  rerun(world, id, "s", *payload::parse(R"({"subWorkflowName":"child",
                            "subWorkflowVersion":9})"));
  CHECK(world.rows(id) == "SUB_WORKFLOW:F");
  CHECK(world.child(id, "s").empty());
  CHECK(world.row(id, "s").output.is_empty_object());
}

TEST_CASE("no join names a child whose start was taken back") {
  pure_world world;
  world.define_tasks({"a", "x"});
  world.define(workflow_of(simple("x"), "", "child"));
  world.define(workflow_of(fork(
      "[" + simple("a") + R"(,{"name":"g","taskReferenceName":"g","type":"GOTO",
                 "inputParameters":{"target":"${a.output.to}"}}],
                 [{"name":"s","taskReferenceName":"s","type":"SUB_WORKFLOW",
                   "subWorkflowParam":{"name":"child","version":1}}])",
      R"("s")")));
  auto id = world.start("w");
  world.done("a", R"({"to":"nowhere"})");
  CHECK(world.rows(id) == "FORK:C a:C SUB_WORKFLOW:X JOIN:X g:FT");
  rerun(world, id, "g"); // fails at once: the child is not started again
  CHECK(world.rows(id) == "FORK:C a:C SUB_WORKFLOW:X JOIN:X g:FT");
  CHECK(world.child(id, "s").empty());
  CHECK(world.row(id, "j").output.is_empty_object());
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun that waits for its slot starts the child when it has one") {
  pure_world world;
  world.define_tasks({"x"});
  world.define(workflow_of(simple("x"), "", "child"));
  world.define(workflow_of(
      R"({"name":"s","taskReferenceName":"s","type":"SUB_WORKFLOW",
        "subWorkflowParam":{"name":"child","version":1}})",
      R"(,"rateLimitConfig":{"rateLimitKey":"k","concurrentExecLimit":1})"));
  auto first = world.start("w");
  world.done("x");
  CHECK(world.status(first) == "COMPLETED");
  auto second = world.start("w"); // has the slot now
  rerun(world, first, "s");
  CHECK(world.status(first) == "RUNNING");
  CHECK(world.child(first, "s").empty());
  world.done("x"); // of the second
  CHECK(world.status(second) == "COMPLETED");
  CHECK_FALSE(world.child(first, "s").empty());
  world.done("x");
  CHECK(world.status(first) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun of a child's task puts its ancestors back to work") {
  pure_world world;
  world.define_tasks({"x", "y", "z"});
  world.define(workflow_of(simple("x") + "," + simple("y"), "", "leaf"));
  auto sub = [](const char* child) {
    return R"({"name":"s","taskReferenceName":"s","type":"SUB_WORKFLOW",
      "subWorkflowParam":{"name":")"
           + std::string(child) + R"(","version":1}})";
  };
  world.define(workflow_of(sub("leaf"), "", "middle"));
  world.define(workflow_of(sub("middle") + "," + simple("z")));
  auto top = world.start("w");
  auto middle = world.child(top, "s");
  auto leaf = world.child(middle, "s");
  world.done("x");
  world.fail("y", "no");
  CHECK(world.status(top) == "FAILED");
  rerun(world, leaf, "x");
  CHECK(world.rows(leaf) == "x:S");
  CHECK(world.status(middle) == "RUNNING");
  CHECK(world.rows(top) == "SUB_WORKFLOW:IP");
  CHECK(world.at(top).head().last_retried_time > 0);
  CHECK(world.at(top).head().failed_task_id.empty());
  world.done("x");
  world.done("y");
  world.done("z");
  CHECK(world.status(top) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a workflow that TERMINATE had ended ends so again") {
  pure_world world;
  world.define_tasks({"a"});
  world.define(workflow_of(fork(
      R"([{"name":"e","taskReferenceName":"e","type":"TERMINATE",
         "inputParameters":{"terminationStatus":"FAILED",
           "terminationReason":"early"}}],[)"
          + simple("a") + "]",
      R"("a")")));
  auto id = world.start("w");
  CHECK(world.status(id) == "FAILED");
  world.tell(id, command::retry{});
  CHECK(world.status(id) == "FAILED");
  CHECK(world.at(id).head().reason == "early");
  CHECK(world.waiting("a") == 0);
  CHECK(world.replay_is_live());
}

} // namespace rerun_cases
