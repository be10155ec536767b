#include "tools/tutti/insight_view.hpp"

#include "tools/tutti/output.hpp"

#include <nlohmann/json.hpp>

namespace tutti::cli {

namespace insight_detail {

using nlohmann::json;

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
column left_column(const char* heading, const char* left, const char* all) {
  return made_column(heading, [=](const json& row) -> cell {
    auto limit = row.value("limit", json::object());
    if (!limit.contains(all))
      return "-";
    return std::to_string(number_at(limit, left)) + " of "
           + std::to_string(number_at(limit, all));
  });
}

json events_of(const json& page) {
  auto out = json::array();
  for (auto& revision : list_at(page, "history"))
    for (auto& event : list_at(revision, "events"))
      out.push_back({{"revision", number_at(revision, "revision")},
                     {"time", number_at(revision, "time")},
                     {"cause", cause_text(revision)},
                     {"text", text_at(event, "text")}});
  return out;
}

json limits_of(const json& queues) {
  auto out = json::array();
  if (!queues.is_array())
    return out;
  for (auto& queue : queues) {
    auto row = queue;
    row.erase("limits");
    auto& limits = list_at(queue, "limits");
    if (limits.empty())
      out.push_back(row);
    for (auto& limit : limits) {
      row["limit"] = limit;
      out.push_back(row);
    }
  }
  return out;
}

} // namespace insight_detail

const nlohmann::json& list_at(const nlohmann::json& from, const char* key) {
  static const auto none = nlohmann::json::array();
  if (!from.is_object())
    return none;
  auto i = from.find(key);
  return i != from.end() && i->is_array() ? *i : none;
}

view history_view() {
  view out;
  out.columns = {number_column("REV", "revision"), time_column("TIME", "time"),
                 text_column("CAUSE", "cause"), text_column("WHAT", "text")};
  out.name_key = "revision";
  out.rows = insight_detail::events_of;
  return out;
}

view explain_view() {
  using nlohmann::json;
  view rows;
  rows.columns = {text_column("REFERENCE", "referenceTaskName"),
                  status_column("STATUS", "status"),
                  text_column("WAITS FOR", "waitsFor"),
                  time_column("NEXT TIMER", "/timers/0/time"),
                  text_column("WHAT", "text"),
                  wide(text_column("TASK ID", "taskId"))};
  rows.name_key = "referenceTaskName";
  rows.rows = [](const json& said) { return list_at(said, "tasks"); };
  auto out = rows;
  out.detail = [rows](const json& said, const canvas& on) {
    auto text = text_at(said, "text") + '\n';
    return list_at(said, "tasks").empty() ? text
                                          : text + render(said, rows, on);
  };
  return out;
}

view queue_limits_view() {
  using namespace insight_detail;
  view out;
  out.columns
      = {text_column("QUEUE", "queue"),
         number_column("WAITING", "size"),
         number_column("DELAYED", "delayed"),
         number_column("POLLS", "polls"),
         made_column("LIMITED BY",
                     [](const json& row) -> cell {
                       auto limit = row.value("limit", json::object());
                       bool busy = limit.value("holdsUp", json()) == true;
                       return {text_at(limit, "taskDefName"),
                               busy ? tone::busy : tone::plain};
                     }),
         number_column("IN PROGRESS", "/limit/inProgress"),
         left_column("SLOTS LEFT", "slotsLeft", "concurrentExecLimit"),
         left_column("GRANTS LEFT", "grantsLeft", "rateLimitPerFrequency"),
         time_column("NEXT GRANT", "/limit/nextGrantTime"),
         wide(number_column("READY", "ready")),
         wide(number_column("HANDED OUT", "handedOut")),
         wide(time_column("LAST POLL", "lastPollTime")),
         wide(text_column("BY", "lastPollWorkerId"))};
  out.name_key = "queue";
  out.rows = limits_of;
  out.none = "no task has been offered yet";
  return out;
}

} // namespace tutti::cli
