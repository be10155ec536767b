#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

// What a parent hears of its children (engine.md §1.7, §4.13). Letters may come
// twice, late, or about a row that was replaced: those change nothing.

namespace tutti::engine {

namespace child_detail {

/// The open row of that child, or no_row.
turn::row_index open_row(const turn& t, const std::string& task_id,
                         const std::string& child_id) {
  auto* row = t.execution().find(task_id);
  if (!row || row->retried || is_terminal(row->status)
      || row->sub_workflow_id != child_id)
    return state::no_row;
  return t.execution().index_of(*row);
}

task_status status_of(workflow_status child) {
  switch (child) {
    case workflow_status::completed:
      return task_status::completed;
    case workflow_status::failed:
      return task_status::failed;
    case workflow_status::terminated:
      return task_status::canceled;
    case workflow_status::timed_out:
      return task_status::timed_out;
    default:
      return task_status::in_progress;
  }
}

} // namespace child_detail

void handle(turn& t, const command::child_started& c) {
  auto i = child_detail::open_row(t, c.task_id, c.child_id);
  if (i == state::no_row || t.row(i).status == task_status::in_progress)
    return t.idle();
  if (t.row(i).task_type == "START_WORKFLOW")
    return started_workflow(t, i, c.child_id);
  auto change = t.edit(i);
  change.status = task_status::in_progress;
  change.output = payload(nlohmann::json{{"subWorkflowId", c.child_id}});
  change.update_time = t.now();
  change.callback_after_seconds = 0;
  t.emit(std::move(change));
}

void handle(turn& t, const command::child_not_started& c) {
  auto i = child_detail::open_row(t, c.task_id, c.child_id);
  if (i == state::no_row)
    return t.idle();
  auto change = t.edit(i);
  change.sub_workflow_id = std::string();
  t.emit(std::move(change));
  t.finish_row(i, task_status::failed, {}, c.reason);
  t.run();
}

void handle(turn& t, const command::child_ended& c) {
  auto i = child_detail::open_row(t, c.task_id, c.child_id);
  if (i == state::no_row || is_terminal(t.head().status))
    return t.idle();
  auto output = c.output.json().is_object() ? c.output.json()
                                            : nlohmann::json::object();
  output["subWorkflowId"] = c.child_id;
  std::string reason;
  if (c.status != workflow_status::completed)
    reason = "Sub workflow " + c.child_name + "."
             + std::to_string(c.child_version) + "/" + c.child_id
             + " failure reason: " + c.reason;
  t.finish_row(i, child_detail::status_of(c.status), payload(std::move(output)),
               std::move(reason));
  t.run();
}

void handle(turn& t, const command::child_revived& c) {
  auto* row = t.execution().find(c.task_id);
  if (!row || row->retried || row->definition->optional
      || row->sub_workflow_id != c.child_id || !is_terminal(row->status))
    return t.idle();
  // The parent that completed meanwhile does not run again for a child.
  auto own = t.execution().index_of(*row);
  auto edit = t.edit(own);
  edit.status = task_status::in_progress;
  edit.end_time = 0;
  edit.executed = false;
  edit.subworkflow_changed = true;
  edit.reason = std::string();
  edit.update_time = t.now();
  t.emit(std::move(edit));
  t.log(c.task_id, {{"Sub workflow " + c.child_id + " was " + c.verb, c.task_id,
                     t.now()}});

  bool was_terminal = is_terminal(t.head().status);
  auto change = running_again(t);
  change.failed_task_id = std::string();
  change.failed_reference_names.emplace();
  change.failed_task_names.emplace();
  change.last_retried_time = t.now();
  t.emit(std::move(change));

  for (turn::row_index i = 0; i < t.execution().rows().size(); ++i) {
    auto& sibling = t.row(i);
    if (i == own || sibling.retried || !is_terminal(sibling.status)
        || is_successful(sibling.status))
      continue;
    if (sibling.task_type == "SUB_WORKFLOW"
        && !sibling.sub_workflow_id.empty()) {
      // Its child goes on where it is; one that still runs ignores this.
      command::retry again;
      again.by_parent = true;
      auto child = sibling.sub_workflow_id;
      auto back = t.edit(i);
      back.status = task_status::in_progress;
      back.end_time = 0;
      back.executed = false;
      back.reason = std::string();
      back.update_time = t.now();
      t.emit(std::move(back));
      t.send({child, {}, workflow_command{again}});
    } else if (sibling.task_type == "JOIN" || is_loop(sibling)) {
      auto back = t.edit(i);
      back.status = task_status::in_progress;
      back.end_time = 0;
      back.executed = false;
      back.reason = std::string();
      t.emit(std::move(back));
    } else if (sibling.status == task_status::canceled) {
      reopen_row(t, i, {}, true);
    }
  }
  // The mark is for this decision only: joins are open again by now.
  auto clear = t.edit(own);
  clear.subworkflow_changed = false;
  t.emit(std::move(clear));
  if (was_terminal)
    revive_parent(t, c.verb);
  t.run();
}

void handle(turn& t, const command::failure_workflow_not_started& c) {
  auto output = t.head().output.json();
  if (!output.is_object())
    output = nlohmann::json::object();
  output["conductor.failure_workflow"] = c.reason;
  workflow_changed change;
  change.output = payload(std::move(output));
  change.update_time = t.now();
  t.emit(std::move(change));
}

} // namespace tutti::engine
