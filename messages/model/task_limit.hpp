#pragma once

#include "messages/model/definitions.hpp"

namespace tutti {

/// The limits that a task definition sets for all its tasks together
/// (reference:task-definition#limits).
struct task_limit {
  int32_t concurrent = 0; ///< in progress at the same time; <= 0: any number
  int32_t grants = 0;     ///< hand-outs within `seconds`; either <= 0: any
  int32_t seconds = 0;

  bool limits_concurrency() const { return concurrent > 0; }
  bool limits_rate() const { return grants > 0 && seconds > 0; }
  bool any() const { return limits_concurrency() || limits_rate(); }

  friend bool operator==(const task_limit&, const task_limit&) = default;
};

inline task_limit limit_of(const task_def& x) {
  return {x.concurrent_exec_limit.value_or(0), x.rate_limit_per_frequency,
          x.rate_limit_frequency_in_seconds};
}

/// A task that a worker holds: its row is IN_PROGRESS because it was handed
/// out. Stored as long as that lasts, by task definition.
struct task_lease {
  std::string definition; ///< the row's taskDefName
  std::string workflow_id, task_id;
  std::string queue, worker_id;
  int64_t since = 0;
  /// Limits count it; false for a task with `rateLimited: false`.
  bool limited = true;

  friend bool operator==(const task_lease&, const task_lease&) = default;
};

} // namespace tutti
