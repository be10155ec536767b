#include "actors/engine/tasks/kinds.hpp"

namespace tutti::engine {

namespace noop_detail {

/// Completes at once without an output (reference:noop).
class noop final : public task_kind {
 public:
  noop() : task_kind({.ends_by_itself = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    t.execute_later(add_in_progress(t, where, "NOOP"));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    t.finish_row(i, task_status::completed);
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    reopen(t, i);
  }
};

} // namespace noop_detail

const task_kind& noop_kind() {
  static const noop_detail::noop kind;
  return kind;
}

} // namespace tutti::engine
