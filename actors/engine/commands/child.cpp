#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

// Messages from children to their parent (reference:operators#parents,
// reference:sub-workflow#life). They may come twice, late, or about a row that
// was replaced; then they change nothing.

namespace tutti::engine {

namespace child_detail {

/// The open row of that child, or `no_row`.
decision_builder::row_index open_row(const decision_builder& t,
                                     const std::string& task_id,
                                     const std::string& child_id) {
  auto* row = t.execution().find(task_id);
  if (!row || row->retried || is_terminal(row->status)
      || row->sub_workflow_id != child_id)
    return state::no_row;
  return t.execution().index_of(*row);
}

/// The child has answered before.
bool is_named(const task& row, const std::string& child_id) {
  auto& output = row.output.json();
  return row.status == task_status::in_progress && output.is_object()
         && output.value("subWorkflowId", nlohmann::json()) == child_id;
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

/// Failed rows of the loop fail it again, unless they were repaired.
void look_again(decision_builder& t, const std::string& loop) {
  std::vector<decision_builder::row_index> failed;
  for (decision_builder::row_index i = 0; i < t.execution().rows().size();
       ++i) {
    auto& row = t.row(i);
    if (row.parent_task_id == loop && row.executed && !row.retried
        && is_terminal(row.status) && !is_successful(row.status)
        && row.status != task_status::canceled)
      failed.push_back(i);
  }
  for (auto i : failed) {
    auto change = t.edit(i);
    change.executed = false;
    t.emit(std::move(change));
  }
}

/// reference:operators#parents: rows that ended because the child had ended
/// continue.
void repair_siblings(decision_builder& t, const std::string& own) {
  std::vector<std::string> ids;
  for (auto& row : t.execution().rows())
    if (row.task_id != own && !row.retried && is_terminal(row.status)
        && !is_successful(row.status) && !was_passed_over(t.execution(), row))
      ids.push_back(row.task_id);
  for (auto& id : ids) {
    auto i = t.execution().index_of(*t.execution().find(id));
    kind_of(t.row(i)).revive(t, i);
  }
  for (auto& id : ids)
    if (auto* row = t.execution().find(id); row && is_loop(*row))
      look_again(t, id);
}

} // namespace child_detail

void handle(decision_builder& t, const command::child_started& c) {
  auto& chosen = c.instead_of.empty() ? c.child_id : c.instead_of;
  auto i = child_detail::open_row(t, c.task_id, chosen);
  if (i == state::no_row || child_detail::is_named(t.row(i), c.child_id))
    return t.idle();
  kind_of(t.row(i)).child_started(t, i, c);
}

void handle(decision_builder& t, const command::child_not_started& c) {
  auto i = child_detail::open_row(t, c.task_id, c.child_id);
  if (i == state::no_row)
    return t.idle();
  auto change = t.edit(i);
  change.sub_workflow_id = std::string();
  t.emit(std::move(change));
  t.finish_row(i, task_status::failed, payload(), c.reason);
  t.run();
}

void handle(decision_builder& t, const command::child_ended& c) {
  auto i = child_detail::open_row(t, c.task_id, c.child_id);
  if (i == state::no_row || is_terminal(t.head().status))
    return t.idle();
  auto output = c.output.json().is_object() ? c.output.json()
                                            : nlohmann::json::object();
  output["subWorkflowId"] = c.child_id;
  std::string reason;
  if (c.status != workflow_status::completed)
    reason = "Sub workflow "
             + (c.child_name.empty()
                    ? c.child_id
                    : c.child_name + "." + std::to_string(c.child_version) + "/"
                          + c.child_id)
             + " failure reason: " + c.reason;
  t.finish_row(i, child_detail::status_of(c.status), payload(std::move(output)),
               std::move(reason));
  t.run();
}

void handle(decision_builder& t, const command::child_revived& c) {
  using namespace child_detail;
  auto* row = t.execution().find(c.task_id);
  if (!row || row->retried || row->definition->optional
      || row->sub_workflow_id != c.child_id || !is_terminal(row->status)
      || undone_by(t.execution(), *row))
    return t.idle();
  auto own_id = row->task_id;
  wait_again(t, t.execution().index_of(*row));
  auto edit = t.edit(t.execution().index_of(*row));
  edit.subworkflow_changed = true;
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
  repair_siblings(t, own_id);
  // The mark is for this decision only: the JOINs are open again by now.
  auto clear = t.edit(t.execution().index_of(*t.execution().find(own_id)));
  clear.subworkflow_changed = false;
  t.emit(std::move(clear));
  if (was_terminal)
    revive_parent(t, c.verb);
  advance_scopes(t);
  reapply_terminate(t);
  check_deadlines(t); // its row did not begin again
  t.consume_before_execute();
  t.run();
}

void handle(decision_builder& t,
            const command::failure_workflow_not_started& c) {
  auto output = t.head().output.json();
  if (!output.is_object())
    output = nlohmann::json::object();
  output["conductor.failure_workflow"] = c.reason;
  workflow_changed change;
  change.output = payload(std::move(output));
  change.update_time = t.now();
  t.emit(std::move(change));
}

cause cause_of(const command::child_started& c) {
  return {cause_kind::child, c.child_id};
}

cause cause_of(const command::child_not_started& c) {
  return {cause_kind::child, c.child_id};
}

cause cause_of(const command::child_ended& c) {
  return {cause_kind::child, c.child_id};
}

cause cause_of(const command::child_revived& c) {
  return {cause_kind::child, c.child_id};
}

cause cause_of(const command::failure_workflow_not_started&) {
  return {cause_kind::node, "failure workflow"};
}

} // namespace tutti::engine
