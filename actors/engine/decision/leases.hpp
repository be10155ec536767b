#pragma once

#include "actors/engine/decider.hpp"

namespace tutti::engine {

/// A worker has the row: it is IN_PROGRESS because it was handed out. Rows that
/// are born IN_PROGRESS (WAIT, HUMAN, JOIN, ...) are nobody's.
bool holds_lease(const task& row);

/// The limits of its definition count it: not when the task of the workflow
/// says `rateLimited: false`.
bool is_limited(const task& row);

/// What is stored about the row while it holds its lease.
task_lease lease_of(const std::string& workflow_id, const task& row);

/// Sees the leases that begin and end with one event. Every change goes through
/// here, whatever it is made by, so none is forgotten.
class lease_watch {
 public:
  /// Before the event is applied.
  lease_watch(const state& execution, const event& e);
  /// After it was.
  void report(const state& execution, int64_t now, std::vector<effect>& out);

 private:
  std::string changed_; ///< task id; empty: the event changes no status
  std::vector<end_lease> held_;
};

} // namespace tutti::engine
