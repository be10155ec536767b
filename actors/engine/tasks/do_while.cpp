#include "actors/engine/inputs/members.hpp"
#include "actors/engine/loops/loop_condition.hpp"
#include "actors/engine/loops/loop_output.hpp"
#include "actors/engine/loops/loops.hpp"
#include "actors/engine/tasks/script_task.hpp"
#include "messages/model/saturating.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace do_while_detail {

/// Collects the rows of iterations, with those of inner loops and of the
/// compensations that scopes in them ran.
void collect(const decision_builder& t, const task& loop, int32_t up_to,
             std::vector<std::string>& ids) {
  for (auto& [iteration, rows] : t.execution().loops().of(loop.task_id).rows) {
    if (iteration > up_to)
      return;
    for (auto i : rows) {
      if (is_loop(t.row(i)) || is_scope(t.row(i)))
        collect(t, t.row(i), std::numeric_limits<int32_t>::max(), ids);
      ids.push_back(t.row(i).task_id);
    }
  }
}

/// keepLastN: removes the outputs and rows of older iterations.
void drop_old(decision_builder& t, const task& loop) {
  auto keep_last
      = json_member_number(loop.input.json(), "keepLastN").value_or(0);
  if (keep_last <= 0 || loop.iteration <= keep_last)
    return;
  tasks_removed removed;
  collect(t, loop, loop.iteration - saturated<int32_t>(keep_last),
          removed.task_ids);
  if (!removed.task_ids.empty())
    t.emit(std::move(removed));
}

/// Runs its body until its condition is false or its list ends
/// (reference:do-while). Executed when the current iteration has no work left.
class do_while final : public loop_kind {
 public:
  do_while() : loop_kind(body_kind::iterations) {}

  void schedule(decision_builder& t, const placement& where) const override {
    add_loop(t, where, false);
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    if (fails_without_list(t, i))
      return;
    auto& row = t.row(i);
    auto* items = items_of(row);
    if (row.iteration == 0) {
      if (!items || !items->empty())
        return begin_iteration(t, i, 1);
      return complete_loop(t, i);
    }
    drop_old(t, row);
    bool more = items && size_t(row.iteration) < items->size();
    const std::string& condition = row.definition->loop_condition;
    condition_answer asked{items != nullptr, {}};
    if (!is_blank(condition))
      asked = evaluate_condition(t, row);
    if (!asked.error.empty())
      return t.finish_row(i, task_status::failed_with_terminal_error, {},
                          std::move(asked.error));
    if (asked.holds && (!items || more))
      return begin_iteration(t, i, row.iteration + 1);
    complete_loop(t, i);
  }

  bool may_run_scripts(const workflow_task&) const override { return true; }

  // A loop over a list ends with the list and needs no condition.
  void check(const task_check& c) const override {
    bool has_items
        = !c.task.items.empty() || c.has_input("_items")
          || (is_blank(c.task.loop_condition) && c.has_input("items"));
    c.required(has_items || !c.task.loop_condition.empty(), "loopCondition");
    c.required(!c.task.loop_over.empty(), "loopOver");
  }

  std::vector<written_script> scripts(const workflow_task& x) const override {
    return {{"loopCondition", *x.loop_condition}};
  }
};

} // namespace do_while_detail

const task_kind& do_while_kind() {
  static const do_while_detail::do_while kind;
  return kind;
}

} // namespace tutti::engine
