#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/compiled_definition.hpp"
#include "actors/engine/task_kind.hpp"

#include <algorithm>

// engine.md §1.5 "Rerun". A task inside a child is found by the gateway, which
// sends the command to that child: its revival repairs the ancestors.

namespace tutti::engine {

namespace rerun_detail {

bool is_branching(const task& row) {
  return row.task_type == "SWITCH" || row.task_type == "DECISION"
         || row.task_type == "FORK";
}

void remove_rows(turn& t, auto unwanted) {
  tasks_removed removed;
  for (auto& row : t.execution().rows())
    if (unwanted(row))
      removed.task_ids.push_back(row.task_id);
  if (!removed.task_ids.empty())
    t.emit(std::move(removed));
}

void from_the_start(turn& t, const rerun_request& request) {
  remove_rows(t, [](auto&) { return true; });
  auto change = running_again(t);
  change.failed_task_id = std::string();
  change.failed_reference_names.emplace();
  change.failed_task_names.emplace();
  change.output = payload();
  if (request.workflow_input)
    change.input = *request.workflow_input;
  if (!request.correlation_id.empty())
    change.correlation_id = request.correlation_id;
  t.emit(std::move(change));
  schedule_first(t);
}

/// What failed or was cancelled beside the target goes back to work in place.
void reopen_siblings(turn& t, const std::string& target) {
  std::vector<std::string> ids;
  for (auto& row : t.execution().rows())
    if (row.task_id != target && !row.retried && is_terminal(row.status)
        && !is_successful(row.status))
      ids.push_back(row.task_id);
  for (auto& id : ids)
    reopen_row(t, t.execution().index_of(*t.execution().find(id)));
}

void from_task(turn& t, const task& target, const rerun_request& request) {
  auto id = target.task_id;
  auto seq = target.seq;
  bool child = target.task_type == "SUB_WORKFLOW";
  auto change = running_again(t);
  change.failed_task_id = std::string();
  change.output = payload();
  t.emit(std::move(change));
  if (!child)
    remove_rows(t, [&](auto& row) { return row.seq > seq; });

  auto i = t.execution().index_of(*t.execution().find(id));
  if (is_branching(t.row(i))) {
    // The branch is chosen, the fork is made anew.
    placement again{
        t.row(i).definition, position_of(t.row(i)), request.task_input, {}, {}};
    remove_rows(t, [&](auto& row) { return row.task_id == id; });
    t.schedule(again);
  } else {
    reopen_row(t, i, request.task_input);
  }
  reopen_siblings(t, id);
}

} // namespace rerun_detail

void handle(turn& t, const command::rerun& c) {
  using namespace rerun_detail;
  if (!is_terminal(t.head().status))
    return t.refuse(errc::conflict,
                    "Workflow " + t.head().workflow_id
                        + " is not in terminal state, unable to rerun.");
  auto& task_id = c.request.from_task_id;
  if (task_id.empty()) {
    from_the_start(t, c.request);
  } else {
    auto* target = t.execution().find(task_id);
    if (!target)
      return t.refuse(errc::invalid,
                      "Task " + task_id
                          + " is not found in the tree of workflow "
                          + t.head().workflow_id);
    from_task(t, *target, c.request);
  }
  revive_parent(t, "reran");
  t.run();
}

} // namespace tutti::engine
