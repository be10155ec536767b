#include "tests/unit/messages/model/every_field.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;
using nlohmann::json;

TEST_CASE("the builders of these tests leave no field at its default") {
  CHECK(unset_field(every_audit_field()) == -1);
  CHECK(unset_field(every_schema_field("s")) == -1);
  CHECK(unset_field(every_task_def_field()) == -1);
  CHECK(unset_field(every_sub_workflow_field()) == -1);
  CHECK(unset_field(every_workflow_task_field()) == -1);
  CHECK(unset_field(every_workflow_def_field()) == -1);
}

TEST_CASE("every field of a definition reads back as it was written") {
  auto tasks = every_task_def_field();
  auto read_tasks = read_task_def(written(tasks));
  REQUIRE(read_tasks);
  CHECK(same(*read_tasks, tasks));

  auto workflow = every_workflow_def_field();
  auto read = read_workflow_def(written(workflow));
  REQUIRE(read);
  CHECK(same(*read, workflow));
}

TEST_CASE("the compact form reads back as the same value") {
  auto workflow = every_workflow_def_field();
  auto compact = written_compactly(workflow);
  auto read = read_workflow_def(compact);
  REQUIRE(read);
  CHECK(same(*read, workflow));
  CHECK(compact.size() < written(workflow).size());

  auto task = every_workflow_task_field();
  auto read_task = to_workflow_task(*parse_json(written_compactly(task)));
  REQUIRE(read_task);
  // A parsed document has its keys in alphabetic order.
  std::stable_sort(task.decision_cases.begin(), task.decision_cases.end(),
                   [](auto& a, auto& b) { return a.first < b.first; });
  CHECK(same(*read_task, task));
}

TEST_CASE("the compact form of defaults is empty, and keeps an empty type") {
  CHECK(written_compactly(workflow_def()) == "{}");
  CHECK(written_compactly(workflow_task()) == "{}");
  workflow_task untyped;
  untyped.type.clear();
  CHECK(written_compactly(untyped) == R"({"type":""})");
  workflow_task with_def;
  with_def.definition = std::make_shared<task_def>();
  auto text = written_compactly(with_def);
  auto read = to_workflow_task(*parse_json(text));
  REQUIRE(read);
  CHECK(read->definition != nullptr);
}

TEST_CASE("a written task definition has each field that is always sent") {
  task_def x;
  x.name = "t";
  CHECK(*parse_json(written(x)) == json::parse(R"({
    "name": "t", "retryCount": 3, "retryLogic": "FIXED",
    "retryDelaySeconds": 60, "backoffScaleFactor": 1,
    "maxRetryDelaySeconds": 0, "backoffJitterMs": 0, "timeoutSeconds": 0,
    "timeoutPolicy": "TIME_OUT_WF", "responseTimeoutSeconds": 3600,
    "totalTimeoutSeconds": 0, "inputKeys": [], "outputKeys": [],
    "inputTemplate": {}, "rateLimitPerFrequency": 0,
    "rateLimitFrequencyInSeconds": 1, "runtimeMetadata": [],
    "taskStatusListenerEnabled": true, "enforceSchema": false,
    "createTime": 0, "updateTime": 0})"));
}

TEST_CASE("a written workflow definition has each field that is always sent") {
  workflow_def x;
  x.name = "w";
  CHECK(*parse_json(written(x)) == json::parse(R"({
    "name": "w", "version": 1, "tasks": [], "inputParameters": [],
    "outputParameters": {}, "schemaVersion": 2, "restartable": true,
    "workflowStatusListenerEnabled": false, "timeoutPolicy": "ALERT_ONLY",
    "timeoutSeconds": 0, "variables": {}, "inputTemplate": {},
    "enforceSchema": true, "metadata": {}, "maskedFields": [],
    "createTime": 0, "updateTime": 0})"));
}

