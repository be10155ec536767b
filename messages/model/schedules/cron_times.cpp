#include "messages/model/schedules/cron_times.hpp"

#include "messages/model/violations.hpp"

#include <algorithm>
#include <string>

namespace tutti {

namespace cron_times_detail {

/// No offset and no change of one is larger.
constexpr int64_t offset_max = 26 * 3'600;
/// Spans that one search looks at: two a year, for a century.
constexpr int spans_max = 256;

} // namespace cron_times_detail

result<cron_times> cron_times::make(std::string_view expression,
                                    std::string_view zone) {
  auto what = cron_expression::parse(expression);
  if (!what)
    return what.failure();
  auto where = time_zone::find(zone);
  if (!where)
    return failure{errc::invalid, "time zone " + short_name(zone)
                                      + " is unknown; zones are named like "
                                        "'Europe/Berlin', 'UTC' or '+02:00'"};
  return cron_times(*std::move(what), std::move(where));
}

std::optional<int64_t> cron_times::first_in(const time_zone::span& in,
                                            int64_t at) const {
  auto begin = in.begin == INT64_MIN ? at : std::max(at, in.begin);
  std::optional<int64_t> out;
  auto take = [&](std::optional<int64_t> wall, int64_t offset, int64_t end) {
    if (wall && *wall - offset < end && (!out || *wall - offset < *out))
      out = *wall - offset;
  };
  auto from = begin;
  bool once = !what_.any_hour() && in.begin != INT64_MIN;
  auto jump = in.offset - in.offset_before;
  // What the clock shows a second time has fired before the change.
  if (once && jump < 0)
    from = std::max(from, in.begin - jump);
  take(what_.next(from + in.offset), in.offset, in.end);
  // What it skipped comes later by the length of the gap.
  if (once && jump > 0 && begin < in.begin + jump)
    take(what_.next(begin + in.offset_before), in.offset_before,
         std::min(in.end, in.begin + jump));
  return out;
}

std::optional<int64_t> cron_times::last_in(const time_zone::span& in,
                                           int64_t at) const {
  auto end = in.end == INT64_MAX ? at : std::min(at, in.end - 1);
  std::optional<int64_t> out;
  auto take = [&](std::optional<int64_t> wall, int64_t offset, int64_t begin) {
    if (wall && *wall - offset >= begin && (!out || *wall - offset > *out))
      out = *wall - offset;
  };
  auto begin = in.begin;
  bool once = !what_.any_hour() && in.begin != INT64_MIN;
  auto jump = in.offset - in.offset_before;
  if (once && jump < 0)
    begin -= jump;
  if (end >= begin)
    take(what_.previous(end + in.offset), in.offset, begin);
  if (once && jump > 0)
    take(what_.previous(std::min(end, in.begin + jump - 1) + in.offset_before),
         in.offset_before, in.begin);
  return out;
}

std::optional<int64_t> cron_times::next(int64_t after) const {
  using namespace cron_times_detail;
  auto at = after + 1;
  for (int i = 0; i < spans_max; ++i) {
    auto in = zone_->span_at(at);
    if (auto found = first_in(in, at))
      return found;
    auto wall = what_.next(at - offset_max);
    if (!wall || in.end == INT64_MAX)
      return std::nullopt;
    // Nothing matches before that time of the clock, wherever it shows it.
    at = std::max(in.end, *wall - offset_max);
  }
  return std::nullopt;
}

std::optional<int64_t> cron_times::previous(int64_t before) const {
  using namespace cron_times_detail;
  auto at = before - 1;
  for (int i = 0; i < spans_max; ++i) {
    auto in = zone_->span_at(at);
    if (auto found = last_in(in, at))
      return found;
    auto wall = what_.previous(at + offset_max);
    if (!wall || in.begin == INT64_MIN)
      return std::nullopt;
    at = std::min(in.begin - 1, *wall + offset_max);
  }
  return std::nullopt;
}

} // namespace tutti
