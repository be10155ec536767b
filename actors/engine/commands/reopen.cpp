#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/loops/loops.hpp"

// How operators' commands revive ended rows and executions.

namespace tutti::engine {

workflow_changed running_again(const decision_builder& t) {
  workflow_changed change;
  change.previous_status = t.head().status;
  change.status = workflow_status::running;
  change.update_time = t.now();
  change.end_time = 0;
  change.reason = std::string();
  return change;
}

void remove_rows(decision_builder& t,
                 const std::function<bool(const task&)>& unwanted) {
  tasks_removed removed;
  for (auto& row : t.execution().rows())
    if (unwanted(row))
      removed.task_ids.push_back(row.task_id);
  if (!removed.task_ids.empty())
    t.emit(std::move(removed));
}

namespace reopen_detail {

void make_anew(decision_builder& t, decision_builder::row_index i,
               std::optional<payload> input, bool next_retry_count) {
  auto row = t.row(i);
  placement again{row.definition, position_of(row), std::move(input), {}, {}};
  again.instead_of
      = {row.task_id, row.seq, row.retry_count + (next_retry_count ? 1 : 0),
         row.retried_task_id};
  again.forked_by = row.forked_by;
  if (!again.input)
    give_again(t, row, again);
  t.emit(tasks_removed{{row.task_id}});
  auto rows = decision_builder::row_index(t.execution().rows().size());
  t.schedule(again);
  if (!t.ended())
    return;
  // When it cannot be scheduled, it is the failed row that operators see.
  t.drop_rows_from(rows);
  row.status = task_status::failed;
  row.reason = t.end_reason();
  row.output = payload();
  row.start_time = row.end_time = row.update_time = t.now();
  row.executed = row.retried = false;
  if (again.input)
    row.input = std::move(*again.input);
  t.add(std::move(row));
}

} // namespace reopen_detail

void reopen_row(decision_builder& t, decision_builder::row_index i,
                std::optional<payload> input, bool next_retry_count) {
  if (traits_of(t.row(i)).chooses_branches)
    return reopen_detail::make_anew(t, i, std::move(input), next_retry_count);
  auto change = t.edit(i);
  t.dequeue(i, change);
  change.status = task_status::scheduled;
  change.scheduled_time = change.first_scheduled_time = change.update_time
      = t.now();
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

void attempt_again(decision_builder& t, decision_builder::row_index i) {
  if (traits_of(t.row(i)).chooses_branches) {
    // A failed switch is recreated: a new row and its branch.
    auto& row = t.row(i);
    placement again{row.definition, position_of(row), {}, {}, {}};
    again.instead_of = {{}, 0, row.retry_count + 1, row.task_id};
    again.forked_by = row.forked_by;
    give_again(t, row, again);
    auto rows = decision_builder::row_index(t.execution().rows().size());
    t.schedule(again);
    if (t.ended()) // its branch cannot be scheduled: it stays as it was
      return t.drop_rows_from(rows);
    auto change = t.edit(i);
    change.retried = change.executed = true;
    return t.emit(std::move(change));
  }
  auto next = t.add_attempt(i, 0, 0);
  if (is_terminal(t.row(next).status))
    return;
  auto edit = t.edit(next);
  edit.reason = std::string();
  t.emit(std::move(edit));
}

void wait_again(decision_builder& t, decision_builder::row_index i,
                bool next_retry_count) {
  auto change = t.edit(i);
  change.status = task_status::in_progress;
  change.end_time = 0;
  change.executed = change.retried = false;
  change.reason = std::string();
  change.update_time = t.now();
  if (next_retry_count)
    change.retry_count = t.row(i).retry_count + 1;
  // Otherwise its timeout would end it before anything inside has begun again.
  if (auto* def = t.row(i).definition->definition.get();
      def && def->timeout_seconds > 0 && traits_of(t.row(i)).built_in)
    change.start_time = t.now();
  if (is_loop(t.row(i)))
    go_back_to_body(t, t.row(i), change);
  t.emit(std::move(change));
}

void reapply_terminate(decision_builder& t) {
  for (decision_builder::row_index i = 0; i < t.execution().rows().size(); ++i)
    if (traits_of(t.row(i)).ends_execution
        && t.row(i).status == task_status::completed)
      return kind_of(t.row(i)).execute(t, i);
}

} // namespace tutti::engine
