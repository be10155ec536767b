#include "actors/engine/commands/flow_order.hpp"
#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/commands/operations.hpp"
#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/scope/scope_rows.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

// reference:operators#jump

namespace tutti::engine {

namespace jump_detail {

using location = compiled_definition::location;
using row_index = decision_builder::row_index;

/// Where the row, or the innermost container around it that stands in that
/// list, stands.
struct ancestor {
  size_t index = 0; ///< in the list
  position at;
};
std::optional<ancestor> ancestor_in(const state& execution, const task& row,
                                    const location& target) {
  auto look = [&](const task& here) -> std::optional<ancestor> {
    auto* own = execution.definition_of(here).location_of(base_of(here));
    if (!own || own->list != target.list)
      return std::nullopt;
    return ancestor{own->position, position_of(here)};
  };
  if (auto found = look(row))
    return found;
  for (auto& around : holders_of(execution, row))
    if (auto found = look(execution.rows()[around.row]))
      return found;
  return std::nullopt;
}

/// Ends the open row for good: it is not tried again, nothing follows it.
void leave(decision_builder& t, row_index i) {
  if (is_terminal(t.row(i).status)) // with a container
    return;
  kind_of(t.row(i)).cancel(t, i);
  t.finish_row(i, task_status::canceled);
  auto change = t.edit(i);
  change.executed = change.retried = true;
  t.emit(std::move(change));
}

/// The task that the flow jumps over counts as skipped.
void step_over(decision_builder& t, const workflow_task& task,
               const position& at) {
  auto known = t.execution().definition().find(task.reference_name);
  auto row = t.new_row({known, at, {}, {}, {}}, task.name);
  row.status = task_status::skipped;
  row.end_time = t.now();
  row.executed = true;
  t.add(std::move(row));
}

class jump final : public operation_kind {
 public:
  void handle(decision_builder& t, const payload& arguments) const override {
    auto& given = arguments.json();
    if (t.head().status != workflow_status::running)
      return t.refuse(errc::conflict, "Workflow " + t.head().workflow_id
                                          + " is not running: it cannot jump");
    auto reference = json_member_text(given, "taskReferenceName");
    auto* target = t.execution().definition().location_of(reference);
    if (!target || target->task->reference_name != reference)
      return t.refuse(errc::not_found,
                      "The task reference name " + reference
                          + " does not exist in the workflow definition");
    std::optional<payload> over;
    if (auto* input = json_member(given, "input"); input && !input->empty())
      over = payload(*input);
    if (auto why = t.too_large(over, bounds::task_input))
      return t.refuse(errc::too_large, std::move(*why));
    auto* row = t.execution().last_of(reference);
    if (traits_of(*target->task).joins != join_rule::none
        && (!row || !is_terminal(row->status)))
      return t.refuse(errc::invalid, "task '" + reference
                                         + "' joins others: jump to its fork, "
                                           "or behind it");
    if (row && row->status != task_status::skipped)
      return back(t, *row, over);
    ahead(t, *target, row, over);
  }

 private:
  // What the flow reached through the target is removed, as by a rerun.
  static void back(decision_builder& t, const task& target,
                   const std::optional<payload>& over) {
    if (auto* scope = undone_by(t.execution(), target))
      return t.refuse(errc::conflict,
                      "Scope '" + scope->reference_name
                          + "' has compensated what was done beside task '"
                          + target.reference_name + "'");
    rerun_request request;
    if (over)
      request.task_input = merged(target.input, *over);
    auto id = target.task_id;
    std::vector<std::string> open;
    flow_order order(t.execution());
    for (auto& row : t.execution().rows())
      if (!is_terminal(row.status)
          && (row.task_id == id || order.follows(row, target)))
        open.push_back(row.task_id);
    for (auto& one : open)
      leave(t, t.execution().index_of(*t.execution().find(one)));
    rerun_from(t, *t.execution().find(id), request, false);
    check_deadlines(t);
    t.consume_before_execute();
    t.run();
  }

  // Open tasks before the target are cancelled, those without a row skipped.
  static void ahead(decision_builder& t, const location& target,
                    const task* skipped, const std::optional<payload>& over) {
    auto& reference = target.task->reference_name;
    std::vector<row_index> open;
    std::optional<position> at;
    for (row_index i = 0; i < t.execution().rows().size(); ++i) {
      if (is_terminal(t.row(i).status))
        continue;
      auto found = ancestor_in(t.execution(), t.row(i), target);
      if (!found || found->index >= target.position
          || (at && at->suffix != found->at.suffix))
        continue;
      at = found->at;
      open.push_back(i);
    }
    auto exact = at ? reference_in(reference, *at) : std::string();
    if (!at || (skipped && skipped->reference_name != exact))
      return t.refuse(errc::invalid,
                      "no open task leads to '" + reference
                          + "': it lies behind, or in a container that has not "
                            "begun");
    if (skipped)
      t.emit(tasks_removed{{skipped->task_id}});
    for (auto i : open)
      leave(t, i);
    for (size_t i = 0; i < target.position; ++i) {
      auto& between = (*target.list)[i];
      if (!t.execution().latest(reference_in(between.reference_name, *at)))
        step_over(t, between, *at);
    }
    placement where{
        t.execution().definition().find(reference), *at, {}, {}, {}};
    where.over = over;
    t.schedule(where);
    t.run();
  }

  static payload merged(const payload& input, const payload& over) {
    auto out = input.json();
    if (!out.is_object())
      return over;
    for (auto& [key, value] : over.json().items())
      out[key] = value;
    return payload(std::move(out));
  }
};

} // namespace jump_detail

const operation_kind& jump_operation() {
  static const jump_detail::jump kind;
  return kind;
}

} // namespace tutti::engine
