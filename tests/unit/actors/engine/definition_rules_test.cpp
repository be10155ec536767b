#include "actors/engine/inputs/expression/reference_check.hpp"
#include "actors/engine/task_traits.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/validation.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

// What task types demand of definitions (reference:workflow-definition#rules).

namespace definition_rules_test {

using namespace tutti;

using paths = std::vector<std::string>;

workflow_def workflow_of(const std::string& tasks) {
  auto x = read_workflow_def(R"({"name": "w", "tasks": [)" + tasks + "]}");
  REQUIRE(x);
  return std::move(*x);
}

std::vector<violation> broken(const workflow_def& def,
                              validation_settings settings = {}) {
  settings.rules_of = engine::rules_of_type;
  return validate(def, "p", settings, nullptr);
}

paths broken_paths(const workflow_def& def,
                   const validation_settings& settings) {
  paths out;
  for (auto& x : broken(def, settings))
    out.push_back(x.path);
  std::sort(out.begin(), out.end());
  return out;
}

/// A task of `type` with these further properties, as the only one.
size_t violations_of(const std::string& type, const std::string& more) {
  auto task = R"({"name": "n", "taskReferenceName": "r", "type": ")" + type
              + "\"" + (more.empty() ? "" : "," + more) + "}";
  if (type.starts_with("FORK_JOIN")) // refused without it
    task += R"(,{"name": "j", "taskReferenceName": "j", "type": "JOIN"})";
  auto all = broken(workflow_of(task));
  for (auto& x : all) {
    CHECK(x.path == "p.tasks[0]");
    CHECK(x.message.find("'r'") != std::string::npos);
  }
  return all.size();
}

constexpr auto body = R"({"name":"b","taskReferenceName":"b"})";

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
    "type": "FORK_JOIN_DYNAMIC", "dynamicForkJoinTasksParam": "x"},
    {"name": "dj", "taskReferenceName": "dj", "type": "JOIN"})"))
            .empty());
}

TEST_CASE("a fork is followed by its JOIN, wherever it stands [C12]") {
  std::string b = body;
  const std::string fork = R"({"name":"f","taskReferenceName":"f",
      "type":"FORK_JOIN","forkTasks":[[{"name":"a","taskReferenceName":"a"}]]})";
  const std::string join = R"({"name":"j","taskReferenceName":"j",
      "type":"JOIN"})";
  auto choice = [](const std::string& tasks) {
    return R"({"name":"s","taskReferenceName":"s","type":"SWITCH",
      "evaluatorType":"value-param","expression":"x",
      "decisionCases":{"x":[)"
           + tasks + "]}}";
  };
  auto loop = [](const std::string& tasks) {
    return R"({"name":"l","taskReferenceName":"l","type":"DO_WHILE",
      "loopCondition":"true","loopOver":[)"
           + tasks + "]}";
  };
  auto count = [](const std::string& tasks) {
    return broken(workflow_of(tasks)).size();
  };
  CHECK(count(fork + "," + join) == 0);
  CHECK(count(choice(fork + "," + join)) == 0);
  // The end of a case leads to what follows the SWITCH.
  CHECK(count(choice(fork) + "," + join) == 0);
  CHECK(count(fork) == 1);
  CHECK(count(fork + "," + b + "," + join) == 1);
  CHECK(count(choice(fork) + "," + b) == 1);
  CHECK(count(loop(fork) + "," + join) == 1);
  auto all = broken(workflow_of(fork + "," + b));
  REQUIRE(all.size() == 1);
  CHECK(all[0].message
        == "FORK_JOIN task 'f': it must be followed by a JOIN, but 'b' of type "
           "SIMPLE follows it");
}

TEST_CASE("a join that waits for itself is broken") {
  auto all = broken(workflow_of(R"({"name": "j", "taskReferenceName": "j",
    "type": "JOIN", "joinOn": ["j"]})"));
  REQUIRE(all.size() == 1);
  CHECK(all[0].message == "JOIN task 'j' waits for itself");
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

// With a cost that grows with the square each of these would take minutes.
TEST_CASE("the rules cost what the definition has, not its square [A6]") {
  constexpr int count = 100'000;
  auto settings = validation_settings{};
  settings.rules_of = engine::rules_of_type;
  auto wiring = engine::checks_references({});
  workflow_def def;
  def.name = "w";
  std::string text;
  for (int i = 0; i < count; ++i) {
    workflow_task jump;
    jump.name = jump.reference_name = "jump" + std::to_string(i);
    jump.type = "GOTO";
    auto to = "jump" + std::to_string(count - 1 - i);
    jump.input_parameters = payload(nlohmann::json{{"target", to}});
    text += "${" + to + ".output}";
    def.tasks.push_back(std::move(jump));
  }
  def.tasks[0].input_parameters
      = payload(nlohmann::json{{"target", "jump1"}, {"all", text}});
  CHECK(validate(def, "p", settings, wiring).empty());
}

TEST_CASE("names of any length are not copied into every sentence [A6]") {
  workflow_def def;
  def.name = std::string(1 << 20, 'w');
  workflow_task join;
  join.name = join.reference_name = std::string(1 << 20, 'j');
  join.type = "JOIN";
  for (int i = 0; i < 100'000; ++i)
    join.join_on.push_back("x" + std::to_string(i));
  def.tasks.push_back(join);
  auto all = broken(def);
  REQUIRE(all.size() == violations::shown_max + 1);
  for (auto& x : all)
    CHECK(x.message.size() <= violations::characters_max);
}

} // namespace definition_rules_test
