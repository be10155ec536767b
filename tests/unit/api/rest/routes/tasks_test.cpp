#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::broken_paths;
using test::is_error;
using test::is_json;
using test::is_no_content;
using test::is_text;
using test::is_void;
using test::route_world;

namespace tasks_test_detail {

const std::string a_result
    = R"({"workflowInstanceId":"w1","taskId":"t1","status":"COMPLETED",
          "workerId":"me","outputData":{"a":1}})";

answer an_ended_task() {
  answer out;
  out.text = "t1";
  out.task_type = "pack";
  out.domain = "d";
  out.task_ended = true;
  return out;
}

} // namespace tasks_test_detail

using namespace tasks_test_detail;

TEST_CASE("an update answers the bare task id") {
  route_world world;
  CHECK(is_text(world.call("POST", "/api/tasks", a_result), "t1"));
  CHECK(world.last<call_workflow>().workflow_id == "w1");
  CHECK_FALSE(world.last<call_workflow>().answer_execution);
  auto& result = world.last_command<command::update_task>().result;
  CHECK(result.task_id == "t1");
  CHECK(result.status == task_status::completed);
  CHECK(result.worker_id == "me");
  CHECK(result.output.text() == R"({"a":1})");
}

TEST_CASE("an update that is wrong is refused on both routes") {
  route_world world;
  for (auto target : {"/api/tasks", "/api/tasks/update-v2"}) {
    CAPTURE(target);
    auto paths
        = broken_paths(world.call("POST", target, R"({"status":"FAILED"})"));
    std::sort(paths.begin(), paths.end());
    CHECK(paths
          == std::vector<std::string>{"updateTask.arg0.taskId",
                                      "updateTask.arg0.workflowInstanceId"});
    auto with_status = [&](const std::string& status) {
      return world.call("POST", target,
                        R"({"workflowInstanceId":"w","taskId":"t","status":)"
                            + status + "}");
    };
    CHECK(is_error(with_status("null"), 400));
    CHECK(is_error(with_status(R"("SCHEDULED")"), 400));
    CHECK(is_error(with_status(R"("completed")"), 400));
    CHECK(is_error(with_status("1"), 400));
  }
  CHECK(world.gateway->got.empty());
}

TEST_CASE("update-v2 polls once for the same kind as the same worker") {
  route_world world;
  world.gateway->usual = an_ended_task();
  world.gateway->tasks = polled{{R"({"taskId":"t2"})"}};
  CHECK(is_json(world.call("POST", "/api/tasks/update-v2", a_result),
                R"({"taskId":"t2"})"));
  REQUIRE(world.gateway->got.size() == 2);
  auto& poll = world.last<poll_tasks>();
  CHECK(poll.task_type == "pack");
  CHECK(poll.domain == "d");
  CHECK(poll.worker_id == "me");
  CHECK(poll.count == 1);
  CHECK(poll.timeout_ms <= 0);
  CHECK(poll.poll_id != 0);
}

TEST_CASE("update-v2 without a next task is 204, never an empty 200") {
  route_world world;
  world.gateway->usual = an_ended_task();
  CHECK(is_no_content(world.call("POST", "/api/tasks/update-v2", a_result)));
  CHECK(world.gateway->got.size() == 2);
  // The task goes on: nothing is polled.
  world.gateway->got.clear();
  auto goes_on = an_ended_task();
  goes_on.task_ended = false;
  world.gateway->usual = goes_on;
  CHECK(is_no_content(world.call("POST", "/api/tasks/update-v2", a_result)));
  CHECK(world.gateway->got.size() == 1);
}

TEST_CASE("update-v2 of an unknown task is 404") {
  route_world world;
  world.gateway->usual = failure{errc::not_found, "no such task", {}};
  CHECK(is_error(world.call("POST", "/api/tasks/update-v2", a_result), 404));
}

TEST_CASE("an update by reference keeps the worker unless one is named") {
  route_world world;
  world.gateway->usual = test::a_text("t1");
  CHECK(is_text(world.call("POST", "/api/tasks/w1/ref/COMPLETED", R"({"a":1})"),
                "t1"));
  auto& kept = world.last_command<command::update_by_reference>();
  CHECK(world.last<call_workflow>().workflow_id == "w1");
  CHECK(kept.reference_name == "ref");
  CHECK(kept.status == task_status::completed);
  CHECK(kept.output.text() == R"({"a":1})");
  CHECK_FALSE(kept.worker_id);
  world.call("POST", "/api/tasks/w1/ref/FAILED?workerid=me", "{}");
  CHECK(world.last_command<command::update_by_reference>().worker_id == "me");
}

