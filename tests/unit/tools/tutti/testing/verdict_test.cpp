#include "tools/tutti/testing/junit.hpp"
#include "tools/tutti/testing/verdict.hpp"

#include <doctest/doctest.h>

namespace verdict_test {

using namespace tutti::cli;
using nlohmann::json;

std::vector<std::string> differing(const json& expected, const json& found) {
  std::vector<std::string> out;
  differences("output", expected, found, out);
  return out;
}

json report() {
  return json::parse(R"({"execution":{"status":"FAILED",
      "reasonForIncompletion":"Task 7 failed: 'boom'",
      "output":{"n":1,"list":[1,{"k":2}]},"variables":{"v":3},
      "tasks":[
        {"referenceTaskName":"t1","status":"FAILED","inputData":{"i":1},
         "outputData":{},"reasonForIncompletion":"boom"},
        {"referenceTaskName":"t1","status":"COMPLETED","inputData":{"i":2},
         "outputData":{"o":5}},
        {"referenceTaskName":"body__1","status":"COMPLETED",
         "workflowTask":{"taskReferenceName":"body"}},
        {"referenceTaskName":"body__2","status":"CANCELED",
         "workflowTask":{"taskReferenceName":"body"}}]},
    "waitingFor":["a","b"],
    "coverage":{"percent":62.5,"tasks":[{"task":"t1","times":2},
        {"task":"t2","times":0}],
      "branches":[{"task":"sw","branch":"decisionCases[a]","times":1}],
      "notCovered":["t2"]}})");
}

TEST_CASE("a difference is told where it is, and keys may be left out") {
  CHECK(differing({{"n", 1}}, {{"n", 1}, {"more", 2}}).empty());
  CHECK(differing({{"n", 1}}, {{"n", 2}})
        == std::vector<std::string>{"output.n: expected 1, found 2"});
  CHECK(differing({{"a", {{"b", {1, 2}}}}}, {{"a", {{"b", {1, 3}}}}})
        == std::vector<std::string>{"output.a.b[1]: expected 2, found 3"});
  CHECK(differing({{"a", {1}}}, {{"a", {1, 2}}})
        == std::vector<std::string>{"output.a: expected [1], found [1,2]"});
  CHECK(differing({{"a", 1}}, json::object())
        == std::vector<std::string>{"output.a: expected 1, found nothing"});
  CHECK(differing({{"a", nullptr}}, {{"a", nullptr}}).empty());
}

TEST_CASE("everything that is expected is looked at") {
  expectation good;
  good.status = "FAILED";
  good.reason = "boom";
  good.output = json{{"list", {1, {{"k", 2}}}}};
  good.variables = json{{"v", 3}};
  good.tasks = {{"t1", "COMPLETED", 2, json{{"i", 2}}, json{{"o", 5}}, {}},
                {"body", "CANCELED", 2, {}, {}, {}},
                {"body__1", "COMPLETED", 1, {}, {}, {}},
                {"t9", {}, 0, {}, {}, {}}};
  good.order = {"t1", "body"};
  good.waiting_for = {"b", "a"};
  good.coverage = 62.5;
  CHECK(problems_of(good, report()).empty());

  expectation bad;
  bad.status = "COMPLETED";
  bad.reason = "bang";
  bad.output = json{{"n", 2}};
  bad.variables = json{{"v", 4}};
  bad.tasks = {{"t1", "FAILED", 1, {}, {}, "boom"}, {"t9", {}, {}, {}, {}, {}}};
  bad.order = {"body", "t1"};
  bad.waiting_for = {"a"};
  bad.coverage = 63;
  CHECK(
      problems_of(bad, report())
      == std::vector<std::string>{
          R"(status: expected "COMPLETED", found "FAILED")",
          R"(reason: expected to contain "bang", found "Task 7 failed: 'boom'")",
          "output.n: expected 2, found 1", "variables.v: expected 4, found 3",
          "task t1.count: expected 1, found 2",
          R"(task t1.status: expected "FAILED", found "COMPLETED")",
          R"(task t1.reason: expected to contain "boom", found "")",
          "task t9: expected to be there, found nowhere",
          R"(order: expected ["body","t1"], found ["t1","body"])",
          R"(waiting_for: expected ["a"], found ["a","b"])",
          R"(coverage: expected at least 63.0, found 62.5; not covered: ["t2"])"});
}

TEST_CASE("scenarios cover together") {
  joined_coverage x;
  CHECK(x.percent() == 0.0); // nothing ran
  x.add(report());
  CHECK(x.total() == 3);
  CHECK(x.not_covered() == std::vector<std::string>{"t2"});
  auto other = report();
  other["coverage"]["tasks"][1]["times"] = 1;
  x.add(other);
  CHECK(x.percent() == 100.0);
}

TEST_CASE("a JUnit report holds any text") {
  auto xml = junit_xml({{"a.yaml",
                         "w",
                         {{"good", 0.5, {}, "", ""},
                          {"b<a>d", 0.25, {"x & \"y\"", "second"}, "", "o\x01"},
                          {"broken", 0, {}, "no node", ""}}}});
  CHECK(xml == R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="tutti workflow test" tests="3" failures="1" errors="1" time="0.750">
  <testsuite name="a.yaml" tests="3" failures="1" errors="1" time="0.750" skipped="0">
    <testcase classname="w" name="good" time="0.500"/>
    <testcase classname="w" name="b&lt;a&gt;d" time="0.250">
      <failure message="x &amp; &quot;y&quot;" type="expectation">x &amp; &quot;y&quot;&#10;second&#10;</failure>
      <system-out>o?</system-out>
    </testcase>
    <testcase classname="w" name="broken" time="0.000">
      <error message="no node" type="error"></error>
    </testcase>
  </testsuite>
</testsuites>
)");
}

} // namespace verdict_test
