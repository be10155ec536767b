#include "messages/model/schedules/schedule_times.hpp"

#include <algorithm>

namespace tutti {

namespace schedule_times_detail {

/// Beyond any calendar: what clients send may be any number.
constexpr int64_t latest_ms = 253'402'300'799'000; // end of 9999

int64_t floor_seconds(int64_t ms) {
  return ms / 1'000 - (ms % 1'000 < 0 ? 1 : 0);
}

} // namespace schedule_times_detail

result<schedule_times> schedule_times::make(const schedule_def& what) {
  return make(what.crons(), what.start_time, what.end_time);
}

result<schedule_times>
schedule_times::make(const std::vector<cron_schedule>& crons,
                     int64_t start_time, int64_t end_time) {
  schedule_times out;
  out.start_ = start_time;
  out.end_ = end_time;
  for (auto& x : crons) {
    auto times = cron_times::make(x.cron_expression, x.zone_id);
    if (!times)
      return times.failure();
    out.parts_.push_back({x, *std::move(times)});
  }
  return out;
}

std::optional<int64_t> schedule_times::next(int64_t after) const {
  using namespace schedule_times_detail;
  if (start_ != 0)
    after = std::max(after, start_ - 1);
  if (after < 0 || after >= latest_ms)
    return std::nullopt;
  std::optional<int64_t> out;
  for (auto& x : parts_) {
    auto found = x.times.next(floor_seconds(after));
    if (found && (!out || *found * 1'000 < *out))
      out = *found * 1'000;
  }
  return out && end_ != 0 && *out > end_ ? std::nullopt : out;
}

std::optional<int64_t> schedule_times::previous(int64_t before) const {
  using namespace schedule_times_detail;
  if (end_ != 0 && end_ < before)
    before = end_ + 1;
  before = std::min(before, latest_ms);
  std::optional<int64_t> out;
  for (auto& x : parts_) {
    auto found = x.times.previous(floor_seconds(before - 1) + 1);
    if (found && (!out || *found * 1'000 > *out))
      out = *found * 1'000;
  }
  return out && *out < start_ ? std::nullopt : out;
}

std::vector<int64_t> schedule_times::next_few(int64_t after,
                                              size_t count) const {
  std::vector<int64_t> out;
  while (out.size() < count) {
    auto found = next(out.empty() ? after : out.back());
    if (!found)
      break;
    out.push_back(*found);
  }
  return out;
}

const cron_schedule& schedule_times::cron_of(int64_t instant) const {
  for (auto& x : parts_)
    if (x.times.next(instant / 1'000 - 1) == instant / 1'000)
      return x.text;
  return parts_.front().text;
}

} // namespace tutti
