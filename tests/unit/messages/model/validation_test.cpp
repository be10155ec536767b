#include "messages/model/codec.hpp"
#include "messages/model/validation.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace tutti;

namespace {

using paths = std::vector<std::string>;

workflow_def workflow_of(const std::string& tasks) {
  auto x = read_workflow_def(R"({"name": "w", "tasks": [)" + tasks + "]}");
  REQUIRE(x);
  return std::move(*x);
}

std::vector<violation> broken(const workflow_def& def) {
  return validate(def, "p", {}, nullptr);
}

paths broken_paths(const workflow_def& def,
                   const validation_settings& settings = {}) {
  paths out;
  for (auto& x : validate(def, "p", settings, nullptr))
    out.push_back(x.path);
  std::sort(out.begin(), out.end());
  return out;
}

paths broken_paths(const task_def& def,
                   const validation_settings& settings = {}) {
  paths out;
  for (auto& x : validate(def, "p", settings))
    out.push_back(x.path);
  return out;
}

/// A task of `type` with these further properties, as the only one.
size_t violations_of(const std::string& type, const std::string& more) {
  auto task = R"({"name": "n", "taskReferenceName": "r", "type": ")" + type
              + "\"" + (more.empty() ? "" : "," + more) + "}";
  auto all = broken(workflow_of(task));
  for (auto& x : all) {
    CHECK(x.path == "p.tasks[0]");
    CHECK(x.message.find("'r'") != std::string::npos);
  }
  return all.size();
}

constexpr auto body = R"({"name":"b","taskReferenceName":"b"})";

} // namespace

TEST_CASE("a workflow that is in order has no violations") {
  CHECK(broken(workflow_of(body)).empty());
}

TEST_CASE("an empty workflow definition breaks all its rules at once") {
  workflow_def x;
  x.schema_version = 1;
  CHECK(broken_paths(x, {.owner_email_mandatory = true})
        == paths{"p.name", "p.ownerEmail", "p.schemaVersion", "p.tasks"});
  CHECK(broken_paths(x) == paths{"p.name", "p.schemaVersion", "p.tasks"});
}

TEST_CASE("names are looked at only when the server says so") {
  auto x = workflow_of(body);
  x.name = "a:b";
  CHECK(broken_paths(x).empty());
  CHECK(broken_paths(x, {.name_validation = true}) == paths{"p.name"});
  x.name = "Aa0_<>{}# -";
  CHECK(broken_paths(x, {.name_validation = true}).empty());
}

TEST_CASE("every repetition of a reference name is one violation") {
  auto x = workflow_of(R"(
    {"name": "a", "taskReferenceName": "same"},
    {"name": "s", "taskReferenceName": "s", "type": "SWITCH",
     "evaluatorType": "value-param", "expression": "e",
     "decisionCases": {"x": [{"name": "a", "taskReferenceName": "same"}]},
     "defaultCase": [{"name": "a", "taskReferenceName": "same"}]},
    {"name": "f", "taskReferenceName": "f", "type": "FORK_JOIN",
     "forkTasks": [[{"name": "a", "taskReferenceName": "same"}]]},
    {"name": "l", "taskReferenceName": "l", "type": "DO_WHILE",
     "loopCondition": "false",
     "loopOver": [{"name": "a", "taskReferenceName": "same"}]},
    {"name": "c", "taskReferenceName": "c", "type": "SUB_WORKFLOW",
     "subWorkflowParam": {"workflowDefinition": {"name": "inner",
       "tasks": [{"name": "a", "taskReferenceName": "same"}]}}})");
  auto all = broken(x);
  CHECK(all.size() == 4);
  for (auto& each : all) {
    CHECK(each.path == "p");
    CHECK(each.message
          == "taskReferenceName 'same' is used more than once in workflow "
             "'w'");
  }
}

