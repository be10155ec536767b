#pragma once

#include "actors/engine/task_kind.hpp"

namespace tutti::engine {

/// A system task that the node performs outside of executions (HTTP,
/// KAFKA_PUBLISH): its row waits in a queue, a system task worker polls it, and
/// the outcome arrives as an update. From the hand-out on the row has a lease:
/// if the node dies, the row goes back to its queue.
class queued_kind : public task_kind {
 public:
  queued_kind()
      : task_kind(
          {.queued = true, .takes_template = true, .uses_cache = true}) {}

  void schedule(decision_builder& t, const placement& where) const override;
  void due(decision_builder& t, decision_builder::row_index i) const override;
  void attempt(decision_builder& t, decision_builder::row_index i,
               int64_t delay_ms) const override;
  void reopen(decision_builder& t,
              decision_builder::row_index i) const override;
  bool completes_later(const task& row) const override {
    return completes_later_by_input(row);
  }
  std::vector<const char*> own_inputs() const override {
    return {"asyncComplete"};
  }

 protected:
  virtual std::string_view type() const = 0;
};

} // namespace tutti::engine
