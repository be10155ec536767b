#include "tools/tutti/nouns/schedule_parts.hpp"

#include "tools/tutti/duration_input.hpp"

#include <nlohmann/json.hpp>

#include <chrono>

namespace tutti::cli {

using nlohmann::json;

namespace schedule_parts_detail {

std::string cron_text(const json& x) {
  std::string out;
  auto add = [&](const json& one) {
    if (!out.empty())
      out += ", ";
    out += text_at(one, "cronExpression");
    if (auto zone = text_at(one, "zoneId"); zone != "UTC")
      out += ' ' + zone;
  };
  if (x.contains("cronSchedules") && !x["cronSchedules"].empty())
    for (auto& one : x["cronSchedules"])
      add(one);
  else
    add(x);
  return out;
}

column cron_column() {
  return made_column("CRON",
                     [](const json& x) -> cell { return cron_text(x); });
}

column state_column() {
  return made_column("STATE", [](const json& x) -> cell {
    bool paused = x.value("paused", false);
    return {paused ? "paused" : "active", paused ? tone::busy : tone::good};
  });
}

} // namespace schedule_parts_detail

int64_t moment_of(const std::string& text) {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return read_moment_ms(
             text,
             std::chrono::duration_cast<std::chrono::milliseconds>(now).count())
      .value_or(0);
}

std::string schedule_path(const std::string& name, std::string_view verb,
                          const query_parameters& query) {
  if (verb.empty())
    return api_path({"scheduler", "schedules", name}, query);
  return api_path({"scheduler", "schedules", name, verb}, query);
}

view schedules_view() {
  using namespace schedule_parts_detail;
  view look{{text_column("NAME", "name"),
             text_column("WORKFLOW", "/startWorkflowRequest/name"),
             cron_column(), state_column(), time_column("NEXT", "nextRunTime"),
             text_column("LAST", "/lastRun/outcome"),
             wide(time_column("LAST AT", "/lastRun/scheduledTime")),
             wide(text_column("OVERLAP", "overlapPolicy")),
             wide(text_column("CATCH-UP", "catchupPolicy")),
             wide(number_column("FIRED", "firedCount")),
             wide(number_column("FAILED", "failedCount")),
             wide(number_column("MISSED", "missedCount")),
             wide(number_column("SKIPPED", "skippedCount"))},
            "name"};
  look.none = "there is no schedule yet: tutti schedule create --help";
  return look;
}

view firings_view() {
  view look{{time_column("SCHEDULED", "scheduledTime"),
             text_column("SCHEDULE", "scheduleName"),
             status_column("STATE", "state"), text_column("OUTCOME", "outcome"),
             text_column("WORKFLOW", "workflowId"),
             text_column("REASON", "reason"),
             wide(time_column("DECIDED", "executionTime")),
             wide(text_column("CAUSE", "cause"))},
            "workflowId"};
  look.rows = [](const json& x) { return x.value("results", json::array()); };
  look.none = "nothing has fired";
  return look;
}

name_source schedule_names(session& s) {
  return [&s] {
    std::vector<std::string> out;
    auto all = s.api().call_json("GET", api_path({"scheduler", "schedules"}));
    if (all && all->is_array())
      for (auto& x : *all)
        out.push_back(text_at(x, "name"));
    return out;
  };
}

} // namespace tutti::cli
