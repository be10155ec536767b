#include "tools/tutti/duration_input.hpp"
#include "tools/tutti/nouns/search.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>

namespace tutti::cli {

using nlohmann::json;

namespace search_rollups_detail {

/// A bound of the time that is summed; empty: the server's default.
std::optional<int64_t> bound(const std::string& text) {
  using namespace std::chrono;
  if (text.empty())
    return std::nullopt;
  auto now
      = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
  // A search takes "-1h" for an hour ago; so does this.
  auto plain = text.starts_with('-') ? text.substr(1) : text;
  return read_moment_ms(plain, now.count());
}

column rate_column() {
  return made_column("FAILURES", [](const json& row) -> cell {
    auto rate = row.value("failureRate", 0.0);
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %%", rate * 100);
    cell out(text, rate > 0 ? tone::bad : tone::plain);
    out.raw = json(rate).dump();
    return out;
  });
}

view rollups_view(bool by_hour) {
  view out{{text_column("WORKFLOW", "workflowType"),
            number_column("COUNT", "count"), rate_column(),
            duration_column("MEAN", "meanMs"), duration_column("P50", "p50Ms"),
            duration_column("P99", "p99Ms"),
            wide(value_column("STATUSES", "counts"))},
           "workflowType"};
  if (by_hour)
    out.columns.insert(out.columns.begin(), time_column("HOUR", "hour"));
  out.rows = [](const json& answer) {
    return answer.value("results", json::array());
  };
  out.none = "no execution ended in that time";
  return out;
}

} // namespace search_rollups_detail

int rollups(session& s, const search_options& x) {
  using namespace search_rollups_detail;
  constexpr auto next = "--rollups with --type, --since, --until, --by-hour";
  if (!x.query.empty() || !x.text.empty() || !x.statuses.empty()
      || !x.correlation_id.empty() || x.of != "workflows")
    return misused("roll-ups are of all executions of a workflow, or of all "
                   "workflows",
                   next);
  if (x.types.size() > 1)
    return misused("roll-ups are of one workflow or of all", next);
  auto since = bound(x.since), until = bound(x.until);
  if (!x.since.empty() && !since)
    return misused("--since: " + check_moment(x.since), next);
  query_parameters query{{"byHour", x.by_hour ? "true" : "false"}};
  if (!x.types.empty())
    query.emplace_back("workflowType", x.types.front());
  if (since)
    query.emplace_back("from", std::to_string(*since));
  if (until)
    query.emplace_back("to", std::to_string(*until));
  auto answer = s.api().call_json(
      "GET", api_path({"tutti", "search", "rollups"}, query));
  if (!answer)
    return failed(answer.failure(), "`tutti index status`");
  return s.show(*answer, rollups_view(x.by_hour));
}

} // namespace tutti::cli
