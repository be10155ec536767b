#include "tests/support/definitions.hpp"
#include "tests/support/fake_scripts.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// reference:operators, and what is revived: reference:operators#parents.

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace retry_cases {

using test::fork;

std::string sub(std::string_view reference, std::string_view child,
                std::string_view more = "") {
  return R"({"name":"s","type":"SUB_WORKFLOW","taskReferenceName":")"
         + std::string(reference) + R"(","subWorkflowParam":{"name":")"
         + std::string(child) + R"(","version":1})" + std::string(more) + "}";
}

/// top -> middle -> leaf, whose only task is x.
pure_world nested() {
  pure_world world;
  world.define_task("x");
  world.define(workflow_of(simple("x"), "", "leaf"));
  world.define(workflow_of(sub("s", "leaf"), "", "middle"));
  world.define(workflow_of(sub("s", "middle"), "", "top"));
  return world;
}

TEST_CASE("a retry is refused while a workflow runs and when nothing failed") {
  pure_world world;
  world.define_task("x");
  world.define(workflow_of(simple("x")));
  auto id = world.start("w");
  CHECK(world.tell(id, command::retry{}).refused->code == errc::not_found);
  world.done("x");
  CHECK(world.tell(id, command::retry{}).refused->code == errc::conflict);
  workflow_def nothing;
  nothing.name = "nothing";
  start_workflow_request request;
  request.definition = std::make_shared<const workflow_def>(nothing);
  request.input = payload();
  auto empty = world.try_start(std::move(request));
  CHECK(world.tell(*empty, command::retry{}).refused->code == errc::conflict);
}

TEST_CASE("a retry makes a new attempt with inputs as they are now") {
  pure_world world;
  world.define_task("x");
  world.define(workflow_of(
      simple("x", R"(,"inputParameters":{"n":"${workflow.variables.n}",
                     "keep":1})"),
      R"(,"variables":{"n":1})"));
  auto id = world.start("w");
  world.fail("x", "no");
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "x:F x:S");
  auto& rows = world.at(id).rows();
  CHECK(rows[0].retried);
  CHECK(rows[0].executed);
  CHECK(rows[1].retried_task_id == rows[0].task_id);
  CHECK(rows[1].retry_count == 1);
  CHECK(rows[1].reason.empty());
  CHECK(rows[1].input.json() == nlohmann::json{{"n", 1}, {"keep", 1}});
  // Who was blamed stays written down, the reason does not.
  CHECK(world.at(id).head().failed_task_id == rows[0].task_id);
  CHECK(world.at(id).head().reason.empty());
  CHECK(world.at(id).head().last_retried_time > 0);
  CHECK(world.replay_is_live());
}

TEST_CASE("a retry looks at limits of all attempts before anything runs") {
  pure_world world;
  world.define_task("x", R"({"totalTimeoutSeconds":120})");
  world.define(workflow_of(
      fork("[" + simple("x") + R"(],[{"name":"e","taskReferenceName":"e",
             "type":"EVENT","sink":"${workflow.variables.sink}"}])",
           R"("x","e")"),
      R"(,"variables":{"sink":"nowhere"})"));
  auto id = world.start("w");
  CHECK(world.rows(id) == "FORK:C x:X e:F JOIN:X");
  world.advance(120'000);
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "FORK:C x:X e:F JOIN:X x:TO e:X");
  CHECK(world.status(id) == "TIMED_OUT");
  CHECK(world.replay_is_live());
}

