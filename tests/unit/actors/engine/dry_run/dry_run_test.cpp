#include "actors/engine/dry_run/dry_run.hpp"

#include "messages/model/codec.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <map>

namespace dry_run_test {

using namespace tutti;
using namespace tutti::engine::dry_run;
using nlohmann::json;

/// Definitions by name; `KEY` of `workflow.env`.
struct house final : definition_source, engine::environment {
  std::map<std::string, workflow_def_pointer, std::less<>> workflows;
  std::map<std::string, task_def_pointer, std::less<>> tasks;

  void define(std::string_view text) {
    auto def = read_workflow_def(text);
    REQUIRE(def);
    auto name = def->name;
    workflows[name] = std::make_shared<const workflow_def>(std::move(*def));
  }
  void define_task(std::string_view text) {
    auto def = read_task_def(text);
    REQUIRE(def);
    auto name = def->name;
    tasks[name] = std::make_shared<const task_def>(std::move(*def));
  }
  workflow_def_pointer find_workflow(std::string_view name,
                                     std::optional<int32_t>) const override {
    auto i = workflows.find(name);
    return i == workflows.end() ? nullptr : i->second;
  }
  task_def_pointer find_task(std::string_view name) const override {
    auto i = tasks.find(name);
    return i == tasks.end() ? nullptr : i->second;
  }
  std::optional<std::string> system_name(std::string_view) const override {
    return std::nullopt;
  }
  std::optional<std::string> variable(std::string_view) const override {
    return std::nullopt;
  }

  dry_run_bounds bounds;
  int64_t now = 1'700'000'000'000;

  result<dry_run_report> run(std::string_view request) {
    auto read = read_workflow_test_request(request);
    if (!read)
      return read.failure();
    return dry_run(*read, {*this, *this, engine::no_scripts()}, {}, bounds, now,
                   1);
  }
};

/// "t1:COMPLETED t2:SCHEDULED" in row order.
std::string rows(const dry_run_report& x) {
  std::string out;
  auto execution = json::parse(x.execution);
  for (auto& task : execution["tasks"])
    out += (out.empty() ? "" : " ")
           + task["referenceTaskName"].get<std::string>() + ":"
           + task["status"].get<std::string>();
  return out;
}

std::string of(const std::string& name, const std::string& tasks,
               const std::string& more = "") {
  return R"({"name":")" + name + R"(","version":1,"tasks":[)" + tasks + "]"
         + more + "}";
}

result<dry_run_report> run(house& in, std::string_view request) {
  auto out = in.run(request);
  if (!out)
    MESSAGE(out.failure().message);
  REQUIRE(out);
  return out;
}

std::vector<std::string> not_covered(const dry_run_report& x) {
  std::string text;
  write(text, x.covered.front().second);
  return json::parse(text)["notCovered"].get<std::vector<std::string>>();
}

TEST_CASE("a dry run goes as far as its mocks") {
  house in;
  in.define(of("wf", test::simple("t1") + "," + test::simple("t2")));
  auto x = run(in, R"({"name":"wf","taskRefToMockOutput":
      {"t1":[{"status":"COMPLETED","output":{"k":"v"}}]}})");
  CHECK(rows(*x) == "t1:COMPLETED t2:SCHEDULED");
  CHECK(x->status == workflow_status::running);
  auto execution = json::parse(x->execution);
  CHECK(execution["tasks"][0]["outputData"] == json{{"k", "v"}});
  CHECK(x->waiting_for == std::vector<std::string>{"t2"});
  CHECK(not_covered(*x) == std::vector<std::string>{"t2"});
}

TEST_CASE("mocks are used up attempt by attempt, and delays pass at once") {
  house in;
  in.define_task(R"({"name":"t1","retryCount":2,"retryDelaySeconds":600})");
  in.define(of("wf", test::simple("t1")));
  auto x = run(in, R"({"name":"wf","taskRefToMockOutput":{"t1":[
      {"status":"FAILED","reasonForIncompletion":"first"},
      {"status":"FAILED"},{"output":{"done":true}},{"output":{}}]}})");
  CHECK(rows(*x) == "t1:FAILED t1:FAILED t1:COMPLETED");
  CHECK(x->status == workflow_status::completed);
  CHECK(x->took_ms == 1'200'000);
  CHECK(x->unused_mocks == std::map<std::string, size_t>{{"t1", 1}});
  auto execution = json::parse(x->execution);
  CHECK(execution["tasks"][0]["reasonForIncompletion"] == "first");
}

