#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

// What ended in one step is looked at together (reference:execution#order).
// Each case is the smallest form of a difference that random executions found
// between the engine and its reference model (tests/reference).

namespace rounds {

std::string fork(const std::string& branches, const std::string& joined) {
  return R"({"type":"FORK_JOIN","name":"f","taskReferenceName":"f",
             "forkTasks":[)"
         + branches + R"(]},{"type":"JOIN","name":"j","taskReferenceName":"j",
             "joinOn":[)"
         + joined + "]}";
}

std::string a_task(const std::string& type, const std::string& reference,
                   const std::string& more = "") {
  return R"({"type":")" + type + R"(","name":")" + reference
         + R"(","taskReferenceName":")" + reference + "\"" + more + "}";
}

void update(pure_world& world, const std::string& id,
            const std::string& reference, task_status status,
            std::string reason = "") {
  task_result result;
  result.workflow_id = id;
  result.task_id = world.row(id, reference).task_id;
  result.status = status;
  result.reason = std::move(reason);
  world.tell(id, command::update_task{result});
}

} // namespace rounds

using namespace rounds;

TEST_CASE("a join that is cancelled keeps what its branches put out") {
  pure_world world;
  world.define_task("a");
  world.define_task("b");
  world.define(workflow_of(
      fork("[" + simple("a") + "],[" + simple("b") + "]", R"("a","b")")));
  auto id = world.start("w");
  world.done("a", R"({"n":1})");
  world.fail("b", "no");
  CHECK(world.row(id, "j").status == task_status::canceled);
  CHECK(world.row(id, "j").output.text() == R"({"a":{"n":1}})");
}

TEST_CASE("an open join shows what a join below it has so far") {
  pure_world world;
  world.define_task("a");
  world.define_task("b");
  auto inner
      = a_task("FORK_JOIN", "g",
               R"(,"forkTasks":[[)" + simple("a") + "],[" + simple("b") + "]]")
        + "," + a_task("JOIN", "i", R"(,"joinOn":["a","b"])");
  world.define(workflow_of(fork("[" + inner + "]", R"("i")")));
  auto id = world.start("w");
  world.done("a", R"({"n":1})");
  CHECK(world.at(id).visible_output(world.row(id, "j")).text()
        == R"({"i":{"a":{"n":1}}})");
}

TEST_CASE("a further attempt is given the input template as the first was") {
  pure_world world;
  world.define_task("a", R"({"retryCount":1,"inputTemplate":{"x":"raw"}})");
  world.define(workflow_of(
      simple("a", R"(,"inputParameters":{"x":"${workflow.input.missing}"})")));
  auto id = world.start("w");
  CHECK(world.row(id, "a").input.text() == R"({"x":"raw"})");
  world.fail("a", "once");
  CHECK(world.row(id, "a").retry_count == 1);
  CHECK(world.row(id, "a").input.text() == R"({"x":"raw"})");
}

TEST_CASE("a failure that ends the execution leaves no attempt of another") {
  pure_world world;
  world.define_task("a", R"({"retryCount":1})");
  world.define_task("b");
  world.define(workflow_of(
      fork("[" + simple("a") + "],[" + simple("b") + "]", R"("a","b")")));
  auto id = world.start("w");
  world.tell(id, command::pause{});
  world.fail("a", "again");
  world.fail("b", "over");
  world.tell(id, command::resume{});
  CHECK(world.rows(id) == "FORK:C a:F b:F JOIN:X");
  CHECK_FALSE(world.row(id, "a").retried);
  CHECK(world.replay_is_live());
}

TEST_CASE("a fork with a branch that cannot begin leaves no row") {
  pure_world world;
  world.define_task("a");
  world.define(workflow_of(
      fork("[" + simple("a") + "],["
               + a_task("DYNAMIC", "d", R"(,"dynamicTaskNameParam":"n")") + "]",
           R"("a","d")")));
  auto id = world.start("w");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.rows(id).empty());
  CHECK(world.waiting("a") == 0);
  CHECK(world.replay_is_live());
}