TEST_CASE("a task needs names, a type and no negative delay, at any depth") {
  CHECK(broken_paths(workflow_of(R"({"type": null, "startDelay": -1})"))
        == paths{"p.tasks[0].name", "p.tasks[0].startDelay",
                 "p.tasks[0].taskReferenceName", "p.tasks[0].type"});
  auto nested = workflow_of(R"(
    {"name": "l", "taskReferenceName": "l", "type": "DO_WHILE",
     "loopCondition": "false", "loopOver": [{"taskReferenceName": "1"}]},
    {"name": "s", "taskReferenceName": "s", "type": "SWITCH",
     "evaluatorType": "value-param", "expression": "e",
     "decisionCases": {"x": [{"taskReferenceName": "2"}]},
     "defaultCase": [{"taskReferenceName": "3"}]},
    {"name": "f", "taskReferenceName": "f", "type": "FORK_JOIN",
     "forkTasks": [[], [{"taskReferenceName": "4"}]]})");
  CHECK(broken_paths(nested)
        == paths{"p.tasks[0].loopOver[0].name",
                 "p.tasks[1].decisionCases[x][0].name",
                 "p.tasks[1].defaultCase[0].name",
                 "p.tasks[2].forkTasks[1][0].name"});
}

TEST_CASE("each task type demands what it cannot do without") {
  struct rule {
    const char* type;
    std::string properties;
    size_t violations;
  };
  auto cases = std::string(R"("decisionCases": {"a": []})");
  auto loop = std::string(R"("loopOver": [)") + body + "]";
  for (auto& x : std::vector<rule>{
           {"SIMPLE", "", 0},
           {"my_own_type", "", 0},
           {"HUMAN", "", 0},
           {"EVENT", "", 1},
           {"EVENT", R"("sink": "conductor")", 0},
           {"DECISION", "", 2},
           {"DECISION", R"("caseValueParam": "x")", 1},
           {"DECISION", R"("caseValueParam": "x", "decisionCases": {})", 1},
           {"DECISION", R"("caseValueParam": "x",)" + cases, 0},
           {"DECISION", R"("caseExpression": "x",)" + cases, 0},
           {"SWITCH", "", 2},
           {"SWITCH", cases, 1},
           {"SWITCH", R"("evaluatorType": "value-param",)" + cases, 1},
           {"SWITCH", R"("expression": "x",)" + cases, 1},
           {"SWITCH",
            R"("evaluatorType": "value-param", "expression": "x",)" + cases, 0},
           {"DYNAMIC", "", 1},
           {"DYNAMIC", R"("dynamicTaskNameParam": "x")", 0},
           {"FORK_JOIN", "", 1},
           {"FORK_JOIN", R"("forkTasks": null)", 1},
           {"FORK_JOIN", R"("forkTasks": [[]])", 0},
           {"FORK_JOIN_DYNAMIC", "", 2},
           {"FORK_JOIN_DYNAMIC", R"("dynamicForkTasksParam": "x")", 1},
           {"FORK_JOIN_DYNAMIC",
            R"("dynamicForkTasksParam": "x",
             "dynamicForkTasksInputParamName": "y")",
            0},
           {"FORK_JOIN_DYNAMIC", R"("dynamicForkJoinTasksParam": "x")", 0},
           {"FORK_JOIN_DYNAMIC",
            R"("dynamicForkJoinTasksParam": "x", "dynamicForkTasksParam": "y")",
            1},
           {"FORK_JOIN_DYNAMIC", R"("inputParameters": {"forkTaskInputs": []})",
            0},
           {"HTTP", "", 1},
           {"HTTP", R"("inputParameters": {"http_request": {}})", 0},
           {"HTTP", R"("inputParameters": {"uri": "u"})", 0},
           {"HTTP", R"("inputParameters": {"method": "GET"})", 0},
           {"HTTP",
            R"("taskDefinition": {"inputTemplate": {"http_request": {}}})", 0},
           {"KAFKA_PUBLISH", "", 1},
           {"KAFKA_PUBLISH", R"("inputParameters": {"kafka_request": {}})", 0},
           {"JSON_JQ_TRANSFORM", "", 1},
           {"JSON_JQ_TRANSFORM",
            R"("inputParameters": {"queryExpression": ""})", 0},
           {"TERMINATE", "", 1},
           {"TERMINATE",
            R"("inputParameters": {"terminationStatus": "COMPLETED"})", 0},
           {"TERMINATE",
            R"("inputParameters": {"terminationStatus": "TERMINATED"})", 0},
           {"TERMINATE",
            R"("inputParameters": {"terminationStatus": "${a.output.s}"})", 1},
           {"TERMINATE",
            R"("optional": true,
             "inputParameters": {"terminationStatus": "FAILED"})",
            1},
           {"FOR_EACH", "", 2},
           {"FOR_EACH", R"("items": "${workflow.input.l}",)" + loop, 0},
           {"FOR_EACH",
            R"("inputParameters": {"_items": [1], "maxParallel": 3},)" + loop,
            0},
           {"FOR_EACH",
            R"("inputParameters": {"_items": [1], "maxParallel": "many"},)"
                + loop,
            1},
           {"DO_WHILE", "", 2},
           {"DO_WHILE", R"("loopCondition": "x")", 1},
           {"DO_WHILE", loop, 1},
           {"DO_WHILE", R"("loopCondition": "x",)" + loop, 0},
           {"DO_WHILE", R"("items": "${workflow.input.l}",)" + loop, 0},
           {"DO_WHILE", R"("inputParameters": {"_items": [1]},)" + loop, 0},
           {"SUB_WORKFLOW", "", 1},
           {"SUB_WORKFLOW", R"("subWorkflowParam": {"name": "x"})", 0},
           {"WAIT", "", 0},
           {"WAIT", R"("inputParameters": {"duration": "1 days 2 h"})", 0},
           {"WAIT", R"("inputParameters": {"duration": "soon"})", 1},
           {"WAIT", R"("inputParameters": {"duration": 5})", 1},
           {"WAIT", R"("inputParameters": {"duration": "${a.output.d}"})", 0},
           {"WAIT", R"("inputParameters": {"duration": " ", "until": ""})", 0},
           {"WAIT", R"("inputParameters": {"until": "2030-01-01 10:00 UTC"})",
            0},
           {"WAIT", R"("inputParameters": {"until": "noon"})", 1},
           {"WAIT", R"("inputParameters": {"until": "${a.output.u}"})", 0},
           {"WAIT",
            R"("inputParameters": {"until": "2030-01-01", "duration": "1s"})",
            1},
       }) {
    CAPTURE(x.type);
    CAPTURE(x.properties);
    CHECK(violations_of(x.type, x.properties) == x.violations);
  }
}