TEST_CASE("a wait passes by itself, and its mock comes first") {
  house in;
  in.define(of("wf",
               R"({"name":"w","taskReferenceName":"w","type":"WAIT",
                   "inputParameters":{"duration":"30 days"}})"));
  auto x = run(in, R"({"name":"wf"})");
  CHECK(x->status == workflow_status::completed);
  CHECK(x->took_ms == 30LL * 24 * 3600 * 1000);
  auto told = run(in, R"({"name":"wf","taskRefToMockOutput":
      {"w":[{"output":{"by":"somebody"},"executionTime":1000}]}})");
  CHECK(told->status == workflow_status::completed);
  CHECK(told->took_ms == 1000);
}

TEST_CASE("time stops while a task waits for a missing mock") {
  house in;
  in.define(of("wf", R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN",
      "forkTasks":[[{"name":"w","taskReferenceName":"w","type":"WAIT",
        "inputParameters":{"duration":"1h"}}],[)"
                         + test::simple("t1") + R"(]]},
      {"name":"j","taskReferenceName":"j","type":"JOIN","joinOn":["w","t1"]})"));
  auto x = run(in, R"({"name":"wf"})");
  CHECK(x->took_ms == 0);
  CHECK(x->waiting_for == std::vector<std::string>{"t1"});
  auto y = run(in, R"({"name":"wf","taskRefToMockOutput":{"t1":[{}]}})");
  CHECK(y->status == workflow_status::completed);
  CHECK(y->took_ms == 3'600'000);
}

TEST_CASE("times of a mock provoke timeouts") {
  house in;
  in.define_task(R"({"name":"t1","retryCount":1,"retryDelaySeconds":0,
      "timeoutSeconds":60,"responseTimeoutSeconds":10,"pollTimeoutSeconds":30,
      "timeoutPolicy":"RETRY"})");
  in.define(of("wf", test::simple("t1")));
  auto slow = run(in, R"({"name":"wf","taskRefToMockOutput":
      {"t1":[{"executionTime":11000},{"output":{"second":true}}]}})");
  CHECK(rows(*slow) == "t1:TIMED_OUT t1:COMPLETED");
  auto late = run(in, R"({"name":"wf","taskRefToMockOutput":
      {"t1":[{"queueWaitTime":31000},{"output":{"second":true}}]}})");
  CHECK(rows(*late) == "t1:TIMED_OUT t1:COMPLETED");
  auto in_time = run(in, R"({"name":"wf","taskRefToMockOutput":
      {"t1":[{"queueWaitTime":29000,"executionTime":9000}]}})");
  CHECK(rows(*in_time) == "t1:COMPLETED");
  CHECK(in_time->took_ms == 38'000);
}

TEST_CASE("a task that is handed back takes its next mock") {
  house in;
  in.define(of("wf", test::simple("t1")));
  auto x = run(in, R"({"name":"wf","taskRefToMockOutput":{"t1":[
      {"status":"IN_PROGRESS","callbackAfterSeconds":60},
      {"output":{"n":2}}]}})");
  CHECK(rows(*x) == "t1:COMPLETED");
  CHECK(x->took_ms == 60'000);
}

TEST_CASE("a child runs by its own mocks, or is mocked as a task") {
  house in;
  in.define(of("child", test::simple("c1"), R"(,"outputParameters":
      {"got":"${c1.output.x}"})"));
  in.define(of("wf", R"({"name":"s","taskReferenceName":"s",
      "type":"SUB_WORKFLOW","subWorkflowParam":{"name":"child","version":1}})",
               R"(,"outputParameters":{"child":"${s.output.got}"})"));
  auto nested = run(in, R"({"name":"wf","subWorkflowTestRequest":{"s":
      {"name":"child","taskRefToMockOutput":{"c1":[{"output":{"x":7}}]}}}})");
  CHECK(nested->status == workflow_status::completed);
  CHECK(json::parse(nested->execution)["output"] == json{{"child", 7}});
  CHECK(nested->covered.size() == 2);

  auto mocked = run(in, R"({"name":"wf","taskRefToMockOutput":{"s":
      [{"output":{"got":8}}]}})");
  CHECK(mocked->status == workflow_status::completed);
  CHECK(json::parse(mocked->execution)["output"] == json{{"child", 8}});
  CHECK(mocked->covered.size() == 1);

  auto neither = run(in, R"({"name":"wf"})");
  CHECK(neither->status == workflow_status::running);
  CHECK(neither->waiting_for == std::vector<std::string>{"s/c1"});
}