TEST_CASE("a task whose name turns out blank ends the execution, which says "
          "so") {
  pure_world world;
  world.define(workflow_of(a_task("DYNAMIC", "d",
                                  R"(,"dynamicTaskNameParam":"n",
                "inputParameters":{"n":"${workflow.input.n}"})")));
  for (auto* input : {R"({"n":""})", R"({"n":"  "})"}) {
    CAPTURE(input);
    auto id = world.start("w", input);
    CHECK(world.status(id) == "FAILED");
    CHECK(world.rows(id).empty());
    CHECK(world.at(id).head().reason
          == "Task 'd' has a blank name: nobody could poll for it");
  }
  CHECK(world.status(world.start("w", R"({"n":0})")) == "RUNNING");
}

TEST_CASE("a task whose successor cannot be scheduled stays unconsumed") {
  pure_world world;
  world.define_task("a");
  world.define(workflow_of(
      simple("a") + ","
      + fork("[" + simple("b") + "],["
                 + a_task("DYNAMIC", "d", R"(,"dynamicTaskNameParam":"n")")
                 + "]",
             R"("b","d")")));
  auto id = world.start("w");
  world.done("a");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.rows(id) == "a:C");
  CHECK_FALSE(world.row(id, "a").executed);
  CHECK(world.replay_is_live());
}

TEST_CASE("a permissive failure counts also when TERMINATE completes") {
  pure_world world;
  world.define_task("a");
  world.define(workflow_of(
      simple("a", R"(,"permissive":true)") + ","
      + a_task("TERMINATE", "t",
               R"(,"inputParameters":{"terminationStatus":"COMPLETED"})")));
  auto id = world.start("w");
  world.fail("a", "no");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.at(id).head().reason
        == "Task " + world.row(id, "a").task_id
               + " failed with status: FAILED and reason: 'no'");
}

TEST_CASE("what runs at once beside TERMINATE has run") {
  pure_world world;
  world.define(workflow_of(fork(
      "["
          + a_task("TERMINATE", "t",
                   R"(,"inputParameters":{"terminationStatus":"COMPLETED"})")
          + "],[" + a_task("SET_VARIABLE", "s", R"(,"inputParameters":{"v":1})")
          + "]",
      R"("s")")));
  auto id = world.start("w");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.row(id, "s").status == task_status::completed);
  CHECK(world.at(id).head().variables.text() == R"({"v":1})");
}

TEST_CASE("the output that TERMINATE gave outlives an operator's terminate") {
  pure_world world;
  world.define(
      workflow_of(a_task("TERMINATE", "t",
                         R"(,"inputParameters":{"terminationStatus":"FAILED",
               "workflowOutput":{"o":1}})"),
                  R"(,"outputParameters":{"o":"${workflow.input.o}"})"));
  auto id = world.start("w");
  world.tell(id, command::terminate{"enough"});
  CHECK(world.status(id) == "TERMINATED");
  CHECK(world.at(id).head().output.text() == R"({"o":1})");
}

TEST_CASE("a join is complete over a join that went on with errors") {
  pure_world world;
  world.define_task("a");
  auto inner
      = a_task("FORK_JOIN", "g",
               R"(,"forkTasks":[[)" + simple("a", R"(,"optional":true)") + "]]")
        + "," + a_task("JOIN", "i", R"(,"joinOn":["a"])");
  world.define(workflow_of(fork("[" + inner + "]", R"("i")")));
  auto id = world.start("w");
  world.fail("a", "no");
  CHECK(world.row(id, "i").status == task_status::completed_with_errors);
  CHECK(world.row(id, "j").status == task_status::completed);
}

TEST_CASE("a child is not started by the decision that ends its parent") {
  pure_world world;
  world.define(workflow_of(a_task("HUMAN", "h"), "", "c"));
  world.define(workflow_of(fork(
      "["
          + a_task("SUB_WORKFLOW", "s",
                   R"(,"subWorkflowParam":{"name":"c","version":1})")
          + "],["
          + a_task("TERMINATE", "t",
                   R"(,"inputParameters":{"terminationStatus":"COMPLETED"})")
          + "]",
      R"("s")")));
  auto id = world.start("w");
  CHECK(world.row(id, "s").status == task_status::canceled);
  CHECK(world.row(id, "s").sub_workflow_id.empty());
  CHECK(world.executions() == 1);
}

TEST_CASE("rows that are overdue together are judged in their order") {
  pure_world world;
  world.define_task("a", R"({"timeoutSeconds":0,"responseTimeoutSeconds":20})");
  world.define_task("b", R"({"timeoutSeconds":10,"responseTimeoutSeconds":10,
                             "timeoutPolicy":"TIME_OUT_WF"})");
  world.define(workflow_of(
      fork("[" + simple("a") + "],[" + simple("b") + "]", R"("a","b")")));
  auto id = world.start("w");
  world.poll("a");
  world.poll("b");
  world.tell(id, command::pause{});
  world.advance(30'000);
  world.tell(id, command::resume{});
  world.advance(1);
  CHECK(world.status(id) == "TIMED_OUT");
  CHECK(world.at(id).head().failed_task_id == world.row(id, "a").task_id);
  CHECK(world.row(id, "b").status == task_status::canceled);
}

