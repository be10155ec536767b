#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <set>

// engine.md §1.5 "Retry" and "Restart".

namespace tutti::engine {

namespace retry_command_detail {

bool is_container(const task& row) {
  return row.task_type == "FORK" || row.task_type == "JOIN"
         || row.task_type == "EXCLUSIVE_JOIN" || is_loop(row);
}

/// A join that failed only because a permissive branch did is not to blame.
bool failed_by_permissive(const turn& t, const task& row) {
  if (row.task_type != "JOIN" && row.task_type != "EXCLUSIVE_JOIN")
    return false;
  auto& input = row.input.json();
  if (!input.is_object() || !input.contains("joinOn"))
    return false;
  for (auto& name : input.at("joinOn")) {
    auto* joined
        = name.is_string()
              ? t.execution().latest(name.get_ref<const std::string&>())
              : nullptr;
    if (joined && joined->status == task_status::failed
        && joined->definition->permissive && !joined->definition->optional)
      return true;
  }
  return false;
}

struct plan {
  std::set<turn::row_index> again;  ///< get a new attempt (or reopen)
  std::set<turn::row_index> reopen; ///< back to work in place
};

plan plan_of(const turn& t) {
  plan out;
  std::map<std::string, turn::row_index> by_reference;
  auto& rows = t.execution().rows();
  for (turn::row_index i = 0; i < rows.size(); ++i) {
    auto& row = rows[i];
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
        if (row.task_type == "JOIN" || is_loop(row))
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

} // namespace retry_command_detail

workflow_changed running_again(const turn& t) {
  workflow_changed change;
  change.previous_status = t.head().status;
  change.status = workflow_status::running;
  change.update_time = t.now();
  change.end_time = 0;
  change.reason = std::string();
  return change;
}

void reopen_row(turn& t, turn::row_index i, std::optional<payload> input,
                bool next_retry_count) {
  auto change = t.edit(i);
  t.dequeue(i, change);
  change.status = task_status::scheduled;
  change.scheduled_time = change.update_time = t.now();
  change.start_time = change.end_time = change.first_start_time = 0;
  change.output = payload();
  change.external_output_path = std::string();
  change.reason = std::string();
  change.worker_id = std::string();
  change.sub_workflow_id = std::string();
  change.poll_count = 0;
  change.callback_after_seconds = 0;
  change.start_delay_seconds = 0;
  change.executed = change.retried = false;
  change.due_at = 0;
  change.input = std::move(input);
  if (next_retry_count)
    change.retry_count = t.row(i).retry_count + 1;
  t.emit(std::move(change));
  kind_of(t.row(i)).reopen(t, i);
}

void handle(turn& t, const command::retry& c) {
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
  if (rows.empty())
    return t.refuse(errc::conflict, "Workflow has not started yet");

  if (c.resume_sub_workflows)
    for (auto* row : t.execution().rows_in_order()) {
      if (row->retried || !is_terminal(row->status)
          || is_successful(row->status))
        continue;
      if (row->task_type != "SUB_WORKFLOW" || row->sub_workflow_id.empty())
        break;
      // The deepest failed descendant is retried; it revives its ancestors.
      command::retry deeper;
      deeper.resume_sub_workflows = true;
      deeper.by_parent = true;
      return t.send({row->sub_workflow_id, {}, workflow_command{deeper}});
    }

  auto plan = plan_of(t);
  if (plan.again.empty() && t.head().status != workflow_status::timed_out) {
    if (c.by_parent)
      return t.idle();
    return t.refuse(errc::conflict,
                    "There are no retryable tasks! Use restart if you want to "
                    "attempt entire workflow execution again.");
  }
  auto change = running_again(t);
  change.last_retried_time = t.now();
  t.emit(std::move(change));
  for (auto i : plan.reopen) {
    auto edit = t.edit(i);
    edit.status = task_status::in_progress;
    edit.end_time = 0;
    edit.executed = false;
    edit.update_time = t.now();
    edit.reason = std::string();
    t.emit(std::move(edit));
  }
  for (auto i : plan.again) {
    if (is_container(t.row(i))) {
      auto edit = t.edit(i);
      edit.status = task_status::in_progress;
      edit.retry_count = t.row(i).retry_count + 1;
      edit.end_time = 0;
      edit.executed = false;
      edit.update_time = t.now();
      edit.reason = std::string();
      t.emit(std::move(edit));
      continue;
    }
    auto next = t.add_attempt(i, 0, 0);
    auto edit = t.edit(next);
    edit.reason = std::string();
    t.emit(std::move(edit));
  }
  revive_parent(t, "retried");
  t.run();
}

void handle(turn& t, const command::restart& c) {
  auto& id = t.head().workflow_id;
  if (!is_terminal(t.head().status))
    return t.refuse(errc::conflict,
                    "Workflow: " + id
                        + " is not in terminal state, unable to restart.");
  if (t.head().status == workflow_status::completed
      && !(c.definition ? *c.definition : *t.head().definition).restartable)
    return t.refuse(errc::not_found,
                    "Workflow: " + id + " is completed and is not restartable");
  tasks_removed removed;
  for (auto& row : t.execution().rows())
    removed.task_ids.push_back(row.task_id);
  t.emit(std::move(removed));
  auto change = running_again(t);
  change.create_time = t.now();
  change.last_retried_time = 0;
  change.failed_task_id = std::string();
  change.output = payload();
  change.external_output_path = std::string();
  if (c.definition)
    change.definition = c.definition;
  t.emit(std::move(change));
  schedule_first(t);
  revive_parent(t, "restarted");
  t.run();
}

} // namespace tutti::engine