TEST_CASE("a workflow that is its own child fails where the bound is") {
  house in;
  in.define(of("wf", R"({"name":"s","taskReferenceName":"s",
      "type":"SUB_WORKFLOW","subWorkflowParam":{"name":"wf","version":1}})"));
  auto x = run(in, R"({"name":"wf"})");
  CHECK(x->status == workflow_status::failed);
  CHECK(x->execution.find("executions may start one another 100 deep at most")
        != std::string::npos);
}

TEST_CASE("a human's part needs a mock") {
  house in;
  in.define(of("wf", R"({"name":"h","taskReferenceName":"h","type":"HUMAN"})"));
  CHECK(run(in, R"({"name":"wf"})")->waiting_for
        == std::vector<std::string>{"h"});
  CHECK(run(in, R"({"name":"wf","taskRefToMockOutput":{"h":[{}]}})")->status
        == workflow_status::completed);
}

TEST_CASE("nothing is done to the outside: such tasks need mocks") {
  house in;
  std::vector<std::pair<std::string, std::string>> tasks{
      {"HTTP", R"(,"inputParameters":{"http_request":
          {"uri":"http://127.0.0.1:9/","method":"GET"}})"},
      {"KAFKA_PUBLISH", R"(,"inputParameters":{"kafka_request":{"topic":"t",
          "value":"v","bootStrapServers":"127.0.0.1:9"}})"},
      {"EVENT", R"(,"sink":"conductor:q")"},
      {"EVENT", R"(,"sink":"sqs:q")"},
      {"START_WORKFLOW", R"(,"inputParameters":{"startWorkflow":
          {"name":"other"}})"},
      {"PULL_WORKFLOW_MESSAGES", R"(,"inputParameters":{"batchSize":1})"},
      {"NOBODY_KNOWS", ""}};
  for (auto& [type, more] : tasks) {
    CAPTURE(type + more);
    in.define(
        test::workflow_of(R"({"name":"x","taskReferenceName":"x","type":")"
                          + type + "\"" + more + "}"));
    auto waits = run(in, R"({"name":"w"})");
    CHECK(waits->waiting_for == std::vector<std::string>{"x"});
    auto told = run(in, R"({"name":"w","taskRefToMockOutput":
        {"x":[{"status":"COMPLETED","output":{"by":"mock"}}]}})");
    CHECK(told->status == workflow_status::completed);
    CHECK(json::parse(told->execution)["output"] == json{{"by", "mock"}});
  }
}

TEST_CASE("coverage knows every way that was not taken") {
  house in;
  in.define(of("wf", R"({"name":"sw","taskReferenceName":"sw","type":"SWITCH",
      "evaluatorType":"value-param","expression":"k",
      "inputParameters":{"k":"${workflow.input.k}"},
      "decisionCases":{"a":[)"
                         + test::simple("ta") + R"(],"b":[],"c":[)"
                         + test::simple("tc") + "]}}"));
  auto x = run(in, R"({"name":"wf","input":{"k":"a"},
      "taskRefToMockOutput":{"ta":[{}]}})");
  CHECK(not_covered(*x)
        == std::vector<std::string>{"sw.decisionCases[b]",
                                    "sw.decisionCases[c]", "tc",
                                    "sw.defaultCase"});
  auto& covered = x->covered.front().second;
  CHECK(covered.covered() == 3);
  CHECK(covered.items().size() == 7);
  auto other = run(in, R"({"name":"wf","input":{"k":"b"}})");
  CHECK(other->covered.front().second.covered() == 2);
  auto none = run(in, R"({"name":"wf","input":{"k":"z"}})");
  auto all = none->covered.front().second;
  all.add(covered);
  all.add(other->covered.front().second);
  std::string text;
  write(text, all);
  CHECK(json::parse(text)["notCovered"]
        == json::array({"sw.decisionCases[c]", "tc"}));
}

TEST_CASE("the timeline tells what happened, by the run's own clock") {
  house in;
  in.define(of("wf", test::simple("t1")));
  auto x = run(in, R"({"name":"wf","taskRefToMockOutput":
      {"t1":[{"executionTime":250}]}})");
  std::string text;
  for (auto& m : x->what_happened.moments())
    text += m.task + ":" + m.what + "@" + std::to_string(m.at - in.now) + " ";
  CHECK(text
        == ":RUNNING@0 t1:SCHEDULED@0 t1:IN_PROGRESS@0 t1:COMPLETED@250 "
           ":COMPLETED@250 ");
}

