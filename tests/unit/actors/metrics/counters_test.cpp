#include "actors/metrics/counters.hpp"

#include <doctest/doctest.h>

#include <string>

namespace counters_test {

using namespace tutti;

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

TEST_CASE("of too many names the one that was counted longest ago is "
          "forgotten") {
  counters metrics(10);
  metrics.polled("real", ""); // two series
  for (int i = 0; i < 100; ++i) {
    metrics.polled("invented" + std::to_string(i), "");
    metrics.polled("real", "");
  }
  auto text = metrics.text();
  CHECK(has(text, R"(task_poll_total{taskType="real"} 101)"));
  CHECK(has(text, R"(task_poll_total{taskType="invented99"} 1)"));
  CHECK_FALSE(has(text, R"(taskType="invented0")"));
  CHECK(has(text, "tutti_metric_series_forgotten_total 192"));
}

TEST_CASE("timers stand as summaries in seconds, under Conductor's names and "
          "tags") {
  counters metrics;
  metrics.workflow_completed("w", "", 1'500);
  metrics.workflow_completed("w", "", 2'500);
  metrics.task_ended("t", "COMPLETED", 1'000, 3'000);
  metrics.tasks_scheduled("w", 3, 7);
  metrics.start_refused("w", "ops");
  auto text = metrics.text();
  CAPTURE(text);
  CHECK(has(text, "# TYPE workflow_execution_seconds summary"));
  CHECK(has(text, "workflow_execution_seconds_count{ownerApp=\"unknown\","
                  "workflowName=\"w\"} 2"));
  CHECK(has(text, "workflow_execution_seconds_sum{ownerApp=\"unknown\","
                  "workflowName=\"w\"} 4"));
  CHECK(has(text, "workflow_execution_seconds{ownerApp=\"unknown\","
                  "workflowName=\"w\",quantile=\"0.95\"} 2."));
  CHECK(has(text, "task_execution_seconds_sum{includeRetries=\"true\","
                  "status=\"COMPLETED\",taskType=\"t\"} 3"));
  CHECK(has(text, "task_execution_seconds_sum{includeRetries=\"false\","
                  "status=\"COMPLETED\",taskType=\"t\"} 1"));
  CHECK(has(text, "tasks_in_workflow_sum{version=\"3\",workflowName=\"w\"} 7"));
  CHECK(has(text, "workflow_start_error_total{ownerApp=\"ops\","
                  "workflowName=\"w\"} 1"));
}

} // namespace counters_test