TEST_CASE("a join that waits for an unknown task is broken") {
  auto joining = [](std::string reference, std::string more) {
    return workflow_of(R"(
      {"name": "f", "taskReferenceName": "f", "type": "FORK_JOIN",
       "forkTasks": [[{"name": "a", "taskReferenceName": "a"}]]},
      {"name": "j", "taskReferenceName": "j", "type": "JOIN",
       "joinOn": [")" + reference
                       + "\"]}" + more);
  };
  CHECK(broken(joining("a", "")).empty());
  auto all = broken(joining("b", ""));
  REQUIRE(all.size() == 1);
  CHECK(all[0].path == "p");
  CHECK(all[0].message
        == "JOIN task 'j' waits for 'b', which is no task of workflow 'w'");
  // A dynamic fork makes references that no definition knows.
  CHECK(broken(joining("b", R"(, {"name": "d", "taskReferenceName": "d",
    "type": "FORK_JOIN_DYNAMIC", "dynamicForkJoinTasksParam": "x"})"))
            .empty());
}

TEST_CASE("a join that waits for itself is broken") {
  auto all = broken(workflow_of(R"({"name": "j", "taskReferenceName": "j",
    "type": "JOIN", "joinOn": ["j"]})"));
  REQUIRE(all.size() == 1);
  CHECK(all[0].message == "JOIN task 'j' waits for itself");
}

TEST_CASE("the wiring of top-level tasks is checked with all references") {
  auto x = workflow_of(R"(
    {"name": "a", "taskReferenceName": "a", "inputParameters": {"x": "bad"}},
    {"name": "l", "taskReferenceName": "l", "type": "DO_WHILE",
     "loopCondition": "false", "loopOver": [{"name": "b",
       "taskReferenceName": "b", "inputParameters": {"y": "inner"}}]})");
  std::vector<std::string> seen;
  auto check_references
      = [&](const payload& input, const std::vector<std::string>& known) {
          seen.push_back(input.text());
          CHECK(known == std::vector<std::string>{"a", "l", "b"});
          return std::vector<std::string>{"'bad' names no task"};
        };
  auto all = validate(x, "p", {}, check_references);
  CHECK(seen == std::vector<std::string>{R"({"x":"bad"})"});
  REQUIRE(all.size() == 1);
  CHECK(all[0].path == "p");
  CHECK(all[0].message == "task 'a': 'bad' names no task");
}

TEST_CASE("a task definition reports every number that is out of range") {
  task_def x;
  x.retry_count = -1;
  x.poll_timeout_seconds = -1;
  x.total_timeout_seconds = -1;
  x.max_retry_delay_seconds = -1;
  x.backoff_jitter_ms = -1;
  x.response_timeout_seconds = 0;
  x.backoff_scale_factor = 0;
  CHECK(broken_paths(x, {.owner_email_mandatory = true})
        == paths{"p.name", "p.retryCount", "p.pollTimeoutSeconds",
                 "p.totalTimeoutSeconds", "p.maxRetryDelaySeconds",
                 "p.backoffJitterMs", "p.responseTimeoutSeconds",
                 "p.backoffScaleFactor", "p.ownerEmail"});
  CHECK(validate(x, "p", {})[1].invalid_value == "-1");
}

TEST_CASE("the timeouts of a task definition may not exceed each other") {
  task_def x;
  x.name = "t";
  CHECK(broken_paths(x).empty());
  x.timeout_seconds = 60; // the response timeout is 3600 by default
  CHECK(broken_paths(x) == paths{"p"});
  x.response_timeout_seconds = 60;
  CHECK(broken_paths(x).empty());
  x.total_timeout_seconds = 59;
  CHECK(broken_paths(x) == paths{"p"});
  x.total_timeout_seconds = 60;
  CHECK(broken_paths(x).empty());
}

TEST_CASE("a start request is checked with the definition it brings") {
  auto start_paths = [](std::string_view text) {
    paths out;
    auto x = read_start_request(text);
    REQUIRE(x);
    for (auto& each : validate(*x, "startWorkflow.arg0", {}, nullptr))
      out.push_back(each.path);
    return out;
  };
  CHECK(start_paths(R"({"name": "w", "priority": 99})").empty());
  CHECK(start_paths("{}") == paths{"startWorkflow.arg0.name"});
  CHECK(start_paths(R"({"name": "w", "priority": 100})")
        == paths{"startWorkflow.arg0.priority"});
  CHECK(start_paths(R"({"name": "w", "priority": -1})")
        == paths{"startWorkflow.arg0.priority"});
  CHECK(start_paths(R"({"name": "w", "workflowDef": {"name": "w"}})")
        == paths{"startWorkflow.arg0.workflowDef.tasks"});
}

TEST_CASE("a task result names its workflow and its task") {
  task_result x;
  auto all = validate(x, "updateTask.arg0");
  REQUIRE(all.size() == 2);
  CHECK(all[0].path == "updateTask.arg0.workflowInstanceId");
  CHECK(all[1].path == "updateTask.arg0.taskId");
  x.workflow_id = "w";
  x.task_id = "t";
  CHECK(validate(x, "updateTask.arg0").empty());
}

TEST_CASE("a refused request carries its violations") {
  auto x = invalid_request({{"p.name", "missing", std::nullopt}});
  CHECK(x.code == errc::invalid);
  CHECK_FALSE(x.message.empty());
  REQUIRE(x.violations.size() == 1);
  CHECK(x.violations[0].path == "p.name");
}

TEST_CASE("tasks are visited containers first, sub-workflows left out") {
  auto x = workflow_of(R"(
    {"taskReferenceName": "1", "decisionCases": {
       "b": [{"taskReferenceName": "2",
              "loopOver": [{"taskReferenceName": "3"}]}],
       "a": [{"taskReferenceName": "4"}]},
     "defaultCase": [{"taskReferenceName": "5"}],
     "forkTasks": [[{"taskReferenceName": "6"}],
                   [{"taskReferenceName": "7"}]]},
    {"taskReferenceName": "8", "subWorkflowParam": {"workflowDefinition":
       {"tasks": [{"taskReferenceName": "hidden"}]}}})");
  std::string seen;
  for_each_task(x.tasks,
                [&](const workflow_task& t) { seen += t.reference_name; });
  CHECK(seen == "12345678");
}

TEST_CASE("the template of a registered task definition counts as input") {
  auto registered = std::make_shared<task_def>();
  registered->name = "n";
  registered->input_template = *payload::parse(
      R"({"http_request": {}, "kafka_request": {}, "queryExpression": "."})");
  validation_settings settings;
  settings.registered = [&](std::string_view name) -> task_def_pointer {
    return name == "n" ? registered : nullptr;
  };
  for (auto* type : {"HTTP", "KAFKA_PUBLISH", "JSON_JQ_TRANSFORM"}) {
    CAPTURE(type);
    auto with = [&](const char* name, const char* more) {
      return broken_paths(workflow_of(R"({"taskReferenceName": "r", "type": ")"
                                      + std::string(type) + R"(", "name": ")"
                                      + name + "\"" + more + "}"),
                          settings);
    };
    CHECK(with("n", "").empty());
    CHECK(with("other", "") == paths{"p.tasks[0]"});
    // A definition of its own hides the registered one.
    CHECK(with("n", R"(, "taskDefinition": {"name": "n"})")
          == paths{"p.tasks[0]"});
  }
}

TEST_CASE("a GOTO needs a target that it can reach") {
  auto jump = [](const std::string& to) {
    return R"({"name":"g","taskReferenceName":"g","type":"GOTO",
      "inputParameters":{"target":")"
           + to + "\"}}";
  };
  auto branch = [](const std::string& tasks) {
    return R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN",
      "forkTasks":[[)"
           + tasks + R"(]]},{"name":"j","taskReferenceName":"j","type":"JOIN",
      "joinOn":["g"]})";
  };
  auto loop = [](const std::string& tasks) {
    return R"({"name":"l","taskReferenceName":"l","type":"DO_WHILE",
      "loopCondition":"true","loopOver":[)"
           + tasks + "]}";
  };
  auto count = [](const std::string& tasks) {
    return broken(workflow_of(tasks)).size();
  };
  std::string b = body;
  CHECK(count(b + "," + jump("b")) == 0);
  CHECK(count(jump("g")) == 0);
  CHECK(count(b + "," + loop(jump("b"))) == 0);
  CHECK(count(jump("${workflow.input.to}")) == 0);
  CHECK(count(branch(b + "," + jump("b"))) == 0);
  CHECK(count(b + "," + branch(jump("b"))) == 1);
  CHECK(count(loop(b) + "," + jump("b")) == 1);
  CHECK(count(jump("nobody")) == 1);
  CHECK(violations_of("GOTO", "") == 1);
  CHECK(violations_of("GOTO", R"("inputParameters":{"target":"r",
    "maxJumps":0})")
        == 1);
  CHECK(violations_of("GOTO", R"("inputParameters":{"target":"r",
    "maxJumps":5})")
        == 0);
}