TEST_CASE("a dry run gives up with a sentence") {
  house in;
  in.define_task(R"({"name":"t1","retryCount":1000000,"retryDelaySeconds":1})");
  in.define(of("wf", test::simple("t1")));
  std::string mocks = R"({"status":"FAILED"})";
  for (int i = 0; i < 100; ++i)
    mocks += R"(,{"status":"FAILED"})";
  auto request
      = R"({"name":"wf","taskRefToMockOutput":{"t1":[)" + mocks + "]}}";
  SUBCASE("after too many rows") {
    in.bounds.rows_max = 10;
    auto x = in.run(request);
    REQUIRE_FALSE(x);
    CHECK(x.failure().code == errc::invalid);
    CHECK(x.failure().message
          == "the dry run of workflow 'wf' was stopped: more than 10 tasks "
             "were scheduled; is there a loop without an end?");
  }
  SUBCASE("after too many decisions") {
    in.bounds.decisions_max = 10;
    auto x = in.run(request);
    REQUIRE_FALSE(x);
    CHECK(x.failure().message.find("more than 10 decisions")
          != std::string::npos);
  }
  SUBCASE("after too long a time of its own") {
    in.bounds.virtual_ms_max = 10'000;
    auto x = in.run(request);
    REQUIRE_FALSE(x);
    CHECK(x.failure().message.find("of its own time") != std::string::npos);
  }
  SUBCASE("when it is told to") {
    int asked = 0;
    in.bounds.stop = [&]() -> std::optional<std::string> {
      if (++asked < 5)
        return std::nullopt;
      return "enough";
    };
    auto x = in.run(request);
    REQUIRE_FALSE(x);
    CHECK(x.failure().message.find("enough") != std::string::npos);
  }
}

TEST_CASE("a dry run ends at its own bound of bytes [A3]") {
  house in;
  in.bounds.bytes_max = 4 << 20;
  std::string copy = R"({"type":"NOOP","name":"n","taskReferenceName":"n",)"
                     R"("inputParameters":{"copy":"${workflow.input}"}})";
  auto input = R"({"x":")" + std::string(200 << 10, 'a') + R"("})";
  auto stops = [&](const std::string& tasks) {
    in.define(of("wf", tasks));
    auto x = in.run(R"({"name":"wf","input":)" + input + "}");
    REQUIRE_FALSE(x);
    CHECK_MESSAGE(x.failure().message.find("(dry_runs.mib_max, ")
                      != std::string::npos,
                  x.failure().message);
  };
  SUBCASE("a loop that copies its input") {
    std::string list = "1";
    for (int i = 0; i < 1'000; ++i)
      list += ",1";
    stops(R"({"type":"DO_WHILE","name":"l","taskReferenceName":"l",)"
          R"("inputParameters":{"keepLastN":1,"_items":[)"
          + list + R"(]},"loopOver":[)" + copy + "]}");
  }
  SUBCASE("a workflow that starts itself with its input twice") {
    stops(R"({"type":"SUB_WORKFLOW","name":"s","taskReferenceName":"s",)"
          R"("subWorkflowParam":{"name":"wf"},"inputParameters":)"
          R"({"a":"${workflow.input}","b":"${workflow.input}"}})");
  }
}

TEST_CASE("a dry run of what is not there is refused") {
  house in;
  auto x = in.run(R"({"name":"nowhere"})");
  REQUIRE_FALSE(x);
  CHECK(x.failure().code == errc::not_found);
  CHECK(x.failure().message
        == "No such workflow defined. name=nowhere, version=latest");
  CHECK(in.run(R"({"name":"nowhere","version":2})").failure().message
        == "No such workflow defined. name=nowhere, version=2");
}

TEST_CASE("mocks are read with the place of what is wrong") {
  auto x = read_workflow_test_request(
      R"({"name":"wf","taskRefToMockOutput":{"t1":[{"status":"DONE"}]}})");
  REQUIRE_FALSE(x);
  CHECK(x.failure().message
        == "workflow test request: property "
           "'taskRefToMockOutput.t1[0].status' must be one of IN_PROGRESS, "
           "COMPLETED, FAILED, FAILED_WITH_TERMINAL_ERROR, CANCELED");
  CHECK_FALSE(read_workflow_test_request(R"({"name":"wf",
      "taskRefToMockOutput":{"t1":[{"executionTime":-1}]}})"));
  CHECK_FALSE(read_workflow_test_request(R"({"name":"wf",
      "subWorkflowTestRequest":{"s":{"taskRefToMockOutput":{"t":3}}}})"));
}

} // namespace dry_run_test
