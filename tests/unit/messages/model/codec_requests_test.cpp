#include "tests/unit/messages/model/every_field.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;

TEST_CASE("a start request is read with all its fields") {
  auto x = read_start_request(R"({
    "name": "media", "version": 3, "correlationId": "c-1",
    "input": {"url": "a b", "n": 1.0, "deep": [{"x": null}]},
    "taskToDomain": {"*": "blue", "encode": "red,NO_DOMAIN", "gone": null},
    "workflowDef": {"name": "media", "tasks": [{"name": "t"}]},
    "externalInputPayloadStoragePath": "in/1.json", "priority": 7,
    "createdBy": "me", "idempotencyKey": "k",
    "idempotencyStrategy": "RETURN_EXISTING", "somethingElse": [{}]})");
  REQUIRE(x);
  CHECK(x->name == "media");
  CHECK(x->version == 3);
  CHECK(x->correlation_id == "c-1");
  CHECK(x->input->text() == R"({"url":"a b","n":1.0,"deep":[{"x":null}]})");
  CHECK(x->task_to_domain
        == std::map<std::string, std::string>{{"*", "blue"},
                                              {"encode", "red,NO_DOMAIN"}});
  CHECK(x->definition->tasks[0].name == "t");
  CHECK(x->external_input_path == "in/1.json");
  CHECK(x->priority == 7);
  CHECK(x->created_by == "me");
  CHECK(x->idempotency_key == "k");
  CHECK(x->idempotency_strategy == idempotency_strategy::return_existing);
}

TEST_CASE("a start without input has an empty one") {
  auto x = read_start_request(R"({"name":"w"})");
  REQUIRE(x);
  REQUIRE(x->input);
  CHECK(x->input->is_empty_object());
  CHECK_FALSE(x->version);
  CHECK_FALSE(x->idempotency_strategy);
  CHECK(x->definition == nullptr);
}

TEST_CASE("an input that is null needs an external path") {
  auto refused = read_start_request(R"({"name":"w","input":null})");
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().code == errc::invalid);
  auto external = read_start_request(
      R"({"input":null,"externalInputPayloadStoragePath":"p"})");
  REQUIRE(external);
  CHECK_FALSE(external->input);
}

TEST_CASE("an input is compact whatever blanks came with it") {
  std::string big = "{\n  \"input\" : {\n \"list\": [";
  for (int i = 0; i < 200; ++i)
    big += (i ? ", " : "") + std::string("\"a \\\" b\"");
  big += " ] } }";
  auto x = read_start_request(big);
  REQUIRE(x);
  auto& text = x->input->text();
  CHECK(text.substr(0, 20) == R"({"list":["a \" b","a)");
  CHECK(text.size() == 11 + 200 * 8 + 199);
  CHECK(x->input->json()["list"][199] == "a \" b");
}

TEST_CASE("the last of two equal properties counts") {
  auto x = read_start_request(
      R"({"name":"a","input":{"x":1},"name":"b","input":{"y":2}})");
  REQUIRE(x);
  CHECK(x->name == "b");
  CHECK(x->input->text() == R"({"y":2})");
}

TEST_CASE("a key that is written with escapes is the same key") {
  auto x = read_start_request("{\"na\\u006de\":\"w\\ta\"}");
  REQUIRE(x);
  CHECK(x->name == "w\ta");
}

TEST_CASE("a start request of parsed values is read alike") {
  auto x = to_start_request({{"name", "w"}, {"input", {{"a", 1}}}});
  REQUIRE(x);
  CHECK(x->name == "w");
  CHECK(x->input->text() == R"({"a":1})");
}

TEST_CASE("a task result is read with all its fields") {
  auto x = read_task_result(R"({
    "workflowInstanceId": "w", "taskId": "t", "status": "COMPLETED",
    "outputData": {"a": [1, 2]}, "reasonForIncompletion": "why",
    "callbackAfterSeconds": 30, "workerId": "me",
    "logs": [{"log": "line", "taskId": "t", "createdTime": 17}, "x"],
    "externalOutputPayloadStoragePath": "out", "subWorkflowId": "s",
    "extendLease": true, "orCreateExecutionMetadata": {}})");
  // A log entry is an object.
  REQUIRE_FALSE(x);
  CHECK(x.failure().message
        == "task result: property 'logs[1]' must be an object");
  x = read_task_result(R"({
    "workflowInstanceId": "w", "taskId": "t", "status": "COMPLETED",
    "outputData": {"a": [1, 2]}, "reasonForIncompletion": "why",
    "callbackAfterSeconds": 30, "workerId": "me",
    "logs": [{"log": "line", "taskId": "t", "createdTime": 17}],
    "externalOutputPayloadStoragePath": "out", "subWorkflowId": "s",
    "extendLease": true, "orCreateExecutionMetadata": {}})");
  REQUIRE(x);
  CHECK(x->workflow_id == "w");
  CHECK(x->task_id == "t");
  CHECK(x->status == task_status::completed);
  CHECK(x->output.text() == R"({"a":[1,2]})");
  CHECK(x->reason == "why");
  CHECK(x->callback_after_seconds == 30);
  CHECK(x->worker_id == "me");
  REQUIRE(x->logs.size() == 1);
  CHECK(x->logs[0].log == "line");
  CHECK(x->logs[0].task_id == "t");
  CHECK(x->logs[0].created_time == 17);
  CHECK(x->external_output_path == "out");
  CHECK(x->sub_workflow_id == "s");
  CHECK(x->extend_lease);
}