TEST_CASE("a SCOPE has a body, and handlers that can be understood") {
  auto scope = [](const std::string& handlers) {
    return workflow_of(
        R"({"name":"s","taskReferenceName":"s","type":"SCOPE","loopOver":[)"
        + std::string(body) + R"(],"onError":[)" + handlers + "]}");
  };
  CHECK(violations_of("SCOPE", "") == 1);
  CHECK(broken(scope(R"({"then":"CONTINUE"})")).empty());
  CHECK(broken(scope(R"({"tasks":["b"],"then":"COMPENSATE","thenFail":true})"))
            .empty());
  CHECK(broken(scope(R"({"tasks":["s"]})")).size() == 1);
  CHECK(broken(scope(R"({"then":"CONTINUE","thenFail":true})")).size() == 1);
  validation_settings strict;
  strict.pattern_error = [](std::string_view text) {
    return text.find("((") == text.npos ? "" : "unbalanced";
  };
  CHECK(broken_paths(scope(R"({"reason":"(("})"), strict) == paths{"p"});
  CHECK(broken_paths(scope(R"~({"reason":"(a|b)"})~"), strict).empty());
  auto compensation = R"("compensate":[{"name":"u","taskReferenceName":"u"}])";
  CHECK(broken(workflow_of(R"({"name":"n","taskReferenceName":"r",)"
                           + std::string(compensation) + "}"))
            .size()
        == 1);
  CHECK(broken(workflow_of(
                   R"({"name":"n","taskReferenceName":"r",
                       "onError":[{"then":"FAIL"}]})"))
            .size()
        == 1);
}
