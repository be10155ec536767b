#include "tools/tutti/insight_view.hpp"

#include "tools/tutti/output.hpp"

#include <nlohmann/json.hpp>

namespace tutti::cli {

namespace insight_detail {

using nlohmann::json;

const json& list_at(const json& from, const char* key) {
  static const json none = json::array();
  if (!from.is_object())
    return none;
  auto i = from.find(key);
  return i != from.end() && i->is_array() ? *i : none;
}

/// "worker w1", "operator: pause (ops)".
std::string cause_text(const json& revision) {
  auto i = revision.find("cause");
  if (i == revision.end())
    return "-";
  std::string out;
  for (char c : text_at(*i, "kind"))
    out += c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  if (auto who = text_at(*i, "workerId"); !who.empty())
    out += " " + who;
  if (auto which = text_at(*i, "workflowId"); !which.empty())
    out += " " + which;
  if (auto what = text_at(*i, "command"); !what.empty())
    out += ": " + what;
  if (auto by = text_at(*i, "by"); !by.empty())
    out += " (" + by + ")";
  return out;
}

/// "2 of 5", "-" without a limit.
std::string left_of(const json& limit, const char* left, const char* all) {
  if (!limit.contains(all))
    return "-";
  return std::to_string(number_at(limit, left)) + " of "
         + std::to_string(number_at(limit, all));
}

} // namespace insight_detail

table history_rows(const nlohmann::json& page) {
  using namespace insight_detail;
  table rows({"REV", "TIME", "CAUSE", "WHAT"});
  for (auto& revision : list_at(page, "history"))
    for (auto& event : list_at(revision, "events"))
      rows.add({std::to_string(number_at(revision, "revision")),
                time_text(number_at(revision, "time")), cause_text(revision),
                text_at(event, "text")});
  return rows;
}

table explain_rows(const nlohmann::json& said) {
  using namespace insight_detail;
  table rows({"REFERENCE", "STATUS", "WAITS FOR", "NEXT TIMER", "WHAT"});
  for (auto& task : list_at(said, "tasks")) {
    auto status = text_at(task, "status");
    auto& timers = list_at(task, "timers");
    rows.add({text_at(task, "referenceTaskName"),
              {status, tone_of(status)},
              text_at(task, "waitsFor"),
              timers.empty() ? "-" : time_text(number_at(timers[0], "time")),
              text_at(task, "text")});
  }
  return rows;
}

table queue_rows(const nlohmann::json& queues) {
  using namespace insight_detail;
  table rows({"QUEUE", "WAITING", "DELAYED", "POLLS", "LIMITED BY",
              "IN PROGRESS", "SLOTS LEFT", "GRANTS LEFT", "NEXT GRANT"});
  if (!queues.is_array())
    return rows;
  for (auto& queue : queues) {
    std::vector<cell> start{text_at(queue, "queue"),
                            std::to_string(number_at(queue, "size")),
                            std::to_string(number_at(queue, "delayed")),
                            std::to_string(number_at(queue, "polls"))};
    auto& limits = list_at(queue, "limits");
    if (limits.empty())
      rows.add(start);
    for (auto& limit : limits) {
      auto row = start;
      auto held = limit.find("holdsUp");
      bool busy = held != limit.end() && *held == true;
      row.push_back(
          {text_at(limit, "taskDefName"), busy ? tone::busy : tone::plain});
      row.push_back(std::to_string(number_at(limit, "inProgress")));
      row.push_back(left_of(limit, "slotsLeft", "concurrentExecLimit"));
      row.push_back(left_of(limit, "grantsLeft", "rateLimitPerFrequency"));
      row.push_back(time_text(number_at(limit, "nextGrantTime")));
      rows.add(std::move(row));
    }
  }
  return rows;
}

} // namespace tutti::cli
