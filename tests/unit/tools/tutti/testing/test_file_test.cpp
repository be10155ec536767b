#include "tools/tutti/testing/test_file.hpp"

#include <doctest/doctest.h>

namespace test_file_test {

using namespace tutti;
using namespace tutti::cli;
using nlohmann::json;

result<test_file> read(std::string_view text,
                       const std::string& name = "x.yaml") {
  auto document = document::parse(text, name);
  if (!document)
    return document.failure();
  return test_file::from(*document);
}

std::string refusal(std::string_view text) {
  auto file = read(text);
  return file ? "" : file.failure().message;
}

TEST_CASE("scalars of YAML are what they look like, unless they are quoted") {
  auto x = document::parse(R"(a: 1
b: "1"
c: 1.5
d: true
e: ~
f: hello
g: '~'
h: 1e3
i: nan
j: [1, two, {three: 3}]
k: -7
l: 12345678901234567890
m: 0x10
)",
                           "x.yaml");
  REQUIRE(x);
  CHECK(x->value()
        == json{{"a", 1},
                {"b", "1"},
                {"c", 1.5},
                {"d", true},
                {"e", nullptr},
                {"f", "hello"},
                {"g", "~"},
                {"h", 1000.0},
                {"i", "nan"},
                {"j", {1, "two", {{"three", 3}}}},
                {"k", -7},
                {"l", 12345678901234567890u},
                {"m", "0x10"}});
  CHECK(x->value()["l"].dump() == "12345678901234567890");
}

TEST_CASE("integers past 64 bits in YAML are refused unless quoted [B4]") {
  for (auto* number : {"18446744073709551616", "-9223372036854775809"}) {
    auto got = document::parse("a:\n  b: " + std::string(number), "x.yaml");
    REQUIRE_FALSE(got);
    CHECK(got.failure().message
          == "x.yaml:2: the number " + std::string(number)
                 + " does not fit 64 bits: quote it");
    CHECK(document::parse("a: '" + std::string(number) + "'", "x.yaml"));
  }
}

TEST_CASE("a test file is a workflow and scenarios") {
  auto file = read(R"(
workflow: greet
version: 3
coverage: 50
scenarios:
  - name: hello
    input: {name: Ada}
    mocks:
      hello: {output: {greeting: hi}}
      twice: [{status: FAILED, reason: no}, {}]
    children:
      sub: {mocks: {inner: {executionTime: 5}}}
    expect:
      status: COMPLETED
      tasks: {hello: COMPLETED, twice: {count: 2}}
)");
  REQUIRE(file);
  CHECK(file->workflow == "greet");
  CHECK_FALSE(file->has_definition);
  CHECK(file->coverage == 50.0);
  REQUIRE(file->scenarios.size() == 1);
  CHECK(file->scenarios[0].request == json::parse(R"({
    "name":"greet","version":3,"input":{"name":"Ada"},
    "taskRefToMockOutput":{
      "hello":[{"output":{"greeting":"hi"}}],
      "twice":[{"status":"FAILED","reasonForIncompletion":"no"},{}]},
    "subWorkflowTestRequest":{"sub":{"taskRefToMockOutput":{
      "inner":[{"executionTime":5}]}}}})"));
  auto& expected = file->scenarios[0].expected;
  CHECK(expected.status == "COMPLETED");
  REQUIRE(expected.tasks.size() == 2);
  CHECK(expected.tasks[0].status == "COMPLETED");
  CHECK(expected.tasks[1].count == 2);
}

TEST_CASE("the same file may be JSON") {
  auto file = read(R"({"workflow": {"name": "w", "tasks": []},
    "scenarios": [{"name": "a", "expect": {"status": "COMPLETED"}}]})",
                   "x.json");
  REQUIRE(file);
  CHECK(file->has_definition);
  CHECK(file->scenarios[0].request["workflowDef"]["name"] == "w");
}

TEST_CASE("a mistake is named with its line") {
  const std::string head = "workflow: w\nscenarios:\n  - name: a\n";
  CHECK(refusal(head + "    expect:\n      stauts: FAILED\n")
        == "x.yaml:5: unknown key 'stauts' in 'expect'; its keys are "
           "coverage, order, output, reason, status, tasks, variables, "
           "waiting_for");
  CHECK(refusal(head + "    expect: {status: DONE}\n")
        == "x.yaml:4: 'DONE' is not a status here; use COMPLETED, FAILED, "
           "PAUSED, RUNNING, TERMINATED, TIMED_OUT");
  CHECK(refusal(head
                + "    mocks:\n      t1:\n        - output: {}\n        "
                  "- status: TIMED_OUT\n    expect: {status: FAILED}\n")
        == "x.yaml:7: 'TIMED_OUT' is not a status here; use CANCELED, "
           "COMPLETED, FAILED, FAILED_WITH_TERMINAL_ERROR, IN_PROGRESS");
  CHECK(refusal(head) == "x.yaml:3: a scenario needs an 'expect'");
  CHECK(refusal(head + "    expect: {}\n") == "x.yaml:4: 'expect' is empty");
  CHECK(refusal(head
                + "    expect: {status: FAILED}\n  - name: a\n    expect: "
                  "{status: FAILED}\n")
        == "x.yaml:5: there are two scenarios 'a'");
  CHECK(refusal("workflow: w\n")
        == "x.yaml:1: a test file needs a list of 'scenarios'");
  CHECK(refusal("scenarios: []\n")
            .starts_with("x.yaml:1: a test file needs a "
                         "'workflow'"));
  CHECK(refusal(head + "    input: 3\n    expect: {status: FAILED}\n")
        == "x.yaml:4: 'input' must be a map");
  CHECK(refusal("a: 1\na: 2\n") == "x.yaml:2: 'a' is there twice");
  CHECK(refusal("a: [1\n").starts_with("x.yaml:"));
  CHECK(refusal("workflow: nowhere.json\nscenarios: [{}]\n")
            .starts_with("x.yaml:1: "));
}

TEST_CASE("a file that repeats itself without end is refused") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    auto before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k)
      text += (k ? ", " : "") + before;
    text += "]\n";
  }
  CHECK(refusal(text).find("there is too much in it") != std::string::npos);
}

} // namespace test_file_test
