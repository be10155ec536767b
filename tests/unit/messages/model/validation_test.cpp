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

TEST_CASE("the wiring of top-level tasks is checked with all references") {
  auto x = workflow_of(R"(
    {"name": "a", "taskReferenceName": "a", "inputParameters": {"x": "bad"}},
    {"name": "l", "taskReferenceName": "l", "type": "DO_WHILE",
     "loopCondition": "false", "loopOver": [{"name": "b",
       "taskReferenceName": "b", "inputParameters": {"y": "inner"}}]})");
  std::vector<std::string> seen;
  auto check_references
      = [&](const payload& input,
            const std::function<bool(std::string_view)>& is_reference,
            const std::function<void(std::string)>& broken) {
          seen.push_back(input.text());
          for (auto name : {"a", "l", "b"})
            CHECK(is_reference(name));
          CHECK_FALSE(is_reference("bad"));
          broken("'bad' names no task");
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

TEST_CASE("a rule that is broken a thousand times is told fifty times [A5]") {
  std::string tasks;
  for (int i = 0; i < 1'000; ++i)
    tasks += std::string(i > 0 ? "," : "") + body;
  auto all = broken(workflow_of(tasks));
  REQUIRE(all.size() == violations::shown_max + 1);
  CHECK(all.back().message == "... and 949 more");
}

TEST_CASE("no violation is longer than a few lines [A5]") {
  std::string long_name(20'000, 'n');
  auto task = R"({"name": "", "taskReferenceName": ")" + long_name + "\"}";
  auto x = workflow_of(task + "," + task);
  x.name = long_name;
  x.schema_version = 3;
  auto all = broken(x);
  CHECK(all.size() == 4);
  for (auto& each : all) {
    CHECK(each.path.size() <= violations::characters_max);
    CHECK(each.message.size() <= violations::characters_max);
  }
}

TEST_CASE("a text is cut between characters [A5]") {
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("abcdef", 5) == "ab...");
  CHECK(shortened("\u00e4\u00f6\u00fc\u00df", 4) == "\u00e4\u00f6\u00fc\u00df");
  CHECK(shortened("\u00e4\u00f6\u00fc\u00df\u00e4", 4) == "\u00e4...");
  CHECK(shortened("abcdef", 2) == "...");
}
