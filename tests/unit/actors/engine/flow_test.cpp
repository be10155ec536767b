#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace {

pure_world two_steps(std::string_view t1 = "{}", std::string_view more = "") {
  pure_world world;
  world.define_task("t1", t1);
  world.define_task("t2");
  world.define(workflow_of(simple("t1", more) + "," + simple("t2")));
  return world;
}

} // namespace

TEST_CASE("a linear flow passes data from task to task and ends with outputs") {
  pure_world world;
  world.define_task("t1");
  world.define_task("t2");
  world.define(workflow_of(
      simple("t1", R"(,"inputParameters":{"p1":"${workflow.input.param1}",
                     "p3":"${CPEWF_TASK_ID}"})")
          + ","
          + simple("t2", R"(,"inputParameters":{"tp2":"${t1.output.op}"})"),
      R"(,"outputParameters":{"o1":"${workflow.input.param1}",
        "o3":"${t1.output.op}"})"));
  auto id = world.start("w", R"({"param1":"v"})");
  CHECK(world.rows(id) == "t1:S");
  CHECK(world.row(id, "t1").input.json()["p3"] == world.row(id, "t1").task_id);
  world.done("t1", R"({"op":"d"})");
  CHECK(world.rows(id) == "t1:C t2:S");
  CHECK(world.row(id, "t2").input.json()["tp2"] == "d");
  world.done("t2");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.at(id).head().output.json()
        == nlohmann::json{{"o1", "v"}, {"o3", "d"}});
  CHECK(world.replay_is_live());
}

TEST_CASE("an update of an ended task changes nothing and is no error") {
  auto world = two_steps();
  auto id = world.start("w");
  auto task_id = world.poll("t1");
  task_result result;
  result.task_id = task_id;
  result.status = task_status::completed;
  world.tell(id, command::update_task{result});
  result.status = task_status::failed;
  auto again = world.tell(id, command::update_task{result});
  CHECK_FALSE(again.refused);
  CHECK_FALSE(again.effective);
  CHECK(again.events.empty());
  CHECK(world.rows(id) == "t1:C t2:S");
}

TEST_CASE("a task handed back waits as long as its worker asks") {
  auto world = two_steps();
  auto id = world.start("w");
  task_result result;
  result.task_id = world.poll("t1");
  result.status = task_status::in_progress;
  result.callback_after_seconds = 2;
  auto started = world.row(id, "t1").start_time;
  world.tell(id, command::update_task{result});
  CHECK(world.rows(id) == "t1:S");
  CHECK(world.waiting("t1") == 1);
  CHECK(world.poll("t1") == "");
  world.advance(2000);
  CHECK(world.poll("t1") == result.task_id);
  CHECK(world.row(id, "t1").poll_count == 2);
  CHECK(world.row(id, "t1").start_time == started);
}

TEST_CASE("retries leave a chain of attempts and stop at the limit") {
  auto world = two_steps(R"({"retryCount":1})");
  auto id = world.start("w");
  world.fail("t1", "first");
  world.fail("t1", "boom");
  CHECK(world.rows(id) == "t1:F t1:F");
  CHECK(world.status(id) == "FAILED");
  auto& rows = world.at(id).rows();
  CHECK(rows[1].retried_task_id == rows[0].task_id);
  CHECK(rows[0].retried);
  CHECK(rows[1].retry_count == 1);
  CHECK(world.at(id).head().reason
        == "Task " + rows[1].task_id
               + " failed with status: FAILED and reason: 'boom'");
  CHECK(world.at(id).head().failed_task_id == rows[1].task_id);
  CHECK(world.replay_is_live());
}

TEST_CASE("the delay between attempts follows the retry logic and its cap") {
  struct row {
    const char* def;
    std::vector<int> delays;
  };
  for (auto& x : std::vector<row>{
           {R"({"retryLogic":"EXPONENTIAL_BACKOFF","retryDelaySeconds":2,
              "maxRetryDelaySeconds":3,"retryCount":5})",
            {2, 3, 3}},
           {R"({"retryLogic":"EXPONENTIAL_BACKOFF","retryDelaySeconds":1,
              "retryCount":5})",
            {1, 2, 4}},
           {R"({"retryLogic":"LINEAR_BACKOFF","retryDelaySeconds":2,
              "backoffScaleFactor":2,"maxRetryDelaySeconds":5,
              "retryCount":5})",
            {4, 5}},
           {R"({"retryLogic":"FIXED","retryDelaySeconds":60,
              "maxRetryDelaySeconds":10,"retryCount":5})",
            {10}}}) {
    auto world = two_steps(x.def);
    auto id = world.start("w");
    for (auto delay : x.delays) {
      world.fail("t1", "again");
      CHECK(world.row(id, "t1").callback_after_seconds == delay);
      CHECK(world.poll("t1") == "");
      world.advance(delay * 1000);
    }
  }
}

