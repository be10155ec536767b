#pragma once

#include "messages/model/schedules/schedule.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::storage {

// The rows of schedules (FORMAT.md, kind S).

/// What changes while a schedule fires.
struct schedule_state {
  /// Every instant up to this one (epoch ms) is decided.
  int64_t cursor = 0;
  /// Executions that it started and that have not ended, as far as it knows;
  /// empty with overlap_policy::allow_all.
  std::vector<std::string> running;
  int64_t buffered = 0; ///< the instant that waits for their end; 0: none
  std::vector<int64_t> backfill; ///< instants that are still to be fired
  int64_t last_trigger = 0;
  int64_t fired = 0, failed = 0, missed = 0, skipped = 0;
  /// Firings written since the oldest ones were erased.
  int64_t rows = 0;
  std::optional<firing> last; ///< that ended
  friend bool operator==(const schedule_state&, const schedule_state&)
      = default;
};

std::string write(const schedule_def& x);
result<schedule_def> read_schedule(std::string_view record);
std::string write(const schedule_state& x);
/// `name`: from the key.
result<schedule_state> read_schedule_state(std::string_view name,
                                           std::string_view record);
std::string write(const firing& x);
result<firing> read_firing(std::string_view key, std::string_view record);

} // namespace tutti::storage
