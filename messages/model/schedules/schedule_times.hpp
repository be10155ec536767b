#pragma once

#include "messages/model/schedules/cron_times.hpp"
#include "messages/model/schedules/schedule.hpp"

#include <optional>
#include <vector>

namespace tutti {

/// The instants of a schedule: those of all its cron expressions, each once,
/// within its window. Epoch milliseconds.
class schedule_times {
 public:
  /// errc::invalid: a sentence about the first expression or zone that is
  /// wrong.
  static result<schedule_times> make(const schedule_def& what);
  static result<schedule_times> make(const std::vector<cron_schedule>& crons,
                                     int64_t start_time, int64_t end_time);

  std::optional<int64_t> next(int64_t after) const;
  std::optional<int64_t> previous(int64_t before) const;
  /// The next `count` instants at most.
  std::vector<int64_t> next_few(int64_t after, size_t count) const;

  /// Which of the expressions this instant belongs to.
  const cron_schedule& cron_of(int64_t instant) const;

 private:
  struct part {
    cron_schedule text;
    cron_times times;
  };
  std::vector<part> parts_;
  int64_t start_ = 0, end_ = 0;
};

} // namespace tutti