TEST_CASE("optional goes on after the last failure, permissive fails the end") {
  auto world = two_steps(R"({"retryCount":1})", R"(,"optional":true)");
  auto id = world.start("w");
  world.fail("t1", "a");
  world.fail("t1", "b");
  CHECK(world.rows(id) == "t1:F t1:CE t2:S");
  world.done("t2");
  CHECK(world.status(id) == "COMPLETED");

  auto strict = two_steps(R"({"retryCount":1})", R"(,"permissive":true)");
  id = strict.start("w");
  strict.fail("t1", "a");
  strict.fail("t1", "NET");
  CHECK(strict.rows(id) == "t1:F t1:F t2:S");
  CHECK(strict.status(id) == "RUNNING");
  strict.done("t2");
  CHECK(strict.status(id) == "FAILED");
  CHECK(strict.at(id).head().reason
        == "Task " + strict.row(id, "t1").task_id
               + " failed with status: FAILED and reason: 'NET'");
}

TEST_CASE("a silent worker is timed out and the task is tried again") {
  auto world = two_steps(R"({"responseTimeoutSeconds":2,"retryCount":1})");
  auto id = world.start("w");
  world.poll("t1");
  world.advance(1999);
  CHECK(world.rows(id) == "t1:IP");
  world.advance(1);
  CHECK(world.rows(id) == "t1:TO t1:S");
  CHECK(world.waiting("t1") == 1);
  world.done("t1");
  CHECK(world.rows(id) == "t1:TO t1:C t2:S");
  CHECK(world.replay_is_live());
}

TEST_CASE("TIME_OUT_WF ends the workflow without asking for retries") {
  auto world = two_steps(
      R"({"timeoutSeconds":1,"responseTimeoutSeconds":1,"retryCount":3})");
  auto id = world.start("w");
  world.poll("t1");
  world.advance(1000);
  CHECK(world.rows(id) == "t1:TO");
  CHECK(world.status(id) == "TIMED_OUT");
}

TEST_CASE("pause keeps what is queued and schedules nothing new") {
  auto world = two_steps();
  auto id = world.start("w");
  world.tell(id, command::pause{});
  world.done("t1");
  CHECK(world.rows(id) == "t1:C");
  world.tell(id, command::decide{});
  CHECK(world.rows(id) == "t1:C");
  world.tell(id, command::resume{});
  CHECK(world.rows(id) == "t1:C t2:S");
  CHECK(world.tell(id, command::resume{}).refused->code == errc::illegal_state);
}

TEST_CASE("terminate cancels, withdraws and may be repeated") {
  auto world = two_steps();
  auto id = world.start("w");
  world.tell(id, command::terminate{"why", false});
  CHECK(world.status(id) == "TERMINATED");
  CHECK(world.rows(id) == "t1:X");
  CHECK(world.at(id).head().reason == "why");
  CHECK(world.waiting("t1") == 0);
  CHECK_FALSE(world.tell(id, command::terminate{"x", false}).refused);
}

TEST_CASE("rerun from a task resets it in place and removes its successors") {
  auto world = two_steps();
  auto id = world.start("w");
  world.done("t1");
  auto t2 = world.row(id, "t2").task_id;
  world.done("t2", R"({"x":1})");
  command::rerun rerun;
  rerun.request.from_task_id = t2;
  world.tell(id, rerun);
  CHECK(world.rows(id) == "t1:C t2:S");
  CHECK(world.row(id, "t2").task_id == t2);
  CHECK(world.row(id, "t2").output.is_empty_object());
  world.done("t2");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a workflow that times out may be retried with a new clock") {
  pure_world world;
  world.define_task("t1");
  world.define(workflow_of(
      simple("t1"), R"(,"timeoutSeconds":3,"timeoutPolicy":"TIME_OUT_WF")"));
  auto id = world.start("w");
  world.poll("t1");
  world.advance(3000);
  CHECK(world.status(id) == "TIMED_OUT");
  CHECK(world.rows(id) == "t1:X");
  world.tell(id, command::retry{});
  CHECK(world.status(id) == "RUNNING");
  CHECK(world.rows(id) == "t1:X t1:S");
  world.advance(2999);
  CHECK(world.status(id) == "RUNNING");
  CHECK(world.replay_is_live());
}
