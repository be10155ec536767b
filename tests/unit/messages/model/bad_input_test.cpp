#include "messages/model/codec.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace tutti;

namespace {

std::string repeated(std::string_view part, size_t times) {
  std::string out;
  out.reserve(part.size() * times);
  for (size_t i = 0; i < times; ++i)
    out += part;
  return out;
}

} // namespace

TEST_CASE("text that is no JSON is refused by every reader") {
  for (std::string_view text : {"",
                                " ",
                                "{",
                                "}",
                                "{]",
                                "[",
                                "{\"a\"}",
                                "{\"a\":}",
                                "{\"a\":1,}",
                                "{'a':1}",
                                "{\"a\":1} x",
                                "nul",
                                "\"open",
                                "{\"a\":\"\x01\"}",
                                "{\"a\":\"\xC3\"}",
                                "{\"a\":\"\\ud800\"}",
                                "{\"a\":01}",
                                "{\"a\":1e999}",
                                "\xEF\xBB\xBF",
                                "{\"a\":\"\\x\"}",
                                "\0"}) {
    CAPTURE(text);
    auto is_refused = [](auto read) {
      return !read && read.failure().code == errc::invalid
             && !read.failure().message.empty();
    };
    CHECK(is_refused(read_workflow_def(text)));
    CHECK(is_refused(read_workflow_defs(text)));
    CHECK(is_refused(read_task_def(text)));
    CHECK(is_refused(read_task_defs(text)));
    CHECK(is_refused(read_start_request(text)));
    CHECK(is_refused(read_task_result(text)));
    CHECK(is_refused(read_rerun_request(text)));
    CHECK(is_refused(read_object(text, "output")));
    CHECK(is_refused(read_strings(text, "ids")));
    CHECK(is_refused(payload::parse(text)));
    CHECK(is_refused(parse_json(text)));
  }
}

TEST_CASE("a root of the wrong kind is named") {
  for (std::string_view text : {"null", "1", "\"x\"", "[]", "true"}) {
    CAPTURE(text);
    CHECK(read_workflow_def(text).failure().message
          == "workflow definition must be an object");
    CHECK(read_start_request(text).failure().message
          == "start request must be an object");
    CHECK(read_task_result(text).failure().message
          == "task result must be an object");
  }
  CHECK(read_task_defs("{}").failure().message
        == "list of task definitions must be a list");
}

TEST_CASE("a property of the wrong type is named with its path") {
  struct refused {
    std::string_view text, message;
  };
  for (
      auto& x : std::initializer_list<refused>{
          {R"({"tasks": [{}, {}, {"inputParameters": []}]})",
           "'tasks[2].inputParameters' must be an object"},
          {R"({"tasks": {}})", "'tasks' must be a list"},
          {R"({"tasks": ["a"]})", "'tasks[0]' must be an object"},
          {R"({"tasks": [null]})", "'tasks[0]' must not be null"},
          {R"({"name": {}})", "'name' must be a string"},
          {R"({"version": "two"})", "'version' must be a 32-bit integer"},
          {R"({"version": 2147483648})", "'version' must be a 32-bit integer"},
          {R"({"version": true})", "'version' must be a number"},
          {R"({"timeoutSeconds": 9300000000000000000})",
           "'timeoutSeconds' must be a 64-bit integer"},
          {R"({"restartable": "yes"})", "'restartable' must be true or false"},
          {R"({"restartable": []})", "'restartable' must be true or false"},
          {R"({"timeoutPolicy": "time_out_wf"})",
           "'timeoutPolicy' has the unknown value 'time_out_wf'"},
          {R"({"timeoutPolicy": 1})", "'timeoutPolicy' must be a string"},
          {R"({"inputParameters": {"a": 1}})",
           "'inputParameters' must be a list"},
          {R"({"tasks": [{"decisionCases": {"x": {}}}]})",
           "'tasks[0].decisionCases.x' must be a list"},
          {R"({"tasks": [{"forkTasks": [[], {}]}]})",
           "'tasks[0].forkTasks[1]' must be a list"},
          {R"({"tasks": [{"loopOver": [{"taskDefinition": {"retryLogic": ""}}]}]})",
           "'tasks[0].loopOver[0].taskDefinition.retryLogic' has the unknown "
           "value ''"},
          {R"({"tasks": [{"subWorkflowParam": {"workflowDefinition": "c"}}]})",
           "'tasks[0].subWorkflowParam.workflowDefinition' must be a workflow "
           "definition or an expression like ${ref.output.definition}"},
          {R"({"rateLimitConfig": {"policy": "DROP"}})",
           "'rateLimitConfig.policy' has the unknown value 'DROP'"},
          {R"({"createTime": []})", "'createTime' must be a number"},
      }) {
    CAPTURE(x.text);
    auto read = read_workflow_def(x.text);
    REQUIRE_FALSE(read);
    CHECK(read.failure().code == errc::invalid);
    CHECK(read.failure().message
          == "workflow definition: property " + std::string(x.message));
  }
}

