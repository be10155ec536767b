#include "actors/jobs/job_preview.hpp"

#include "messages/model/enums.hpp"
#include "messages/requests/request_bounds.hpp"

#include <nlohmann/json.hpp>

namespace tutti {

namespace job_preview_detail {

/// Ids of the sample.
constexpr size_t sample_ids = 10;

std::string render(const job_order& order, const job_action& action,
                   const job_settings& by, const found_executions& found) {
  uint64_t changed = 0;
  auto statuses = nlohmann::json::object();
  for (auto& [status, count] : found.statuses) {
    statuses[std::string(to_text(status))] = count;
    if (action.concerns_status(status))
      changed += count;
  }
  auto rate = order.rate > 0 ? order.rate : by.rate;
  nlohmann::json out{
      {"action", action.name},
      {"does", action.does},
      {"total", found.total},
      {"statuses", std::move(statuses)},
      {"changes", changed},
      {"skips", found.total - std::min(found.total, changed)},
      {"sample", found.ids},
      {"ratePerSecond", rate},
      {"seconds", (found.total + uint64_t(rate) - 1) / uint64_t(rate)},
  };
  if (found.total > by.ids_max)
    out["refused"] = sentence_of(bounds::job_ids, found.total, by.ids_max);
  return to_text(out);
}

std::optional<failure> check_number(const char* what, int64_t value,
                                    int64_t most, const char* setting) {
  if (value >= 0 && value <= most)
    return std::nullopt;
  return failure{errc::invalid,
                 std::string(what) + " is " + std::to_string(value)
                     + "; it must be from 1 to " + std::to_string(most) + " ("
                     + setting + ")"};
}

} // namespace job_preview_detail

std::optional<failure> check_order(const job_order& x, const job_settings& by) {
  using namespace job_preview_detail;
  bool empty = x.query.find_first_not_of(" \t\r\n") == std::string::npos
               && (x.free_text.empty() || x.free_text == "*");
  if (empty && !x.all)
    return failure{errc::invalid,
                   "the query is empty: it would concern all executions. Say "
                   "\"all\": true if that is meant"};
  if (auto action = job_action_of(x.action, x.arguments); !action)
    return action.failure();
  if (auto why
      = check_number("ratePerSecond", x.rate, by.rate_max, "jobs.rate_max"))
    return why;
  return check_number("parallel", x.parallel, by.parallel_max,
                      "jobs.parallel_max");
}

void preview(const find_executions& find, const job_settings& by,
             const envelope<preview_job>& x) {
  using namespace job_preview_detail;
  auto& order = x.request.what;
  if (auto why = check_order(order, by))
    return x.done(std::move(*why));
  auto then = [order, by, done = x.done](result<found_executions> found) {
    if (!found)
      return done(std::move(found).failure());
    auto action = job_action_of(order.action, order.arguments);
    done(document{render(order, *action, by, *found)});
  };
  find({order, {}, sample_ids, true, 0},
       reply<found_executions>(std::move(then)));
}

} // namespace tutti
