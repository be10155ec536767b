#include "actors/engine/loops/loop_output.hpp"
#include "actors/engine/loops/loops.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace for_each_detail {

/// Runs its body once per item, some items at a time. The state says when one
/// more may begin (`loop_can_go_on`); each step begins one.
class for_each final : public task_kind {
 public:
  void schedule(decision_builder& t, const placement& where) const override {
    add_loop(t, where, true, int64_t(t.context().bounds.for_each_parallel));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    if (fails_without_list(t, i))
      return;
    auto& row = t.row(i);
    auto* items = items_of(row);
    if (items && size_t(row.iteration) < items->size())
      return begin_iteration(t, i, row.iteration + 1);
    complete_loop(t, i);
  }

  void reopen(decision_builder& t,
              decision_builder::row_index i) const override {
    reopen_loop(t, i);
  }

  bool is_built_in() const override { return true; }
};

} // namespace for_each_detail

const task_kind& for_each_kind() {
  static const for_each_detail::for_each kind;
  return kind;
}

} // namespace tutti::engine