TEST_CASE("a written workflow task has each field that is always sent") {
  CHECK(*parse_json(written(named_task("r"))) == json::parse(R"({
    "name": "encode", "taskReferenceName": "r", "type": "SIMPLE",
    "inputParameters": {}, "startDelay": 0, "optional": false,
    "permissive": false, "asyncComplete": false, "metadata": {},
    "onStateChange": {}, "decisionCases": {}, "defaultCase": [],
    "forkTasks": [], "joinOn": [], "defaultExclusiveJoinTask": [],
    "loopOver": []})"));
}

TEST_CASE("names on the wire are Conductor's") {
  auto text = json::parse(written(every_workflow_task_field()));
  CHECK(text["subWorkflowParam"]["workflowDefinition"]["name"] == "child");
  CHECK(text["subWorkflowParam"]["idempotencyStrategy"] == "FAIL_ON_RUNNING");
  CHECK(text["taskDefinition"]["executionNameSpace"] == "space");
  CHECK(text["cacheConfig"]["ttlInSecond"] == 30);
  CHECK(text["onStateChange"]["onStart"][0]["payload"]["p"] == json::array());
  CHECK(text["taskDefinition"]["inputSchema"]["externalRef"]
        == "https://schemas/one");
}

TEST_CASE("decision cases keep the order they were written in") {
  auto x = read_workflow_def(R"({"tasks": [{"decisionCases":
    {"b": [{"name": "1"}], "a": [], "c": [], "b": [{"name": "2"}]}}]})");
  REQUIRE(x);
  auto& cases = x->tasks[0].decision_cases;
  REQUIRE(cases.size() == 3);
  CHECK(cases[0].first == "b");
  CHECK(cases[0].second[0].name == "2"); // the later one counts
  CHECK(cases[1].first == "a");
  CHECK(cases[2].first == "c");
}

TEST_CASE("null is zero for numbers and absent for everything else") {
  auto x = read_workflow_def(R"({"name": null, "version": null,
    "tasks": null, "restartable": null, "timeoutPolicy": null,
    "variables": null, "rateLimitConfig": null, "schemaVersion": null,
    "inputParameters": [null, "a"],
    "tasks": [{"type": null, "retryCount": null, "optional": null,
      "decisionCases": {"x": null}, "onStateChange": null,
      "taskDefinition": {"retryCount": null, "pollTimeoutSeconds": null}}]})");
  REQUIRE(x);
  CHECK(x->name.empty());
  CHECK(x->version == 0);
  CHECK(x->schema_version == 0);
  CHECK_FALSE(x->restartable);
  CHECK(x->timeout_policy == workflow_timeout_policy::alert_only);
  CHECK(x->variables.is_empty_object());
  CHECK_FALSE(x->rate_limit);
  CHECK(x->input_parameters == std::vector<std::string>{"a"});
  CHECK(x->tasks[0].type.empty());
  CHECK_FALSE(x->tasks[0].retry_count);
  CHECK(x->tasks[0].decision_cases.size() == 1);
  CHECK(x->tasks[0].definition->retry_count == 0);
  CHECK_FALSE(x->tasks[0].definition->poll_timeout_seconds);
}

TEST_CASE("scalars coerce as Conductor lets them") {
  auto x = read_workflow_def(R"({"name": 12.50, "description": true,
    "version": " 3 ", "timeoutSeconds": 7.9, "restartable": "False",
    "schemaVersion": "", "enforceSchema": 0, "failureWorkflowVersion": "-2",
    "ownerEmail": "\u00e9\ud83d\ude00\"\\\/\n"})");
  REQUIRE(x);
  CHECK(x->name == "12.50");
  CHECK(x->description == "true");
  CHECK(x->version == 3);
  CHECK(x->timeout_seconds == 7);
  CHECK_FALSE(x->restartable);
  CHECK(x->schema_version == 0);
  CHECK_FALSE(x->enforce_schema);
  CHECK(x->failure_workflow_version == -2);
  CHECK(x->owner_email == "\xC3\xA9\xF0\x9F\x98\x80\"\\/\n");
}

