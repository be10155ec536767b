#pragma once

#include "messages/model/result.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tutti {

/// A cron expression as in Spring 5.3: seconds, minutes, hours, days of the
/// month, months, days of the week (reference:schedules#cron). It knows no
/// zone: times here are wall clock seconds, counted as if they were UTC.
class cron_expression {
 public:
  /// The sentence of a failure names the field. Expressions that no day
  /// matches (31 February) are refused.
  static result<cron_expression> parse(std::string_view text);

  /// The first matching time at or after `wall`; nullopt: none within a
  /// century.
  std::optional<int64_t> next(int64_t wall) const;
  /// The last matching time at or before `wall`.
  std::optional<int64_t> previous(int64_t wall) const;
  bool matches(int64_t wall) const;

  /// It means all hours, so it counts elapsed time where a zone changes its
  /// clock.
  bool any_hour() const { return hours_ == (1u << 24) - 1; }

 private:
  /// A day of the month, or of the week, that depends on the month.
  struct day_rule {
    enum class kind : uint8_t {
      from_last,       ///< `L`, `L-3`: n days before the last
      last_workday,    ///< `LW`
      nearest_workday, ///< `15W`
      last_weekday,    ///< `5L`: the last Friday
      nth_weekday,     ///< `5#2`: the second Friday
    };
    kind what;
    int day = 0; ///< of the month, or of the week
    int n = 0;
  };
  struct day_set {
    uint32_t bits = 0;
    std::vector<day_rule> rules;
  };
  class parser;

  /// Bit n: day n of that month matches.
  uint32_t days_of(int64_t year, int month) const;
  std::optional<int64_t> search(int64_t wall, bool forward) const;

  uint64_t seconds_ = 0, minutes_ = 0;
  uint32_t hours_ = 0, months_ = 0;
  day_set month_days_, week_days_; ///< Sunday: bit 0
};

} // namespace tutti
