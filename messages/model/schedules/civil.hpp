#pragma once

#include <cstdint>

namespace tutti {

/// A day of the Gregorian calendar. Valid dates only; see `days_since_epoch`
/// for those that users give.
struct civil_day {
  int64_t year = 1970;
  int month = 1, day = 1;
};

/// Days since 1970-01-01. Counted in eras of 400 years that begin in March.
constexpr int64_t days_from_civil(int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  auto era = (year >= 0 ? year : year - 399) / 400;
  auto year_of_era = year - era * 400;
  auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  auto day_of_era
      = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

constexpr civil_day civil_from_days(int64_t days) {
  days += 719468;
  auto era = (days >= 0 ? days : days - 146096) / 146097;
  auto day_of_era = days - era * 146097;
  auto year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524
                      - day_of_era / 146096)
                     / 365;
  auto day_of_year
      = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  auto shifted = (5 * day_of_year + 2) / 153; // months since March
  auto day = int(day_of_year - (153 * shifted + 2) / 5 + 1);
  auto month = int(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

constexpr bool is_leap(int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

constexpr int days_in_month(int64_t year, int month) {
  constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return lengths[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/// 0: Sunday.
constexpr int weekday_of(int64_t days) {
  auto x = int((days + 4) % 7);
  return x < 0 ? x + 7 : x;
}

} // namespace tutti
