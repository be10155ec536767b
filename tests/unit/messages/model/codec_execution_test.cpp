#include "tests/unit/messages/model/every_field.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace tutti;
using namespace tutti::test;
using nlohmann::json;

namespace {

task plain_task() {
  task x;
  x.task_id = "id-1";
  x.reference_name = "ref";
  x.task_type = "encode";
  x.definition = std::make_shared<workflow_task>(named_task("ref"));
  return x;
}

json written_task(const task& x, const task_context& context = {}) {
  rendered_tasks cache;
  std::string out;
  write(out, x, context, cache);
  return *parse_json(out);
}

int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
      .count();
}

} // namespace

TEST_CASE("a task at its defaults shows what is always sent") {
  auto shown = written_task(plain_task());
  CHECK(shown["workflowTask"]["taskReferenceName"] == "ref");
  shown.erase("workflowTask");
  CHECK(shown == json::parse(R"({
    "taskId": "id-1", "taskType": "encode", "taskDefName": "encode",
    "referenceTaskName": "ref", "status": "SCHEDULED", "inputData": {},
    "outputData": {}, "scheduledTime": 0, "startTime": 0, "endTime": 0,
    "updateTime": 0, "firstStartTime": 0, "queueWaitTime": 0,
    "retryCount": 0, "seq": 0, "pollCount": 0, "iteration": 0,
    "retried": false, "executed": false, "callbackAfterSeconds": 0,
    "callbackFromWorker": true, "responseTimeoutSeconds": 0,
    "startDelayInSeconds": 0, "taskDefinition": null,
    "rateLimitPerFrequency": 0, "rateLimitFrequencyInSeconds": 0,
    "workflowPriority": 0, "subworkflowChanged": false,
    "loopOverTask": false})"));
}

TEST_CASE("a task shows every field it has") {
  task x = plain_task();
  x.task_def_name = "encode_def";
  x.status = task_status::completed_with_errors;
  x.input = json_of(R"({"i":1})");
  x.output = json_of(R"({"o":2})");
  x.external_input_path = "in";
  x.external_output_path = "out";
  x.scheduled_time = 100;
  x.start_time = 150;
  x.end_time = 300;
  x.update_time = 301;
  x.first_start_time = 149;
  x.retry_count = 2;
  x.seq = 3;
  x.poll_count = 4;
  x.iteration = 5;
  x.retried = x.executed = x.subworkflow_changed = true;
  x.retried_task_id = "id-0";
  x.start_delay_seconds = 6;
  x.response_timeout_seconds = 7;
  x.rate_limit_per_frequency = 8;
  x.rate_limit_frequency_in_seconds = 9;
  x.workflow_priority = 10;
  x.worker_id = "w";
  x.domain = "blue";
  x.reason = "why \"not\"";
  x.execution_name_space = "space";
  x.isolation_group_id = "iso";
  x.sub_workflow_id = "sub";
  x.parent_task_id = "parent";
  auto definition = named_task("ref");
  definition.definition = std::make_shared<task_def>(every_task_def_field());
  x.definition = std::make_shared<workflow_task>(definition);
  auto secrets = json_of(R"({"TOKEN":"x"})");
  task_context context;
  context.workflow_id = "wf";
  context.workflow_type = "media";
  context.correlation_id = "c";
  context.runtime_metadata = &secrets;
  auto shown = written_task(x, context);
  CHECK(shown["taskDefinition"]
        == *parse_json(written(every_task_def_field())));
  CHECK(shown["workflowTask"]["taskDefinition"] == shown["taskDefinition"]);
  shown.erase("taskDefinition");
  shown.erase("workflowTask");
  CHECK(shown == json::parse(R"({
    "taskId": "id-1", "taskType": "encode", "taskDefName": "encode_def",
    "referenceTaskName": "ref", "status": "COMPLETED_WITH_ERRORS",
    "inputData": {"i": 1}, "outputData": {"o": 2},
    "externalInputPayloadStoragePath": "in",
    "externalOutputPayloadStoragePath": "out", "scheduledTime": 100,
    "startTime": 150, "endTime": 300, "updateTime": 301,
    "firstStartTime": 149, "queueWaitTime": 50, "retryCount": 2, "seq": 3,
    "pollCount": 4, "iteration": 5, "retried": true, "executed": true,
    "retriedTaskId": "id-0", "callbackAfterSeconds": 0,
    "callbackFromWorker": true, "responseTimeoutSeconds": 7,
    "startDelayInSeconds": 6, "workerId": "w", "domain": "blue",
    "correlationId": "c", "reasonForIncompletion": "why \"not\"",
    "rateLimitPerFrequency": 8, "rateLimitFrequencyInSeconds": 9,
    "workflowPriority": 10, "executionNameSpace": "space",
    "isolationGroupId": "iso", "subWorkflowId": "sub",
    "subworkflowChanged": true, "loopOverTask": true,
    "parentTaskId": "parent", "runtimeMetadata": {"TOKEN": "x"},
    "workflowInstanceId": "wf", "workflowType": "media"})"));
}

TEST_CASE("a context replaces input and output, and empty secrets are unsaid") {
  auto x = plain_task();
  x.input = json_of(R"({"secret":"${workflow.secrets.S}"})");
  auto input = json_of(R"({"secret":"s"})");
  auto output = json_of(R"({"so":"far"})");
  payload none;
  task_context context;
  context.input = &input;
  context.output = &output;
  context.runtime_metadata = &none;
  auto shown = written_task(x, context);
  CHECK(shown["inputData"]["secret"] == "s");
  CHECK(shown["outputData"]["so"] == "far");
  CHECK_FALSE(shown.contains("runtimeMetadata"));
}

