#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/state/state_parts.hpp"

#include <algorithm>
#include <utility>

// What each event does to the rows and the head.

namespace tutti::engine {

namespace state_apply_detail {

template <class T>
void set(T& field, const std::optional<T>& value) {
  if (value)
    field = *value;
}

} // namespace state_apply_detail

void state::on(const workflow_created& e) {
  if (exists())
    *this = state{};
  head_ = *e.head;
  set_definition(head_.definition);
}

void state::set_definition(workflow_def_pointer definition) {
  head_.definition = std::move(definition);
  compiled_ = compiled_definition::of(head_.definition);
}

void state::on(const workflow_changed& e) {
  using state_apply_detail::set;
  set(head_.status, e.status);
  if (e.previous_status)
    head_.previous_status = e.previous_status;
  set(head_.create_time, e.create_time);
  set(head_.update_time, e.update_time);
  set(head_.end_time, e.end_time);
  set(head_.last_retried_time, e.last_retried_time);
  set(head_.input, e.input);
  set(head_.output, e.output);
  set(head_.variables, e.variables);
  set(head_.external_output_path, e.external_output_path);
  set(head_.correlation_id, e.correlation_id);
  set(head_.reason, e.reason);
  set(head_.failed_task_id, e.failed_task_id);
  set(head_.rerun_from_workflow_id, e.rerun_from_workflow_id);
  set(head_.failed_reference_names, e.failed_reference_names);
  set(head_.failed_task_names, e.failed_task_names);
  set(head_.rate_limit_key, e.rate_limit_key);
  set(head_.slot, e.slot);
  set(head_.slot_generation, e.slot_generation);
  set(head_.attached_tasks, e.attached_tasks);
  if (e.definition)
    set_definition(*e.definition);
}

void state::on(const task_added& e) {
  auto i = row_index(rows_.size());
  bool was_done = is_done(e.row->reference_name);
  rows_.add(e.row);
  index(i);
  refresh(i, was_done);
}

void state::on(const task_changed& e) {
  using state_apply_detail::set;
  auto* found = names_->find_id(e.task_id);
  if (!found)
    return;
  auto i = *found;
  auto& row = rows_.edit(i);
  bool was_done = is_done(row.reference_name);
  bool was_open = !is_terminal(row.status);
  set(row.status, e.status);
  set(row.input, e.input);
  set(row.output, e.output);
  set(row.external_output_path, e.external_output_path);
  set(row.scheduled_time, e.scheduled_time);
  set(row.start_time, e.start_time);
  set(row.end_time, e.end_time);
  set(row.update_time, e.update_time);
  set(row.first_start_time, e.first_start_time);
  set(row.first_scheduled_time, e.first_scheduled_time);
  set(row.retry_count, e.retry_count);
  set(row.poll_count, e.poll_count);
  set(row.iteration, e.iteration);
  set(row.compensated, e.compensated);
  set(row.retried, e.retried);
  set(row.executed, e.executed);
  set(row.subworkflow_changed, e.subworkflow_changed);
  set(row.callback_after_seconds, e.callback_after_seconds);
  set(row.start_delay_seconds, e.start_delay_seconds);
  set(row.worker_id, e.worker_id);
  set(row.reason, e.reason);
  set(row.sub_workflow_id, e.sub_workflow_id);
  set(row.domain, e.domain);
  set(row.queued_at, e.queued_at);
  set(row.due_at, e.due_at);
  if (was_open)
    --open_;
  if (!is_terminal(row.status))
    ++open_;
  if (e.input && joins_.count(i) > 0)
    unwatch(i); // it waits for others now
  refresh(i, was_done);
}

void state::on(const tasks_removed& e) {
  bool lost_last = false;
  for (auto& id : e.task_ids)
    if (auto* i = names_->find_id(id)) {
      lost_last |= rows_[*i].seq == last_seq_;
      remove(*i);
    }
  if (!lost_last)
    return;
  last_seq_ = 0;
  for (auto& row : rows_)
    last_seq_ = std::max(last_seq_, row.seq);
}

// Costs what goes: a loop that keeps its last iterations only removes some
// rows at every step.
void state::remove(row_index i) {
  auto kept = rows_.share(i);
  auto& row = *kept;
  bool was_done = is_done(row.reference_name);
  if (joins_.count(i) > 0)
    unwatch(i);
  if (!is_terminal(row.status))
    --open_;
  unconsumed_.erase(i);
  ready_loops_.erase(i);
  find_by_reference(i, false);
  loops_.remove(i, row);
  forget_pass(i);
  forget_jump(i);
  if (auto* loop = names_->find_id(row.parent_task_id))
    ready_loops_.insert(*loop);
  if (deadline_of_row_[i] != 0)
    deadlines_.erase({std::exchange(deadline_of_row_[i], 0), i});
  if (state_detail::is_dynamic_fork(row))
    dynamic_forks_.erase(row.seq);
  names_->erase_id(row.task_id);
  auto& same = names_->at(row.reference_name);
  same.forget_row(i);
  names_->drop_unused(same);
  remove_dynamic_definition(row);
  rows_.remove(i);
  // Others of the same base may be many: what is asked for is the last one.
  if (auto base = by_base_.find(base_of(row)); base != by_base_.end()) {
    auto& rows = base->second;
    while (!rows.empty() && row_list::is_hole(rows_[rows.back()]))
      rows.pop_back();
    if (rows.empty())
      by_base_.erase(base);
  }
  tell_joins(row, was_done);
}

void state::on(const inbox_changed& e) {
  auto& inbox = head_.inbox;
  inbox.erase(inbox.begin(), inbox.begin() + e.removed);
  inbox.insert(inbox.end(), e.added.begin(), e.added.end());
}

} // namespace tutti::engine
