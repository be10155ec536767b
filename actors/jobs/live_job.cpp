#include "actors/jobs/live_job.hpp"

#include "messages/model/payload.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace tutti {

namespace live_job_detail {

using seconds = std::chrono::duration<double>;

/// A window is a commit: eight of them a second, unless the rate asks for more
/// than they hold.
constexpr double windows_per_second = 8;
/// At a stand-still it saves no more than this.
constexpr double burst_seconds = 0.5;

const char* text_of(errc x) {
  switch (x) {
    case errc::not_found:
      return "NOT_FOUND";
    case errc::conflict:
      return "CONFLICT";
    case errc::invalid:
      return "INVALID";
    case errc::forbidden:
      return "FORBIDDEN";
    case errc::illegal_state:
      return "ILLEGAL_STATE";
    case errc::too_large:
      return "TOO_LARGE";
    case errc::too_many:
      return "TOO_MANY";
    case errc::unavailable:
      return "UNAVAILABLE";
    case errc::internal:
      return "INTERNAL";
  }
  return "INTERNAL";
}

} // namespace live_job_detail

void job_rate::set(int64_t per_second, instant now) {
  per_second_ = double(std::max<int64_t>(per_second, 1));
  tokens_ = std::min(tokens_, per_second_);
  refilled_ = now;
}

void job_rate::refill(instant now) {
  auto passed = live_job_detail::seconds(now - refilled_).count();
  auto most = std::max(1.0, per_second_ * live_job_detail::burst_seconds);
  tokens_ = std::min(most, tokens_ + passed * per_second_);
  refilled_ = now;
}

double job_rate::group(size_t wanted) const {
  auto part = std::floor(per_second_ / live_job_detail::windows_per_second);
  return std::min(double(wanted), std::max(1.0, part));
}

size_t job_rate::take(size_t wanted, instant now) {
  if (wanted == 0)
    return 0;
  refill(now);
  // Sums of parts of seconds are a little off.
  if (tokens_ + 1e-6 < group(wanted))
    return 0;
  auto out = std::min(double(wanted), std::max(1.0, std::floor(tokens_)));
  tokens_ -= out;
  return size_t(out);
}

job_rate::instant job_rate::next(size_t wanted, instant now) const {
  auto missing = group(wanted) - tokens_;
  auto wait = live_job_detail::seconds(std::max(0.0, missing) / per_second_);
  return now + std::chrono::ceil<std::chrono::milliseconds>(wait);
}

std::string render_job(const live_job& x) {
  auto& now = x.told;
  auto counts = nlohmann::json::object();
  for (auto& [code, count] : now.error_counts)
    counts[live_job_detail::text_of(code)] = count;
  bool collecting
      = now.status == storage::job_status::running && !now.collected;
  auto outcomes = now.done + now.failed + now.skipped;
  nlohmann::json out{
      {"jobId", x.id},
      {"action", now.action},
      {"arguments", now.arguments.json()},
      {"query", now.query},
      {"freeText", now.free_text},
      {"status", collecting ? "COLLECTING" : to_text(now.status)},
      {"createdBy", now.created_by},
      {"createTime", now.created_at},
      {"updateTime", now.updated_at},
      {"endTime", now.ended_at},
      {"ratePerSecond", now.rate},
      {"parallel", now.parallel},
      {"total", now.total},
      {"done", now.done},
      {"failed", now.failed},
      {"skipped", now.skipped},
      {"left", now.total - std::min(now.total, outcomes)},
      {"underWay", now.window_end - now.position},
      {"errorsKept", now.errors},
      {"errorCounts", std::move(counts)},
  };
  if (!now.reason.empty())
    out["reason"] = now.reason;
  return to_text(out);
}

std::vector<metric> job_figures::metrics() const {
  using kind = metric::kind;
  auto outcome = [](const char* what, const std::atomic<uint64_t>& x) {
    return metric::sample{{{"outcome", what}}, double(x.load())};
  };
  return {{"tutti_jobs_active",
           "Jobs that have not ended",
           kind::gauge,
           {{{}, double(active.load())}}},
          {"tutti_job_executions_total",
           "Executions that jobs have dealt with",
           kind::counter,
           {outcome("done", done), outcome("failed", failed),
            outcome("skipped", skipped)}},
          {"tutti_job_repetitions_total",
           "Commands of jobs that were sent again, or found to be done",
           kind::counter,
           {{{}, double(repeated.load())}}}};
}

} // namespace tutti