TEST_CASE("the sub-workflow's id falls back to the task's data") {
  auto x = plain_task();
  x.input = json_of(R"({"subWorkflowId":"from-input"})");
  CHECK(written_task(x)["subWorkflowId"] == "from-input");
  x.output = json_of(R"({"subWorkflowId":"from-output"})");
  CHECK(written_task(x)["subWorkflowId"] == "from-output");
  x.sub_workflow_id = "own";
  CHECK(written_task(x)["subWorkflowId"] == "own");
  auto nested = plain_task();
  nested.output = json_of(R"({"deep":{"subWorkflowId":"x"}})");
  CHECK_FALSE(written_task(nested).contains("subWorkflowId"));
}

TEST_CASE("the wait in the queue is never negative") {
  auto x = plain_task();
  x.scheduled_time = 200;
  x.start_time = 100;
  CHECK(written_task(x)["queueWaitTime"] == 0);
  // With a callback pending: how late it is by now.
  x.callback_after_seconds = 10;
  x.update_time = now_ms();
  CHECK(written_task(x)["queueWaitTime"] == 0);
  x.update_time = now_ms() - 60'000;
  CHECK(written_task(x)["queueWaitTime"].get<int64_t>() >= 50'000);
}

TEST_CASE("a rendered task is made once and outlives its last other owner") {
  rendered_tasks cache;
  auto definition = std::make_shared<workflow_task>(named_task("one"));
  auto& text = cache.of(definition);
  CHECK(text == written(named_task("one")));
  CHECK(&cache.of(definition) == &text);
  CHECK(cache.task_def_of(definition) == "null");
  std::weak_ptr<workflow_task> watch = definition;
  definition.reset();
  CHECK_FALSE(watch.expired());
  cache.clear();
  CHECK(watch.expired());
}

TEST_CASE("an execution shows what is always sent") {
  workflow x;
  x.workflow_id = "w";
  x.create_time = 5;
  auto definition = named_workflow("media");
  x.definition = std::make_shared<workflow_def>(definition);
  std::string out;
  write(out, x, "[]");
  auto shown = *parse_json(out);
  CHECK(shown["workflowDefinition"] == *parse_json(written(definition)));
  shown.erase("workflowDefinition");
  CHECK(shown == json::parse(R"({
    "workflowId": "w", "workflowName": "media", "workflowVersion": 4,
    "status": "RUNNING", "createTime": 5, "startTime": 5, "updateTime": 0,
    "endTime": 0, "lastRetriedTime": 0, "tasks": [], "input": {},
    "output": {}, "variables": {}, "taskToDomain": {}, "priority": 0,
    "failedReferenceTaskNames": [], "failedTaskNames": [], "history": [],
    "rateLimited": false, "ownerApp": ""})"));
}

TEST_CASE("an execution shows every field it has") {
  workflow x;
  x.workflow_id = "w";
  x.definition = std::make_shared<workflow_def>(named_workflow("media"));
  x.status = workflow_status::timed_out;
  x.create_time = 1;
  x.update_time = 2;
  x.end_time = 3;
  x.last_retried_time = 4;
  x.input = json_of(R"({"i":1})");
  x.output = json_of(R"({"o":1})");
  x.variables = json_of(R"({"v":1})");
  x.external_input_path = "in";
  x.external_output_path = "out";
  x.task_to_domain = {{"*", "blue"}};
  x.priority = 9;
  x.correlation_id = "c";
  x.event = "e";
  x.reason = "r";
  x.rerun_from_workflow_id = "rr";
  x.parent_workflow_id = "p";
  x.parent_task_id = "pt";
  x.failed_reference_names = {"a"};
  x.failed_task_names = {"b"};
  x.idempotency_key = "ik";
  x.rate_limit_key = "rk";
  x.owner_app = "app";
  x.created_by = "cb";
  x.updated_by = "ub";
  std::string out;
  write(out, x, R"([{"taskId":"t"}])");
  auto shown = *parse_json(out);
  shown.erase("workflowDefinition");
  CHECK(shown == json::parse(R"({
    "workflowId": "w", "workflowName": "media", "workflowVersion": 4,
    "status": "TIMED_OUT", "createTime": 1, "startTime": 1, "updateTime": 2,
    "endTime": 3, "lastRetriedTime": 4, "tasks": [{"taskId": "t"}],
    "input": {"i": 1}, "output": {"o": 1}, "variables": {"v": 1},
    "externalInputPayloadStoragePath": "in",
    "externalOutputPayloadStoragePath": "out",
    "taskToDomain": {"*": "blue"}, "priority": 9, "correlationId": "c",
    "event": "e", "reasonForIncompletion": "r", "reRunFromWorkflowId": "rr",
    "parentWorkflowId": "p", "parentWorkflowTaskId": "pt",
    "failedReferenceTaskNames": ["a"], "failedTaskNames": ["b"],
    "history": [], "idempotencyKey": "ik", "rateLimitKey": "rk",
    "rateLimited": false, "ownerApp": "app", "createdBy": "cb",
    "updatedBy": "ub"})"));
}

TEST_CASE("the status of an execution shows data only on request") {
  workflow x;
  x.workflow_id = "w";
  x.correlation_id = "c";
  x.output = json_of(R"({"o":1})");
  x.variables = json_of(R"({"v":1})");
  std::string brief, full;
  write_status(brief, x, false, false);
  CHECK(*parse_json(brief)
        == json::parse(
            R"({"workflowId":"w","correlationId":"c","status":"RUNNING"})"));
  write_status(full, x, true, true);
  CHECK(parse_json(full)->at("output") == x.output.json());
  CHECK(parse_json(full)->at("variables") == x.variables.json());
}