TEST_CASE("a payload keeps its text: numbers, key order, nulls") {
  auto x = read_workflow_def("{\"variables\" : { \"z\" : 1.0 , \"a\" :\n"
                             "[ null, 12345678901234567890, \"a b\" ] } }");
  REQUIRE(x);
  CHECK(x->variables.text()
        == R"({"z":1.0,"a":[null,12345678901234567890,"a b"]})");
}

TEST_CASE("workflowTaskType names the type unless type does") {
  auto type_of = [](const char* text) {
    return to_workflow_task(*parse_json(text))->type;
  };
  CHECK(type_of(R"({"workflowTaskType": "WAIT"})") == "WAIT");
  CHECK(type_of(R"({"workflowTaskType": "WAIT", "type": "JOIN"})") == "JOIN");
  CHECK(type_of(R"({"workflowTaskType": "JOIN", "type": "SIMPLE"})")
        == "SIMPLE");
  CHECK(type_of(R"({"workflowTaskType": null})") == "SIMPLE");
  auto later = read_workflow_def(
      R"({"tasks": [{"type": "JOIN", "workflowTaskType": "WAIT"}]})");
  REQUIRE(later);
  CHECK(later->tasks[0].type == "JOIN");
}

TEST_CASE("a sub-workflow is a name, a definition or an expression") {
  auto read = [](std::string value) {
    return read_workflow_def(R"({"tasks": [{"subWorkflowParam": )" + value
                             + "}]}");
  };
  auto named = read(R"({"name": "c", "version": 2, "priority": 5})");
  REQUIRE(named);
  auto& params = *named->tasks[0].sub_workflow;
  CHECK(params.name == "c");
  CHECK(params.version == 2);
  CHECK(params.priority->text() == "5");
  CHECK_FALSE(params.task_to_domain);

  auto inline_definition = read(
      R"({"name": "other", "workflowDefinition": {"name": "c", "version": 3}})");
  REQUIRE(inline_definition);
  auto& own = *inline_definition->tasks[0].sub_workflow;
  CHECK(own.name == "c");
  CHECK(own.version == 3);
  CHECK(own.definition->name == "c");

  auto expression = read(R"({"workflowDefinition": "${t.output.d}"})");
  REQUIRE(expression);
  CHECK(expression->tasks[0].sub_workflow->definition_expression
        == "${t.output.d}");
  auto again = read_workflow_def(written_compactly(*expression));
  REQUIRE(again);
  CHECK(again->tasks[0].sub_workflow->definition_expression == "${t.output.d}");

  for (auto bad :
       {R"({"workflowDefinition": "child"})", R"({"workflowDefinition": 5})",
        R"({"workflowDefinition": []})", R"({"priority": {}})"}) {
    CAPTURE(bad);
    auto refused = read(bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.failure().code == errc::invalid);
  }
}

TEST_CASE("lists of definitions are read, and single ones are not promoted") {
  auto two = read_workflow_defs(R"([{"name": "a"}, {"name": "b"}])");
  REQUIRE(two);
  CHECK(two->at(1).name == "b");
  auto tasks = read_task_defs(R"([{"name": "a"}])");
  REQUIRE(tasks);
  CHECK(tasks->size() == 1);
  CHECK_FALSE(read_task_defs(R"({"name": "a"})"));
  CHECK_FALSE(read_task_def(R"([{"name": "a"}])"));
  CHECK(read_workflow_defs(R"([{"name": "a"}, null])").failure().message
        == "list of workflow definitions: property '[1]' must not be null");
}

TEST_CASE("values that were parsed already read like their text") {
  auto x = to_task_def(json{{"name", "t"}, {"retryCount", 2}});
  REQUIRE(x);
  CHECK(x->retry_count == 2);
  CHECK(to_workflow_def(json{{"name", "w"}})->name == "w");
  CHECK_FALSE(to_workflow_task(json("text")));
  CHECK_FALSE(to_workflow_def(json()));
}
