#include "actors/engine/loops/loop_output.hpp"
#include "actors/engine/loops/loops.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace for_each_detail {

/// Runs its body once per item, several items at a time. The state says when
/// another item may begin (`loop_can_continue`); each step begins one.
class for_each final : public loop_kind {
 public:
  for_each() : loop_kind(body_kind::items) {}

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

  bool can_go_on(const task& loop, size_t working) const override {
    auto* items = items_of(loop);
    bool more = items && size_t(loop.iteration) < items->size();
    return more ? working < parallel_of(loop) : working == 0;
  }

  void check(const task_check& c) const override {
    c.required(!c.task.items.empty() || c.has_input("_items")
                   || c.has_input("items"),
               "items");
    c.required(!c.task.loop_over.empty(), "loopOver");
    auto parallel = c.input("maxParallel");
    bool number = parallel.find_first_not_of("0123456789") == parallel.npos;
    if (!number && parallel.substr(0, 2) != "${")
      c.broken("maxParallel must be a number that is not negative");
  }
};

} // namespace for_each_detail

const task_kind& for_each_kind() {
  static const for_each_detail::for_each kind;
  return kind;
}

} // namespace tutti::engine