TEST_CASE("a choice that failed is made again, with its branch") {
  test::fake_scripts scripts;
  bool broken = true;
  scripts.mean("$.x", [&](auto& input) -> nlohmann::json {
    if (broken)
      throw std::runtime_error("no");
    return input.at("x");
  });
  pure_world world(scripts);
  world.define_task("a");
  auto choice = [](const char* reference, const std::string& branch) {
    return R"({"name":"s","type":"SWITCH","evaluatorType":"javascript",
      "expression":"$.x","inputParameters":{"x":1},"taskReferenceName":")"
           + std::string(reference) + R"(","decisionCases":{"1":[)" + branch
           + "]}}";
  };
  SUBCASE("that can be followed") {
    world.define(workflow_of(choice("s", simple("a"))));
    auto id = world.start("w");
    CHECK(world.rows(id) == "SWITCH:F");
    broken = false;
    world.tell(id, command::retry{});
    CHECK(world.rows(id) == "SWITCH:F SWITCH:C a:S");
    world.done("a");
    CHECK(world.status(id) == "COMPLETED");
  }
  SUBCASE("or it stays as it was") {
    world.define(workflow_of(
        choice("s", R"({"name":"d","taskReferenceName":"d","type":"DECISION",
                 "caseExpression":"wrong","decisionCases":{}})")));
    auto id = world.start("w");
    broken = false;
    for (int i = 0; i < 2; ++i) {
      CHECK_FALSE(world.tell(id, command::retry{}).refused);
      CHECK(world.rows(id) == "SWITCH:F");
      CHECK(world.status(id) == "FAILED");
    }
  }
  CHECK(world.replay_is_live());
}

TEST_CASE("what is skipped does not hide a row of the same task in a loop") {
  pure_world world;
  world.define_tasks({"a", "b", "c"});
  world.define(workflow_of(
      R"({"name":"l","taskReferenceName":"l","type":"DO_WHILE",
        "items":"[1,2]","loopOver":[)"
      + simple("a") + "," + simple("c") + ","
      + simple("b", R"(,"inputParameters":{"n":"${a.output.n}"})") + "]}"));
  auto id = world.start("w");
  CHECK(world.tell(id, command::skip_task{"a", {}}).refused->code
        == errc::invalid); // it is at work
  world.done("a", R"({"n":1})");
  CHECK_FALSE(world.tell(id, command::skip_task{"a", {}}).refused);
  world.done("c");
  CHECK(world.row(id, "b__1").input.text() == R"({"n":1})");
}

TEST_CASE("a later success clears an earlier failure of the same task") {
  pure_world world;
  world.define_task("x", R"({"retryCount":1})");
  world.define_task("y");
  world.define(workflow_of(simple("x") + "," + simple("y")));
  auto id = world.start("w");
  world.fail("x", "first");
  world.done("x");
  world.fail("y", "no");
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "x:F x:C y:F y:S");
}

TEST_CASE("a join that failed for a permissive branch is opened in place") {
  pure_world world;
  world.define_tasks({"a", "b", "z"});
  world.define(
      workflow_of(fork("[" + simple("a", R"(,"permissive":true)") + "],["
                           + simple("b", R"(,"permissive":true)") + "]",
                       R"("a","b")")
                  + "," + simple("z")));
  auto id = world.start("w");
  auto join = world.row(id, "j").task_id;
  world.fail("a", "no");
  CHECK(world.status(id) == "RUNNING");
  world.done("b");
  CHECK(world.rows(id) == "FORK:C a:F b:C JOIN:F");
  CHECK(world.status(id) == "FAILED");
  world.tell(id, command::retry{});
  CHECK(world.rows(id) == "FORK:C a:F b:C JOIN:IP a:S");
  CHECK(world.row(id, "j").task_id == join);
  CHECK(world.row(id, "j").retry_count == 0);
  world.done("a");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a resuming retry reaches the deepest failed child, and only that "
          "answers") {
  auto world = nested();
  auto top = world.start("top");
  auto middle = world.child(top, "s");
  auto leaf = world.child(middle, "s");
  world.fail("x", "no");
  CHECK(world.status(top) == "FAILED");
  SUBCASE("which goes on with its ancestors") {
    auto d = world.tell(top, command::retry{true});
    CHECK_FALSE(d.refused);
    CHECK(world.rows(leaf) == "x:F x:S");
    CHECK(world.child(top, "s") == middle);
    CHECK(world.child(middle, "s") == leaf);
    CHECK(world.rows(top) == "SUB_WORKFLOW:IP");
    world.done("x");
    CHECK(world.status(top) == "COMPLETED");
  }
  SUBCASE("or says why it cannot") {
    world.tell(leaf, command::pause{}); // refused: it has ended
    world.define_task("x");
    command::rerun again;
    world.tell(leaf, again);
    world.tell(leaf, command::terminate{"stop"});
    // The leaf was terminated with its row cancelled: it can be retried, and
    // running it cannot.
    CHECK_FALSE(world.tell(top, command::retry{true}).refused);
    auto refused = world.tell(leaf, command::retry{});
    CHECK(refused.refused->code == errc::not_found);
  }
  CHECK(world.replay_is_live());
}

TEST_CASE("a resuming retry without a failed child retries where it is") {
  pure_world world;
  world.define_task("x");
  world.define(workflow_of(simple("x")));
  auto id = world.start("w");
  world.fail("x", "no");
  world.tell(id, command::retry{true});
  CHECK(world.rows(id) == "x:F x:S");
}

TEST_CASE("an execution that is its own child has none to resume") {
  auto world = nested();
  auto id = world.start("middle");
  // An idempotency key may lead back to the execution that uses it.
  auto& row = world.row(id, "s");
  world.tell(id, command::child_started{row.task_id, id, row.sub_workflow_id});
  CHECK(world.child(id, "s") == id);
  world.tell(id, command::terminate{"enough"});
  auto told = world.tell(id, command::retry{true});
  REQUIRE(told.refused);
  CHECK(told.refused->code == errc::conflict);
  CHECK(told.refused->message
        == "There are no retryable tasks! Use restart if you want to attempt "
           "entire workflow execution again.");
  CHECK(world.status(id) == "TERMINATED");
}

TEST_CASE("without resuming, a child is started anew at every level") {
  auto world = nested();
  auto top = world.start("top");
  auto middle = world.child(top, "s");
  world.fail("x", "no");
  world.tell(middle, command::retry{});
  CHECK(world.rows(middle) == "SUB_WORKFLOW:F SUB_WORKFLOW:IP");
  CHECK(world.rows(top) == "SUB_WORKFLOW:IP");
  CHECK(world.child(top, "s") == middle);
  world.done("x");
  CHECK(world.status(top) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("reviving a parent repairs the rows beside the child") {
  pure_world world;
  world.define_tasks({"x", "b"});
  world.define(workflow_of(simple("x"), "", "child"));
  world.define(
      workflow_of(fork("[" + sub("s1", "child") + "],[" + sub("s2", "child")
                           + "],[" + simple("b") + "]",
                       R"("s1","s2","b")")));
  auto id = world.start("w");
  auto first = world.child(id, "s1"), second = world.child(id, "s2");
  world.fail("x", "no"); // of the first child
  CHECK(world.rows(id) == "FORK:C SUB_WORKFLOW:F SUB_WORKFLOW:X b:X JOIN:X");
  CHECK(world.status(second) == "TERMINATED");
  auto b = world.row(id, "b").task_id;
  world.tell(first, command::retry{});
  CHECK(world.rows(id) == "FORK:C SUB_WORKFLOW:IP SUB_WORKFLOW:IP b:S JOIN:IP");
  CHECK(world.row(id, "b").task_id == b);
  CHECK(world.row(id, "b").retry_count == 1);
  CHECK(world.child(id, "s2") == second);
  CHECK(world.rows(second) == "x:X x:S");
  world.done("x");
  world.done("x");
  world.done("b");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("an exclusive join that a child revives begins to wait again") {
  pure_world world;
  world.define_tasks({"x", "b"});
  world.define(workflow_of(simple("x"), "", "child"));
  world.define(
      workflow_of(fork("[" + sub("s1", "child") + "],[" + simple("b") + R"(],[{
             "name":"e","taskReferenceName":"e","type":"EXCLUSIVE_JOIN",
             "joinOn":["b"]}])",
                       R"("s1","b","e")")));
  auto id = world.start("w");
  auto child = world.child(id, "s1");
  world.fail("x", "no");
  CHECK(world.row(id, "e").status == task_status::canceled);
  world.advance(1000);
  world.tell(child, command::retry{});
  CHECK(world.row(id, "e").status == task_status::in_progress);
  CHECK(world.row(id, "e").start_time == world.now);
  CHECK(world.replay_is_live());
}

TEST_CASE("a sibling with nothing to go on with ends again as it had") {
  pure_world world;
  world.define_task("x");
  world.define(workflow_of(simple("x"), "", "child"));
  // Ends without a failed task: there is nothing to retry in it.
  world.define(workflow_of(
      R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN",
        "forkTasks":[[)"
          + simple("x") + "]]}",
      "", "broken"));
  world.define(
      workflow_of(fork("[" + sub("s1", "child") + "],["
                           + sub("s2", "broken", R"(,"permissive":true)") + "]",
                       R"("s1","s2")")));
  auto id = world.start("w");
  CHECK(world.rows(id) == "FORK:C SUB_WORKFLOW:IP SUB_WORKFLOW:F JOIN:IP");
  world.fail("x", "no");
  CHECK(world.status(id) == "FAILED");
  world.tell(world.child(id, "s1"), command::retry{});
  CHECK(world.rows(id) == "FORK:C SUB_WORKFLOW:IP SUB_WORKFLOW:F JOIN:IP");
  world.done("x");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.replay_is_live());
}

TEST_CASE("an optional or superseded row does not wake its parent") {
  pure_world world;
  world.define_task("x");
  world.define_task("s", R"({"retryCount":1})");
  world.define(workflow_of(simple("x"), "", "child"));
  world.define(workflow_of(sub("s1", "child", R"(,"optional":true)"), "", "o"));
  world.define(workflow_of(sub("s1", "child"), "", "r"));
  auto optional = world.start("o");
  world.fail("x", "no");
  world.fail("x", "no");
  CHECK(world.status(optional) == "COMPLETED");
  world.tell(world.child(optional, "s1"), command::restart{});
  CHECK(world.status(optional) == "COMPLETED");
  CHECK(world.rows(optional) == "SUB_WORKFLOW:F SUB_WORKFLOW:CE");
  world.fail("x", "no");

  auto retried = world.start("r");
  auto first = world.child(retried, "s1");
  world.fail("x", "no");
  CHECK(world.rows(retried) == "SUB_WORKFLOW:F SUB_WORKFLOW:IP");
  world.tell(first, command::retry{});
  CHECK(world.rows(retried) == "SUB_WORKFLOW:F SUB_WORKFLOW:IP");
  CHECK(world.replay_is_live());
}

TEST_CASE("a restart keeps id, input and variables, and drops the rows") {
  pure_world world;
  world.define_task("x");
  world.define(workflow_of(
      R"({"name":"v","taskReferenceName":"v","type":"SET_VARIABLE",
        "inputParameters":{"n":2}},)"
          + simple("x"),
      R"(,"variables":{"n":1})"));
  auto id = world.start("w", R"({"p":1})");
  world.advance(1000);
  world.fail("x", "no");
  CHECK(world.tell(id, command::restart{}).refused == std::nullopt);
  CHECK(world.rows(id) == "v:C x:S");
  auto& head = world.at(id).head();
  CHECK(head.create_time == world.now);
  CHECK(head.last_retried_time == 0);
  CHECK(head.reason.empty());
  CHECK(head.failed_task_id.empty());
  CHECK(head.failed_reference_names == std::vector<std::string>{"x"});
  CHECK(head.input.json()["p"] == 1);
  CHECK(head.variables.json()["n"] == 2);
  CHECK(world.tell(id, command::restart{}).refused->code == errc::conflict);
  CHECK(world.replay_is_live());
}

