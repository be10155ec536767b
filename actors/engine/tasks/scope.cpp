#include "actors/engine/inputs.hpp"
#include "actors/engine/scopes.hpp"
#include "actors/engine/tasks/kinds.hpp"

namespace tutti::engine {

namespace scope_detail {

/// A body of tasks whose failures are caught (README.md, "SCOPE").
class scope final : public task_kind {
 public:
  void schedule(turn& t, const placement& where) const override {
    begin_scope(t, add_in_progress(t, where, "SCOPE"));
  }

  // Rerun from the scope: what was inside is gone.
  void reopen(turn& t, turn::row_index i) const override { begin_scope(t, i); }

  void cancel(turn& t, turn::row_index i) const override { cancel_scope(t, i); }

  bool is_built_in() const override { return true; }
};

} // namespace scope_detail

const task_kind& scope_kind() {
  static const scope_detail::scope kind;
  return kind;
}

} // namespace tutti::engine