TEST_CASE("an iteration with a task that cannot be scheduled leaves no row") {
  pure_world world;
  world.define_task("a");
  world.define(workflow_of(
      R"({"type":"FOR_EACH","name":"l",
    "taskReferenceName":"l","items":"[1,2]","loopOver":[)"
      + fork("[" + simple("a") + "],["
                 + a_task("DYNAMIC", "d", R"(,"dynamicTaskNameParam":"n")")
                 + "]",
             R"("a","d")")
      + "]}"));
  auto id = world.start("w");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.rows(id) == "l:X");
  CHECK(world.waiting("a") == 0);
  CHECK(world.replay_is_live());
}

TEST_CASE("what an iteration begins with is judged before it runs") {
  pure_world world;
  auto wait = R"(,"inputParameters":{"duration":"1 seconds","until":"x"})";
  world.define(workflow_of(R"({"type":"FOR_EACH","name":"l",
    "taskReferenceName":"l","items":"[1]","loopOver":[)"
                           + fork("[" + a_task("WAIT", "x", wait) + "],["
                                      + a_task("NOOP", "n") + "]",
                                  R"("x","n")")
                           + "]}"));
  auto id = world.start("w");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.row(id, "n__1").status == task_status::canceled);
}

TEST_CASE("a failure during a pause ends before a later task is timed out") {
  pure_world world;
  world.define_task("a");
  world.define_task("b", R"({"pollTimeoutSeconds":10,"timeoutSeconds":0,
                             "timeoutPolicy":"TIME_OUT_WF"})");
  world.define(workflow_of(
      fork("[" + simple("a") + "],[" + simple("b") + "]", R"("a","b")")));
  auto id = world.start("w");
  world.tell(id, command::pause{});
  update(world, id, "a", task_status::failed, "no");
  world.advance(20'000);
  world.tell(id, command::resume{});
  CHECK(world.status(id) == "FAILED");
  CHECK(world.row(id, "b").status == task_status::canceled);
}

TEST_CASE("an update begins the next attempt of a WAIT before its delay") {
  pure_world world;
  world.define_task("x", R"({"retryCount":1,"retryDelaySeconds":60})");
  world.define(workflow_of(a_task("WAIT", "x")));
  auto id = world.start("w");
  update(world, id, "x", task_status::failed);
  REQUIRE(world.row(id, "x").status == task_status::scheduled);
  update(world, id, "x", task_status::in_progress);
  CHECK(world.row(id, "x").start_time == world.now);
  world.advance(100'000);
  CHECK(world.row(id, "x").status == task_status::in_progress);
}

TEST_CASE("what failed beside TERMINATE counts") {
  for (auto [flag, status] : {std::pair("optional", "COMPLETED"),
                              std::pair("permissive", "FAILED")}) {
    pure_world world;
    world.define(workflow_of(fork(
        "["
            + a_task("TERMINATE", "t",
                     R"(,"inputParameters":{"terminationStatus":"COMPLETED"})")
            + "],["
            + a_task("EVENT", "e",
                     R"(,"sink":"nowhere:x",")" + std::string(flag)
                         + R"(":true)")
            + "]",
        R"("e")")));
    auto id = world.start("w");
    CHECK(world.status(id) == status);
    CHECK(world.row(id, "e").status
          == (world.status(id) == "COMPLETED"
                  ? task_status::completed_with_errors
                  : task_status::failed));
  }
}

TEST_CASE("others are started in the order of their rows") {
  pure_world world;
  world.define_task("a");
  world.define(workflow_of(simple("a"), "", "c"));
  auto start = R"(,"inputParameters":{"startWorkflow":{"name":"c"}})";
  world.define(workflow_of(
      a_task("HUMAN", "h") + ","
      + fork("[" + a_task("START_WORKFLOW", "o", start) + "],["
                 + a_task("SUB_WORKFLOW", "s",
                          R"(,"subWorkflowParam":{"name":"c","version":1})")
                 + "]",
             R"("o","s")")));
  auto id = world.start("w");
  command::update_task done;
  done.result.task_id = world.row(id, "h").task_id;
  done.result.status = task_status::completed;
  std::vector<std::string> asked;
  for (auto& effect : world.tell(id, done).effects)
    if (auto* mail = std::get_if<engine::send_outbox_message>(&effect))
      if (auto* start = std::get_if<start_other>(&mail->what->what))
        asked.push_back(start->parent_task_id);
  CHECK(asked
        == std::vector<std::string>{world.row(id, "o").task_id,
                                    world.row(id, "s").task_id});
}