TEST_CASE("a worker may send five statuses and no other") {
  auto status_of = [](std::string status) {
    auto x = read_task_result(R"({"taskId":"t","status":)" + status + "}");
    return x ? x->status : std::nullopt;
  };
  CHECK(status_of("\"IN_PROGRESS\"") == task_status::in_progress);
  CHECK(status_of("\"FAILED\"") == task_status::failed);
  CHECK(status_of("\"FAILED_WITH_TERMINAL_ERROR\"")
        == task_status::failed_with_terminal_error);
  CHECK(status_of("\"COMPLETED\"") == task_status::completed);
  CHECK(status_of("\"CANCELED\"") == task_status::canceled);
  for (auto bad : {"\"SCHEDULED\"", "\"SKIPPED\"", "\"TIMED_OUT\"",
                   "\"completed\"", "\"DONE\"", "\"\"", "1", "{}", "null"}) {
    CAPTURE(bad);
    CHECK_FALSE(status_of(bad));
  }
}

TEST_CASE("a task result without status only extends a lease") {
  auto missing = read_task_result(R"({"taskId":"t"})");
  REQUIRE_FALSE(missing);
  CHECK(missing.failure().code == errc::invalid);
  CHECK(read_task_result(R"({"taskId":"t","extendLease":true})"));
}

TEST_CASE("output that is null or missing is empty") {
  auto null = read_task_result(R"({"status":"FAILED","outputData":null})");
  REQUIRE(null);
  CHECK(null->output.is_empty_object());
  auto missing = read_task_result(R"({"status":"FAILED"})");
  REQUIRE(missing);
  CHECK(missing->output.is_empty_object());
}

TEST_CASE("a reason is cut to 500 characters and logs to ten") {
  std::string reason, logs;
  for (int i = 0; i < 501; ++i)
    reason += "\xC3\xA9";
  for (int i = 0; i < 12; ++i)
    logs += std::string(i ? "," : "") + R"({"log":")" + std::to_string(i)
            + "\"}";
  auto x = read_task_result(R"({"status":"FAILED","reasonForIncompletion":")"
                            + reason + R"(","logs":[)" + logs + "]}");
  REQUIRE(x);
  CHECK(x->reason.size() == 1000);
  REQUIRE(x->logs.size() == 10);
  CHECK(x->logs[9].log == "9");
}

TEST_CASE("rerun and skip requests keep absent apart from empty") {
  auto rerun = read_rerun_request(R"({"reRunFromTaskId": "t",
    "workflowInput": {}, "taskInput": null, "correlationId": "c",
    "reRunFromWorkflowId": "ignored"})");
  REQUIRE(rerun);
  CHECK(rerun->from_task_id == "t");
  CHECK(rerun->workflow_input);
  CHECK_FALSE(rerun->task_input);
  CHECK(rerun->correlation_id == "c");

  auto skip = read_skip_task_request(R"({"taskOutput": {"a": 1}})");
  REQUIRE(skip);
  CHECK_FALSE(skip->task_input);
  CHECK(skip->task_output->text() == R"({"a":1})");
  CHECK(read_skip_task_request(" "));
}

TEST_CASE("bare objects and lists of strings are read as bodies") {
  CHECK(read_object(" { \"a\" : 1 } ", "output")->text() == R"({"a":1})");
  CHECK(read_object("[]", "output").failure().message
        == "output must be an object");
  CHECK(read_object("null", "output").failure().message
        == "output must be an object");
  CHECK(*read_strings(R"(["a", 1])", "ids")
        == std::vector<std::string>{"a", "1"});
  CHECK(read_strings(R"("a")", "ids").failure().message
        == "ids must be a list");
  CHECK(read_strings("[{}]", "ids").failure().message
        == "ids: property '[0]' must be a string");
}

TEST_CASE("poll data and logs are written with what they have") {
  CHECK(written(poll_data{"encode", "", "w1", 5})
        == R"({"queueName":"encode","workerId":"w1","lastPollTime":5})");
  CHECK(written(task_log{"a\nb", "t", 6})
        == R"({"log":"a\nb","taskId":"t","createdTime":6})");
}