TEST_CASE("what is not restartable may be restarted only after a failure") {
  pure_world world;
  world.define_task("x");
  world.define(workflow_of(simple("x"), R"(,"restartable":false)"));
  auto id = world.start("w");
  world.fail("x", "no");
  CHECK_FALSE(world.tell(id, command::restart{}).refused);
  world.done("x");
  CHECK(world.tell(id, command::restart{}).refused->code == errc::not_found);
}

TEST_CASE("a task is skipped once, before its turn, by its own name") {
  pure_world world;
  world.define_tasks({"a", "b", "c"});
  world.define(
      workflow_of(simple("a") + "," + simple("b") + "," + simple("c")));
  auto id = world.start("w");
  auto skip = [&](const char* reference) {
    command::skip_task what;
    what.reference_name = reference;
    what.request.task_output = *payload::parse(R"({"y":1})");
    return world.tell(id, what);
  };
  CHECK(skip("a").refused->code == errc::illegal_state);
  CHECK(skip("nobody").refused->code == errc::illegal_state);
  CHECK(skip("b__2").refused->code == errc::illegal_state);
  world.tell(id, command::pause{});
  CHECK(skip("b").refused->code == errc::illegal_state);
  world.tell(id, command::resume{});
  CHECK_FALSE(skip("b").refused);
  CHECK(skip("b").refused->code == errc::illegal_state);
  CHECK(world.rows(id) == "b:SK a:S");
  CHECK(world.row(id, "b").seq == 0);
  CHECK(world.row(id, "b").output.json()["y"] == 1);
  world.done("a");
  CHECK(world.rows(id) == "b:SK a:C c:S");
  world.done("c");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("callbacks are reset for workers that wait") {
  pure_world world;
  world.define_task("a");
  world.define(workflow_of(simple("a")));
  auto id = world.start("w");
  task_result result;
  result.task_id = world.poll("a");
  result.status = task_status::in_progress;
  result.callback_after_seconds = 3600;
  world.tell(id, command::update_task{result});
  CHECK(world.poll("a") == "");
  world.tell(id, command::reset_callbacks{});
  CHECK(world.row(id, "a").callback_after_seconds == 0);
  CHECK(world.poll("a") == result.task_id);
  result.status = task_status::completed;
  world.tell(id, command::update_task{result});
  CHECK(world.tell(id, command::reset_callbacks{}).refused->code
        == errc::conflict);
}

TEST_CASE("a failed workflow may be terminated, a completed one may not") {
  pure_world world;
  world.define_task("a");
  world.define(workflow_of(simple("a")));
  auto id = world.start("w");
  world.fail("a", "no");
  CHECK_FALSE(world.tell(id, command::terminate{"enough"}).refused);
  CHECK(world.status(id) == "TERMINATED");
  CHECK(world.at(id).head().reason == "enough");
  auto done = world.start("w");
  world.done("a");
  auto refused = world.tell(done, command::terminate{"x"});
  CHECK(refused.refused->code == errc::conflict);
  CHECK(refused.refused->message == "Cannot terminate a COMPLETED workflow.");
}

} // namespace retry_cases
