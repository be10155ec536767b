#include "actors/engine/commands/attach.hpp"
#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/definition/schema/contract.hpp"
#include "actors/engine/inputs/expression/input_template.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <set>

// reference:operators#retry, reference:operators#restart.

namespace tutti::engine {

namespace retry_command_detail {

/// A JOIN that failed only because of a permissive branch needs no retry.
bool failed_by_permissive(const decision_builder& t, const task& row) {
  if (traits_of(row).joins == join_rule::none)
    return false;
  for (auto& name : joined_references(row)) {
    auto* joined = t.execution().latest(name);
    if (joined && joined->status == task_status::failed
        && joined->definition->permissive && !joined->definition->optional)
      return true;
  }
  return false;
}

struct plan {
  std::set<decision_builder::row_index>
      again; ///< get a new attempt (or reopen)
  std::set<decision_builder::row_index> reopen; ///< revived in place
};

plan plan_of(const decision_builder& t) {
  plan out;
  std::map<std::string, decision_builder::row_index> by_reference;
  auto& rows = t.execution().rows();
  for (decision_builder::row_index i = 0; i < rows.size(); ++i) {
    auto& row = rows[i];
    if (!is_successful(row.status) && !can_be_revived(t.execution(), row))
      continue;
    switch (row.status) {
      case task_status::failed:
      case task_status::failed_with_terminal_error:
      case task_status::timed_out:
        if (failed_by_permissive(t, row))
          out.reopen.insert(i);
        else
          by_reference[row.reference_name] = i;
        break;
      case task_status::canceled:
        if (traits_of(row).resumes_in_place)
          out.reopen.insert(i);
        else
          by_reference[row.reference_name] = i;
        break;
      default:
        by_reference.erase(row.reference_name);
        break;
    }
  }
  for (auto& [reference, i] : by_reference)
    out.again.insert(i);
  return out;
}

std::vector<std::string>
ids_of(const decision_builder& t,
       const std::set<decision_builder::row_index>& rows) {
  std::vector<std::string> out;
  for (auto i : rows)
    out.push_back(t.row(i).task_id);
  return out;
}

/// The child in which a retry with resume continues; empty: none.
std::string child_to_resume(const decision_builder& t) {
  bool through = false;
  for (auto* row : t.execution().rows_in_order()) {
    if (row->retried || !is_terminal(row->status) || is_successful(row->status))
      continue;
    if (traits_of(*row).awaits == awaited::child)
      return row->sub_workflow_id;
    if (kind_of(*row).leads_to_child(*row))
      through = true;
    else if (!through)
      return {};
  }
  return {};
}

} // namespace retry_command_detail

void handle(decision_builder& t, const command::retry& c) {
  using namespace retry_command_detail;
  auto& id = t.head().workflow_id;
  if (!is_terminal(t.head().status)) {
    if (c.by_parent)
      return t.idle();
    return t.refuse(errc::not_found,
                    "Workflow with id: " + id
                        + " is not in terminal state, cannot be retried");
  }
  auto& rows = t.execution().rows();
  if (rows.empty() && c.by_parent)
    return tell_end(t);
  if (rows.empty())
    return t.refuse(errc::conflict, "Workflow has not started yet");

  auto nothing_to_retry = [&] {
    t.refuse(errc::conflict,
             "There are no retryable tasks! Use restart if you want to "
             "attempt entire workflow execution again.");
  };
  if (c.resume_sub_workflows)
    if (auto deeper = child_to_resume(t); !deeper.empty()) {
      if (deeper == id) // because of an idempotency key it is its own child
        return nothing_to_retry();
      t.out().redirect = std::move(deeper);
      return t.idle();
    }

  auto plan = plan_of(t);
  if (plan.again.empty() && t.head().status != workflow_status::timed_out) {
    // The parent's row waits already: report the end again.
    if (c.by_parent)
      return tell_end(t);
    return nothing_to_retry();
  }
  auto change = running_again(t);
  change.last_retried_time = t.now();
  t.emit(std::move(change));
  for (auto i : plan.reopen)
    wait_again(t, i);
  for (auto& id : ids_of(t, plan.again)) {
    auto* row = t.execution().find(id);
    if (!row || t.ended())
      continue;
    kind_of(*row).retry(t, t.execution().index_of(*row));
  }
  advance_scopes(t);
  reapply_terminate(t);
  // The parent that sent this waits already, or has ended meanwhile: parent and
  // child must not revive each other for ever.
  if (!c.by_parent)
    revive_parent(t, "retried");
  check_deadlines(t); // a task's timeouts cover all its attempts
  t.consume_before_execute();
  t.run();
}

void handle(decision_builder& t, const command::restart& c) {
  auto& id = t.head().workflow_id;
  if (!is_terminal(t.head().status))
    return t.refuse(errc::conflict,
                    "Workflow: " + id
                        + " is not in terminal state, unable to restart.");
  if (t.head().status == workflow_status::completed
      && !(c.definition ? *c.definition : *t.head().definition).restartable)
    return t.refuse(errc::not_found,
                    "Workflow: " + id + " is completed and is not restartable");
  // What the start took from the definition comes from the new one, as far as
  // the execution lacks it.
  auto& definition = c.definition ? c.definition : t.head().definition;
  auto input = with_defaults(t.head().input, definition->input_template);
  if (t.head().external_input_path.empty())
    if (auto why = input_misfit(*definition, input))
      return t.refuse(errc::invalid, std::move(*why));
  auto variables = with_defaults(t.head().variables, definition->variables);
  remove_rows(t, [](auto&) { return true; });
  auto change = running_again(t);
  change.create_time = t.now();
  change.last_retried_time = 0;
  change.failed_task_id = std::string();
  change.output = payload();
  change.external_output_path = std::string();
  if (c.definition)
    change.definition = c.definition;
  if (input.text() != t.head().input.text())
    change.input = std::move(input);
  if (variables.text() != t.head().variables.text())
    change.variables = std::move(variables);
  t.emit(std::move(change));
  schedule_first(t);
  revive_parent(t, "restarted");
  t.run();
}

cause cause_of(const command::retry& c) {
  return {c.by_parent ? cause_kind::parent : cause_kind::operator_, "retry"};
}

cause cause_of(const command::restart&) {
  return {cause_kind::operator_, "restart"};
}

// A restart may bring another definition, with scripts.
bool calls_scripts(const state&, const command::restart&) { return true; }

} // namespace tutti::engine