TEST_CASE("a TERMINATE that is skipped is stepped over") {
  pure_world world;
  world.define_task("a");
  world.define_task("b");
  world.define(workflow_of(
      simple("a") + ","
      + a_task("TERMINATE", "t",
               R"(,"inputParameters":{"terminationStatus":"FAILED"})")
      + "," + simple("b")));
  auto id = world.start("w");
  world.tell(id, command::skip_task{"t", {}});
  world.done("a");
  world.done("b");
  CHECK(world.status(id) == "COMPLETED");
}

TEST_CASE("a fork with skipped tasks keeps its order and leads on") {
  pure_world world;
  for (auto name : {"a", "b", "c", "d", "e"})
    world.define_task(name);
  auto branches
      = "[" + simple("a") + "," + simple("b") + "],[" + simple("c") + "]";
  world.define(workflow_of(simple("e") + "," + fork(branches, R"("b","c")")
                           + "," + simple("d")));
  auto id = world.start("w");
  world.tell(id, command::skip_task{"a", {}});
  world.done("e");
  CHECK(world.rows(id) == "a:SK e:C FORK:C b:S c:S JOIN:IP");

  id = world.start("w");
  world.tell(id, command::skip_task{"j", {}});
  world.done("e");
  CHECK(world.row(id, "d").status == task_status::scheduled);

  // Without a branch left nothing leads to the JOIN but the fork itself.
  world.define(workflow_of(simple("e")
                               + R"(,{"type":"FORK_JOIN_DYNAMIC","name":"f",
        "taskReferenceName":"f","dynamicForkTasksParam":"t",
        "dynamicForkTasksInputParamName":"i","inputParameters":{"t":[],"i":{}}
        },{"type":"JOIN","name":"j","taskReferenceName":"j"},)"
                               + simple("d"),
                           "", "w2"));
  id = world.start("w2");
  world.tell(id, command::skip_task{"j", {}});
  world.done("e");
  CHECK(world.row(id, "d").status == task_status::scheduled);
}

TEST_CASE("a retry does not make a list of what is none") {
  pure_world world;
  world.define(workflow_of(R"({"type":"DO_WHILE","name":"l",
    "taskReferenceName":"l","items":"${workflow.input.missing}","loopOver":[)"
                           + a_task("NOOP", "n") + "]}"));
  auto id = world.start("w");
  world.tell(id, command::retry{});
  CHECK(world.status(id) == "FAILED");
  CHECK(world.row(id, "l").reason.ends_with("not a list but null"));
}

TEST_CASE("a parent that ends again and its children come to rest") {
  pure_world world;
  world.define(workflow_of(a_task("HUMAN", "w"), "", "c"));
  auto child = [](const char* reference) {
    return "["
           + a_task("SUB_WORKFLOW", reference,
                    R"(,"subWorkflowParam":{"name":"c","version":1})")
           + "]";
  };
  world.define(workflow_of(
      fork(child("x") + "," + child("y") + ",[" + a_task("HUMAN", "h") + ","
               + a_task("TERMINATE", "t",
                        R"(,"inputParameters":{"terminationStatus":"FAILED"})")
               + "]",
           R"("x","y")")));
  auto id = world.start("w");
  update(world, id, "h", task_status::completed);
  REQUIRE(world.status(id) == "FAILED");
  auto first = world.child(id, "x");
  world.tell(first, command::retry{});
  CHECK(world.status(id) == "FAILED");
  CHECK(world.status(first) == "TERMINATED");
  CHECK(world.status(world.child(id, "y")) == "TERMINATED");
}

TEST_CASE("a rerun behind the time limit is timed out, whatever it could do") {
  pure_world world;
  world.define(
      workflow_of(a_task("NOOP", "n"),
                  R"(,"timeoutSeconds":30,"timeoutPolicy":"TIME_OUT_WF")"));
  auto id = world.start("w");
  world.advance(40'000);
  world.tell(id, command::rerun{});
  CHECK(world.status(id) == "TIMED_OUT");
}
