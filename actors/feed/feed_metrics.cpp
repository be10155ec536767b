#include "actors/feed/feed_metrics.hpp"

namespace tutti {

std::vector<metric> feed_metrics(const execution_counter& counter,
                                 const feed_retention& retention) {
  using kind = metric::kind;
  auto total = counter.total();
  std::vector<metric> out;
  auto add = [&](const char* name, const char* help, kind what) -> auto& {
    out.push_back({name, help, what, {}});
    return out.back().samples;
  };
  add("tutti_feed_commits_total", "Commits of executions that were followed",
      kind::counter)
      .push_back({{}, double(total.commits)});
  add("tutti_feed_executions_created_total",
      "Executions created, as followed over restarts", kind::counter)
      .push_back({{}, double(total.created)});
  add("tutti_feed_executions_removed_total",
      "Executions removed, as followed over restarts", kind::counter)
      .push_back({{}, double(total.removed)});
  auto& ended
      = add("tutti_feed_executions_ended_total",
            "Executions that ended, as followed over restarts", kind::counter);
  for (size_t i = 0; i < total.statuses; ++i)
    if (auto status = workflow_status(i); is_terminal(status))
      ended.push_back({{{"status", std::string(to_text(status))}},
                       double(total.entered[i])});
  auto reports = retention.reports();
  auto per_follower = [&](const char* name, const char* help, kind what,
                          uint64_t feed_retention::report::*value) {
    auto& samples = add(name, help, what);
    for (auto& x : reports)
      samples.push_back({{{"follower", x.follower}}, double(x.*value)});
  };
  per_follower("tutti_feed_position", "Feed entries a follower has passed",
               kind::gauge, &feed_retention::report::position);
  per_follower("tutti_feed_lag", "Feed entries a follower has not passed yet",
               kind::gauge, &feed_retention::report::lag);
  per_follower("tutti_feed_rebuilds_total",
               "How often a follower was too far behind and began anew",
               kind::counter, &feed_retention::report::rebuilds);
  return out;
}

} // namespace tutti
