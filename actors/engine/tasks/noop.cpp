#include "actors/engine/inputs.hpp"
#include "actors/engine/tasks/kinds.hpp"

namespace tutti::engine {

namespace noop_detail {

/// Completes at once and puts out nothing (engine.md §4.25).
class noop final : public task_kind {
 public:
  void schedule(turn& t, const placement& where) const override {
    auto row = t.new_row(where, "NOOP");
    row.input = where.input ? *where.input
                            : resolve_input(t, *where.task, row.task_id, false);
    row.status = task_status::in_progress;
    row.start_time = t.now();
    t.execute_later(t.add(std::move(row)));
  }

  void execute(turn& t, turn::row_index i) const override {
    t.finish_row(i, task_status::completed);
  }

  void due(turn& t, turn::row_index i) const override { reopen(t, i); }
};

} // namespace noop_detail

const task_kind& noop_kind() {
  static const noop_detail::noop kind;
  return kind;
}

} // namespace tutti::engine
