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

} // namespace counters_test
