#include "messages/model/schedules/cron_expression.hpp"

#include "messages/model/schedules/civil.hpp"

#include <bit>

namespace tutti {

namespace cron_detail {

constexpr int64_t day_seconds = 86'400;
/// 29 February on a given weekday is at most 40 years away.
constexpr int months_searched = 100 * 12;

/// The least set bit at or above `from`, or the greatest at or below; -1: none.
int pick(uint64_t bits, int from, bool forward) {
  if (from < 0 || from > 63)
    return -1;
  auto rest
      = forward ? bits >> from << from : bits << (63 - from) >> (63 - from);
  if (rest == 0)
    return -1;
  return forward ? std::countr_zero(rest) : 63 - std::countl_zero(rest);
}

bool is_workday(int weekday) { return weekday != 0 && weekday != 6; }

} // namespace cron_detail

uint32_t cron_expression::days_of(int64_t year, int month) const {
  using kind = day_rule::kind;
  if (!(months_ >> month & 1))
    return 0;
  auto count = days_in_month(year, month);
  auto first = weekday_of(days_from_civil(year, month, 1));
  auto weekday = [&](int day) { return (first + day - 1) % 7; };
  auto bit = [&](int day) {
    return day >= 1 && day <= count ? uint32_t{1} << day : 0u;
  };
  auto chosen = month_days_.bits;
  for (auto& rule : month_days_.rules) {
    auto day = rule.what == kind::nearest_workday ? rule.day : count - rule.n;
    if (bit(day) == 0)
      continue;
    // The nearest workday of the same month.
    if (rule.what == kind::nearest_workday && weekday(day) == 6)
      day += day > 1 ? -1 : 2;
    else if (rule.what == kind::nearest_workday && weekday(day) == 0)
      day += day < count ? 1 : -2;
    while (rule.what == kind::last_workday
           && !cron_detail::is_workday(weekday(day)))
      --day;
    chosen |= bit(day);
  }
  uint32_t fitting = 0;
  for (int day = 1; day <= count; ++day)
    if (week_days_.bits >> weekday(day) & 1)
      fitting |= bit(day);
  for (auto& rule : week_days_.rules) {
    auto day = 1 + (rule.day - first + 7) % 7; // the first such weekday
    if (rule.what == kind::nth_weekday)
      day += (rule.n - 1) * 7;
    while (rule.what == kind::last_weekday && day + 7 <= count)
      day += 7;
    fitting |= bit(day);
  }
  return chosen & fitting & ((uint64_t{2} << count) - 2);
}

std::optional<int64_t> cron_expression::search(int64_t wall,
                                               bool forward) const {
  using namespace cron_detail;
  auto days = wall / day_seconds - (wall % day_seconds < 0 ? 1 : 0);
  auto second_of_day = int(wall - days * day_seconds);
  auto at = civil_from_days(days);
  auto [year, month, day] = at;

  // The time of day: the first or the last one that fits, at or beyond `from`.
  auto time_beyond = [&](int from) {
    int h = from / 3600, m = from / 60 % 60, s = from % 60;
    auto hour = pick(hours_, h, forward);
    auto edge = forward ? 0 : 59;
    if (hour == h) {
      auto minute = pick(minutes_, m, forward);
      auto second = minute == m ? pick(seconds_, s, forward) : -1;
      if (second >= 0)
        return h * 3600 + m * 60 + second;
      minute = pick(minutes_, forward ? m + 1 : m - 1, forward);
      if (minute >= 0)
        return h * 3600 + minute * 60 + pick(seconds_, edge, forward);
      hour = pick(hours_, forward ? h + 1 : h - 1, forward);
    }
    if (hour < 0)
      return -1;
    return hour * 3600 + pick(minutes_, edge, forward) * 60
           + pick(seconds_, edge, forward);
  };

  for (int i = 0; i < months_searched; ++i) {
    uint64_t fitting = days_of(year, month);
    while (day > 0) {
      day = pick(fitting, day, forward);
      if (day < 0)
        break;
      auto found = days_from_civil(year, month, day);
      auto time = found == days ? time_beyond(second_of_day)
                                : time_beyond(forward ? 0 : 86'399);
      if (time >= 0)
        return found * day_seconds + time;
      day += forward ? 1 : -1;
    }
    month += forward ? 1 : -1;
    if (month > 12 || month < 1) {
      month = forward ? 1 : 12;
      year += forward ? 1 : -1;
    }
    day = forward ? 1 : 31;
  }
  return std::nullopt;
}

std::optional<int64_t> cron_expression::next(int64_t wall) const {
  return search(wall, true);
}

std::optional<int64_t> cron_expression::previous(int64_t wall) const {
  return search(wall, false);
}

bool cron_expression::matches(int64_t wall) const { return next(wall) == wall; }

} // namespace tutti