TEST_CASE("a request's property of the wrong type is named") {
  CHECK(read_start_request(R"({"input": []})").failure().message
        == "start request: property 'input' must be an object");
  CHECK(read_start_request(R"({"taskToDomain": {"a": []}})").failure().message
        == "start request: property 'taskToDomain.a' must be a string");
  CHECK(read_start_request(R"({"workflowDef": {"tasks": 1}})").failure().message
        == "start request: property 'workflowDef.tasks' must be a list");
  CHECK(read_start_request(R"({"idempotencyStrategy": "X"})").failure().message
        == "start request: property 'idempotencyStrategy' has the unknown "
           "value 'X'");
  CHECK(read_task_result(R"({"status": "COMPLETED", "outputData": "x"})")
            .failure()
            .message
        == "task result: property 'outputData' must be an object");
  CHECK(read_task_result(R"({"status": "SKIPPED"})").failure().message
        == "task result: property 'status' must be one of IN_PROGRESS, "
           "COMPLETED, FAILED, FAILED_WITH_TERMINAL_ERROR, CANCELED");
  CHECK(read_skip_task_request("[]").failure().message
        == "skip request must be an object");
}

TEST_CASE("a hundred thousand nested brackets are refused") {
  auto lists = repeated("[", 100'000);
  auto closed = lists + repeated("]", 100'000);
  auto objects = repeated("{\"a\":", 100'000) + "1" + repeated("}", 100'000);
  auto wide = repeated("[", 100'000) + "123456789012345678901234567890"
              + repeated("]", 100'000);
  auto tasks = repeated(R"({"tasks":[{"loopOver":[)", 30'000);
  for (auto& text : {lists, closed, objects, wide, tasks}) {
    CHECK_FALSE(payload::parse(text));
    CHECK_FALSE(parse_json(text));
    CHECK_FALSE(read_workflow_def(text));
    CHECK_FALSE(read_start_request(R"({"name":"w","input":)" + text + "}"));
    CHECK_FALSE(read_task_result(R"({"status":"FAILED","outputData":{"x":)"
                                 + text + "}}"));
  }
  CHECK(payload::parse(closed).failure().message
        == "malformed JSON: nested deeper than 200 levels");
}

TEST_CASE("integers past 64 bits are refused everywhere, by what they say "
          "[B4]") {
  auto refusal = "the number 18446744073709551616 does not fit 64 bits: send "
                 "it as a text";
  auto number = std::string("18446744073709551616");
  CHECK(payload::parse(R"({"a":[1.5,)" + number + "]}").failure().message
        == refusal);
  CHECK(parse_json(number).failure().message == refusal);
  CHECK(read_start_request(R"({"name":"w","input":{"x":)" + number + "}}")
            .failure()
            .message
        == refusal);
  CHECK(read_task_result(R"({"status":"FAILED","outputData":{"x":)" + number
                         + "}}")
            .failure()
            .message
        == refusal);
  CHECK(read_workflow_def(R"({"name":"n","variables":{"n":)" + number + "}}")
            .failure()
            .message
        == refusal);
  CHECK_FALSE(payload::parse("-9223372036854775809"));
  // With a fraction or an exponent it is no integer.
  CHECK(payload::parse("[18446744073709551616.0,1e300]"));
  CHECK(payload::parse("[18446744073709551616,]")
            .failure()
            .message.starts_with("malformed JSON: "));
  CHECK(payload::parse(repeated("[", 201) + number + repeated("]", 201))
            .failure()
            .message
        == "malformed JSON: nested deeper than 200 levels");
}

TEST_CASE("tasks may nest as deep as JSON may, and read back") {
  // Each level of a switch costs four levels of JSON.
  std::string open, close;
  for (int i = 0; i < 48; ++i) {
    open += R"({"name":"s","decisionCases":{"x":[)";
    close = "]}}" + close;
  }
  auto text = R"({"tasks":[)" + open + R"({"name":"leaf"})" + close + "]}";
  auto x = read_workflow_def(text);
  REQUIRE(x);
  auto task = &x->tasks[0];
  while (!task->decision_cases.empty())
    task = &task->decision_cases[0].second[0];
  CHECK(task->name == "leaf");
}

TEST_CASE("a refused body leaves nothing behind for the next one") {
  CHECK_FALSE(read_start_request(repeated("[", 100'000)));
  auto next = read_start_request(R"({"name":"w"})");
  REQUIRE(next);
  CHECK(next->name == "w");
}

TEST_CASE("bodies cut off anywhere are refused, never read past their end") {
  std::string text = R"({"name":"w\u00e9","version":12,"input":{"a":[1,2.5,)"
                     R"(true,null,"x\"y"],"b":{}},"taskToDomain":{"*":"d"},)"
                     R"("workflowDef":{"tasks":[{"name":"t"}]}})";
  REQUIRE(read_start_request(text));
  for (size_t size = 0; size < text.size(); ++size) {
    // An own allocation, so that a sanitizer sees the first byte too many.
    std::string part(text, 0, size);
    part.shrink_to_fit();
    CHECK_FALSE(read_start_request(part));
    CHECK_FALSE(parse_json(part));
  }
}

TEST_CASE("a refusal repeats no name of any length, at any depth [A5]") {
  auto name = repeated("n", 50'000);
  std::string text = R"({"name":"w","tasks":[)", close = "]}";
  for (int i = 0; i < 60; ++i) {
    text += R"({"type":"SWITCH","decisionCases":{")" + name + R"(":[)";
    close = "]}}" + close;
  }
  auto refused = read_workflow_def(text + R"({"retryCount":"many"})" + close);
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().message.size() < 1'500);
  auto value = read_task_def(R"({"name":"t","retryLogic":")" + name + "\"}");
  REQUIRE_FALSE(value);
  CHECK(value.failure().message.size() < 500);
}