TEST_CASE("an update by reference that finds nothing is an empty text") {
  route_world world;
  answer nothing;
  nothing.effective = false;
  world.gateway->usual = nothing;
  CHECK(is_text(world.call("POST", "/api/tasks/w1/ref/COMPLETED", "{}"), ""));
  CHECK(is_error(world.call("POST", "/api/tasks/w1/ref/COMPLETED/sync", "{}"),
                 404));
}

TEST_CASE("the sync form answers the execution and clears the worker") {
  route_world world;
  world.gateway->usual = test::a_text(R"({"workflowId":"w1"})");
  CHECK(is_json(world.call("POST", "/api/tasks/w1/ref/IN_PROGRESS/sync", "{}"),
                R"({"workflowId":"w1"})"));
  CHECK(world.last<call_workflow>().answer_execution);
  CHECK(world.last_command<command::update_by_reference>().worker_id == "");
}

TEST_CASE("the sync form reads an execution apart that is large [A7]") {
  route_world world;
  answer without_text;
  without_text.effective = true;
  world.gateway->next = {without_text, test::a_text(R"({"tasks":[]})")};
  CHECK(is_json(world.call("POST", "/api/tasks/w1/ref/COMPLETED/sync", "{}"),
                R"({"tasks":[]})"));
  CHECK(world.last<read_execution>().workflow_id == "w1");
}

TEST_CASE("a signal is void even when nothing waited for it") {
  route_world world;
  waited nothing;
  nothing.effective = false;
  world.gateway->comes_to = nothing;
  CHECK(is_void(
      world.call("POST", "/api/tasks/w1/COMPLETED/signal", R"({"a":1})")));
  auto& sent = world.last<signal_workflow>();
  CHECK(sent.workflow_id == "w1");
  CHECK_FALSE(sent.waits);
  CHECK(sent.what.status == task_status::completed);
  CHECK(sent.what.output.text() == R"({"a":1})");
}

TEST_CASE("the status in a path is exactly one that a worker may send") {
  route_world world;
  for (std::string status : {"completed", "SCHEDULED", "SKIPPED", "DONE",
                             "TIMED_OUT", "COMPLETED_WITH_ERRORS"}) {
    CAPTURE(status);
    auto at = "/api/tasks/w1/";
    CHECK(is_error(world.call("POST", at + ("ref/" + status), "{}"), 400));
    CHECK(is_error(world.call("POST", at + ("ref/" + status + "/sync"), "{}"),
                   400));
    CHECK(is_error(world.call("POST", at + (status + "/signal"), "{}"), 400));
  }
  CHECK(world.gateway->got.empty());
}

TEST_CASE("a task is read by its id") {
  route_world world;
  world.gateway->usual = test::a_text(R"({"taskId":"t1"})");
  CHECK(is_json(world.call("GET", "/api/tasks/t1"), R"({"taskId":"t1"})"));
  CHECK(world.last<read_execution>().what == read_execution::part::task);
  CHECK(world.last<read_execution>().workflow_id == "t1");
}

TEST_CASE("a log line is the raw body, whatever it is called") {
  route_world world;
  CHECK(is_void(world.call("POST", "/api/tasks/t1/log", R"({"not": "json)",
                           {{"Content-Type", "application/json"}})));
  CHECK(world.last<append_task_log>().task_id == "t1");
  CHECK(world.last<append_task_log>().log == R"({"not": "json)");
}

TEST_CASE("a task without a log is 204") {
  route_world world;
  CHECK(is_no_content(world.call("GET", "/api/tasks/t1/log")));
  world.gateway->usual = test::a_text(R"([{"log":"x"}])");
  CHECK(is_json(world.call("GET", "/api/tasks/t1/log"), R"([{"log":"x"}])"));
  CHECK(world.last<read_task_logs>().task_id == "t1");
  world.call("GET", "/api/tasks/t1/log?start=20&count=5");
  CHECK(world.last<read_task_logs>().start == 20);
  CHECK(world.last<read_task_logs>().count == 5);
}

} // namespace tutti::rest
