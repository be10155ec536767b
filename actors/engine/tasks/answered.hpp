#pragma once

#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/views/explain.hpp"

namespace tutti::engine {

/// A task that is open until somebody outside ends it, whatever time passes.
class answered_kind : public task_kind {
 public:
  answered_kind(const char* type, awaited by)
      : task_kind(
          {.attempts_in_turn = true, .begun_by_update = true, .awaits = by}),
        type_(type) {}

  void schedule(decision_builder& t, const placement& where) const override {
    add_in_progress(t, where, type_);
  }

  // In its turn, after the limits of its attempts were checked.

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    if (t.row(i).status == task_status::scheduled)
      due(t, i);
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    auto change = t.edit(i);
    change.status = task_status::in_progress;
    change.start_time = change.update_time = t.now();
    change.due_at = 0;
    t.emit(std::move(change));
  }

  void explain(nlohmann::json& out, const state&, const task&) const override {
    say_update_awaited(out);
  }

 private:
  const char* type_;
};

} // namespace tutti::engine
