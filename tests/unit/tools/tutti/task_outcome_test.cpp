#include "tools/tutti/task_outcome.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::cli;
using nlohmann::json;

namespace task_outcome_test {

const json task{{"taskId", "t1"},
                {"workflowInstanceId", "w1"},
                {"responseTimeoutSeconds", 10}};

json after(int exit_code, std::string out, std::string err = "") {
  return outcome_of(
      task, "me", finished_process{exit_code, std::move(out), std::move(err)});
}

} // namespace task_outcome_test
using task_outcome_test::after;
using task_outcome_test::task;

TEST_CASE("a JSON object on stdout completes the task") {
  CHECK(after(0, " {\"a\": 1}\n")
        == json{{"taskId", "t1"},
                {"workflowInstanceId", "w1"},
                {"workerId", "me"},
                {"status", "COMPLETED"},
                {"outputData", {{"a", 1}}}});
}

TEST_CASE("a command that says nothing and exits 0 completes the task") {
  auto update = after(0, "\n");
  CHECK(update["status"] == "COMPLETED");
  CHECK(!update.contains("outputData"));
}

TEST_CASE("output that is no JSON object fails the task and is quoted") {
  for (const char* out : {"hello", "[1]", "{\"a\":1} {\"b\":2}"}) {
    CAPTURE(out);
    auto update = after(0, out);
    CHECK(update["status"] == "FAILED");
    CHECK(update["reasonForIncompletion"].get<std::string>().find(out)
          != std::string::npos);
  }
}

TEST_CASE("another exit code fails the task with the last line of stderr") {
  auto update = after(3, "{\"half\":true}", "first\nthe reason\n\n");
  CHECK(update["status"] == "FAILED");
  CHECK(update["reasonForIncompletion"] == "the reason");
  CHECK(update["outputData"] == json{{"half", true}});
  CHECK(update["logs"].size() == 2);
  CHECK(after(137, "")["reasonForIncompletion"]
        == "the command ended with exit code 137");
}

TEST_CASE("the log keeps the last ten lines in their order") {
  std::string err;
  for (int i = 1; i <= 12; ++i)
    err += std::to_string(i) + "\n";
  auto logs = after(0, "{}", err)["logs"];
  REQUIRE(logs.size() == 10);
  CHECK(logs[0]["log"] == "3");
  CHECK(logs[9]["log"] == "12");
}

TEST_CASE("a command that cannot be run fails the task") {
  auto update = outcome_of(task, "me", failure{errc::internal, "no such file"});
  CHECK(update["status"] == "FAILED");
  CHECK(update["reasonForIncompletion"] == "no such file");
}

TEST_CASE("a lease is extended at four fifths of the response timeout") {
  CHECK(lease_interval(task) == std::chrono::seconds(8));
  CHECK(lease_interval(json::object()).count() == 0);
  auto update = lease_extension(task, "me");
  CHECK(update["extendLease"] == true);
  CHECK(update["status"] == "IN_PROGRESS");
}
