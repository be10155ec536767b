#include "actors/engine/commands/flow_order.hpp"
#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/definition/schema/contract.hpp"
#include "actors/engine/goto/jumps.hpp"
#include "actors/engine/inputs/expression/input_template.hpp"
#include "actors/engine/scope/scope_rows.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

#include <set>
#include <utility>

// reference:operators#rerun. The gateway finds a task inside of a child and
// sends the command to that child, whose revival repairs the ancestors.

namespace tutti::engine {

namespace rerun_detail {

/// The workflow's input, as a start would complete it.
std::optional<payload> input_of(const decision_builder& t,
                                const rerun_request& request) {
  if (!request.workflow_input)
    return std::nullopt;
  return with_defaults(*request.workflow_input,
                       t.head().definition->input_template);
}

void run_again(decision_builder& t, const rerun_request& request) {
  auto change = running_again(t);
  change.failed_task_id = std::string();
  change.failed_reference_names.emplace();
  change.failed_task_names.emplace();
  change.output = payload();
  change.input = input_of(t, request);
  if (!request.correlation_id.empty())
    change.correlation_id = request.correlation_id;
  t.emit(std::move(change));
}

void from_the_start(decision_builder& t, const rerun_request& request) {
  remove_rows(t, [](auto&) { return true; });
  run_again(t, request);
  check_deadlines(t); // the execution's own timeout continues
  if (!t.ended())
    schedule_first(t);
}

/// An order to skip a task that the flow has not reached: it holds.
bool is_order(const task& row) {
  return row.status == task_status::skipped && !row.executed;
}

/// The JOIN of a fork around the target was skipped, and the flow went on from
/// the fork. That is taken back, so the JOIN waits like others.
void join_instead(decision_builder& t, const task& skipped,
                  const task& target) {
  auto& execution = t.execution();
  for (auto& around : holders_of(execution, target)) {
    auto& fork = execution.rows()[around.row];
    if (!is_fork(*around.task)
        || reference_in(base_of(skipped), position_of(fork))
               != skipped.reference_name)
      continue;
    auto join = execution.definition_of(fork).find(base_of(skipped));
    placement where{std::move(join), position_of(fork), {}, {}, {}};
    if (traits_of(fork).brings_branches)
      where.join_on = joined_references(fork, "forkedTasks");
    t.emit(tasks_removed{{skipped.task_id}});
    auto i = decision_builder::row_index(execution.rows().size());
    t.schedule(where);
    return t.ended() ? void() : join_passes(t, i);
  }
}

/// Rows that wait for the target wait again, whatever their status.
void open_waiting(decision_builder& t, const std::vector<std::string>& ids,
                  const std::string& target, bool successful_too) {
  for (auto& id : ids) {
    auto* row = t.execution().find(id);
    if (!row || !is_terminal(row->status)
        || (!successful_too && is_successful(row->status)))
      continue;
    auto i = t.execution().index_of(*row);
    if (row->status == task_status::skipped)
      join_instead(t, *row, *t.execution().find(target));
    else
      kind_of(*row).reopen_around(t, i, target);
  }
}

/// Reopens the target in place, and the failed or cancelled rows beside it, in
/// row order. Completed rows and rows that a scope superseded stay.
void reopen_all(decision_builder& t, const std::string& target,
                std::optional<payload> input) {
  std::vector<std::string> ids;
  for (auto* row : t.execution().rows_in_order())
    if (row->task_id == target
        || (is_terminal(row->status) && !is_successful(row->status)
            && t.execution().latest(row->reference_name) == row
            && can_be_revived(t.execution(), *row)))
      ids.push_back(row->task_id);
  for (auto& id : ids) {
    auto* row = t.execution().find(id);
    if (!row || t.ended())
      continue;
    auto i = t.execution().index_of(*row);
    if (id == target)
      reopen_row(t, i, std::exchange(input, std::nullopt));
    else
      kind_of(*row).reopen_beside(t, i);
  }
}

} // namespace rerun_detail

void rerun_from(decision_builder& t, const task& target,
                const rerun_request& request, bool alone) {
  using namespace rerun_detail;
  auto id = target.task_id;
  std::optional<payload> input;
  if (request.task_input)
    input = kind_of(target).rerun_input(target, *request.task_input);
  flow_order order(t.execution());
  std::vector<std::string> waiting;
  for (auto i : order.waiting_for(target))
    waiting.push_back(t.row(i).task_id);
  std::set<std::string> gone;
  for (auto& row : t.execution().rows())
    if (alone ? row.reference_name == target.reference_name
                    && row.seq > target.seq
              : order.follows(row, target) && !is_order(row))
      gone.insert(row.task_id);
  for (auto& kept : waiting)
    gone.erase(kept);
  std::vector<decision_builder::row_index> jumps;
  for (decision_builder::row_index i = 0; i < t.execution().rows().size(); ++i)
    if (traits_of(t.row(i)).jumps
        && (t.row(i).task_id == id || gone.contains(t.row(i).task_id)))
      jumps.push_back(i);
  run_again(t, request);
  for (auto& kept : waiting)
    if (auto* row = t.execution().find(kept);
        traits_of(*row).joins == join_rule::all)
      join_earlier(t, t.execution().index_of(*row), jumps);
  remove_rows(t, [&](auto& row) { return gone.count(row.task_id) > 0; });
  open_waiting(t, waiting, id, !alone);
  reopen_all(t, id, std::move(input));
  advance_scopes(t);
  reapply_terminate(t);
}

void handle(decision_builder& t, const command::rerun& c) {
  using namespace rerun_detail;
  if (!is_terminal(t.head().status))
    return t.refuse(errc::conflict,
                    "Workflow " + t.head().workflow_id
                        + " is not in terminal state, unable to rerun.");
  auto why = t.too_large(c.request.task_input, bounds::task_input);
  if (!why)
    why = t.too_large(c.request.workflow_input, bounds::workflow_input);
  if (why)
    return t.refuse(errc::too_large, std::move(*why));
  auto& task_id = c.request.from_task_id;
  auto input = input_of(t, c.request);
  if (auto why
      = input ? input_misfit(*t.head().definition, *input) : std::nullopt)
    return t.refuse(errc::invalid, std::move(*why));
  if (task_id.empty()) {
    from_the_start(t, c.request);
  } else {
    auto* target = t.execution().find(task_id);
    if (!target)
      return t.refuse(errc::invalid,
                      "Task " + task_id
                          + " is not found in the tree of workflow "
                          + t.head().workflow_id);
    if (target->status == task_status::skipped)
      return t.refuse(errc::invalid,
                      "Task " + task_id
                          + " was skipped: there is nothing to run again");
    if (auto* scope = undone_by(t.execution(), *target))
      return t.refuse(errc::conflict,
                      "Scope '" + scope->reference_name
                          + "' has compensated what was done beside task '"
                          + target->reference_name
                          + "': a rerun has to begin at the scope or before "
                            "it");
    rerun_from(t, *target, c.request, traits_of(*target).rerun_alone);
    check_deadlines(t); // remaining rows may be due
    t.consume_before_execute();
  }
  revive_parent(t, "reran");
  t.run();
}

cause cause_of(const command::rerun&) {
  return {cause_kind::operator_, "rerun"};
}

} // namespace tutti::engine
