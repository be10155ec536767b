#pragma once

#include "actors/engine/decider.hpp"

namespace tutti::engine {

/// A worker holds the row: it was polled and is IN_PROGRESS. Rows that are
/// created IN_PROGRESS (WAIT, HUMAN, JOIN, ...) have no worker.
bool holds_lease(const task& row);

/// The limits of its task definition count it; not with `rateLimited: false` in
/// the workflow's task.
bool is_limited(const task& row);

/// The record stored while the row holds its lease.
task_lease lease_of(const std::string& workflow_id, const task& row);

/// Notices the leases that one event begins or ends. All changes pass through
/// it, so no lease is missed.
class lease_watch {
 public:
  /// Construct before the event is applied.
  lease_watch(const state& execution, const event& e);
  /// Call after it was applied.
  void report(const state& execution, int64_t now, std::vector<effect>& out);

 private:
  std::string changed_; ///< task id; empty: the event changes no status
  std::vector<end_lease> held_;
};

} // namespace tutti::engine
