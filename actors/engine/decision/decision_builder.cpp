#include "actors/engine/decision/decision_builder.hpp"

#include "actors/engine/decision/leases.hpp"
#include "actors/engine/decision/skips.hpp"
#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/definition/schema/contract.hpp"
#include "actors/engine/features/caching.hpp"
#include "actors/engine/features/secret_mask.hpp"
#include "actors/engine/features/slots.hpp"
#include "actors/engine/features/transition_events.hpp"
#include "actors/engine/goto/jumps.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_kind.hpp"
#include "messages/model/saturating.hpp"

#include <algorithm>
#include <utility>

namespace tutti::engine {

namespace decision_builder_detail {

queue_row queue_row_of(const task& row) {
  queue_row out{queue_name(row),
                row.task_id,
                row.workflow_priority,
                row.queued_at,
                row.seq,
                {},
                {}};
  if (is_limited(row)) {
    out.limited_by = row.task_def_name;
    if (auto* def = row.definition->definition.get())
      out.own_limit = limit_of(*def);
  }
  return out;
}

/// What ended well has no reason, unless the end brings one: an attempt keeps
/// the reason of the one before it until then.
void drop_reason(copy_on_write<task_changed>& change, const state& execution) {
  if (change->status != task_status::completed || change->reason)
    return;
  auto* row = execution.find(change->task_id);
  if (row && !row->reason.empty())
    change.edit().reason = std::string();
}

/// A COMPLETED update whose output breaks the task's schema becomes a failure.
void hold_to_schema(copy_on_write<task_changed>& change, const state& execution,
                    const decision_context& context, step_budget& steps) {
  if (change->status != task_status::completed)
    return;
  auto* row = execution.find(change->task_id);
  auto* def = row ? row->definition->definition.get() : nullptr;
  if (!def || !def->enforce_schema)
    return;
  auto& output = change->output ? *change->output : row->output;
  if (auto why = output_misfit(*def, output, context.definitions, &steps)) {
    change.edit().status = task_status::failed_with_terminal_error;
    change.edit().reason = std::move(*why);
  }
}

/// The same for the input of a new row, before any worker sees it.
void hold_to_schema(task& row, const decision_context& context,
                    step_budget& steps) {
  auto* def = row.definition->definition.get();
  if (is_terminal(row.status) || !def || !def->enforce_schema)
    return;
  if (auto why = input_misfit(*def, row.input, context.definitions, &steps)) {
    row.status = task_status::failed_with_terminal_error;
    row.reason = std::move(*why);
    row.start_time = row.end_time = context.now;
    row.due_at = 0;
  }
}

} // namespace decision_builder_detail

void decision_builder::emit(event e) {
  if (auto* change = std::get_if<copy_on_write<task_changed>>(&e)) {
    decision_builder_detail::drop_reason(*change, execution_);
    decision_builder_detail::hold_to_schema(*change, execution_, context_,
                                            budget_.steps);
    hide_secrets(*change, execution_, context_.env);
  }
  hold_to_bounds(e);
  bool new_head = event_as<workflow_changed>(e) != nullptr;
  bool had_ended = new_head && is_terminal(head().status);
  auto* added = event_as<task_added>(e);
  auto* changed = event_as<task_changed>(e);
  auto* row = changed && changed->status ? execution_.find(changed->task_id)
                                         : nullptr;
  auto before = row ? std::optional(row->status) : std::nullopt;
  lease_watch leases(execution_, e);
  auto history = execution_.history_bytes();
  execution_.apply(e);
  bytes_ += execution_.history_bytes() - history;
  leases.report(execution_, context_.now, out_.effects);
  if (added)
    publish_transition(*this, execution_.rows()[execution_.rows().size() - 1],
                       std::nullopt);
  else if (row)
    publish_transition(*this, *execution_.find(changed->task_id), before);
  out_.events.push_back(std::move(e));
  if (!new_head || had_ended == is_terminal(head().status))
    return;
  if (had_ended)
    ask_for_slot(*this);
  else
    give_back_slot(*this);
}

task_changed decision_builder::edit(row_index i) const {
  task_changed change;
  change.task_id = row(i).task_id;
  return change;
}

void decision_builder::send(outbox_message what) {
  what.from = head().workflow_id;
  tell(send_outbox_message{
      std::make_shared<const outbox_message>(std::move(what))});
}

void decision_builder::log(std::string task_id, std::vector<task_log> lines) {
  tell(append_logs{std::move(task_id), std::move(lines)});
}

void decision_builder::enqueue(row_index i, int64_t delay_ms) {
  if (is_terminal(row(i).status))
    return;
  auto change = edit(i);
  dequeue(i, change);
  // Without a slot nothing is queued; `release_held_tasks` does it later.
  if (waits_for_slot(head())) {
    if (change.queued_at)
      emit(std::move(change));
    return;
  }
  change.queued_at = instant_after(now(), std::max<int64_t>(0, delay_ms));
  emit(std::move(change));
  tell(offer_task{decision_builder_detail::queue_row_of(row(i))});
}

void decision_builder::dequeue(row_index i, task_changed& change) {
  if (row(i).queued_at == 0)
    return;
  tell(withdraw_task{decision_builder_detail::queue_row_of(row(i))});
  change.queued_at = 0;
}

task decision_builder::new_row(const placement& where, std::string_view type) {
  auto& definition = *where.task;
  budget_.steps.begin_value();
  task row;
  row.task_id = context_.ids.task_id(head().workflow_id);
  row.reference_name = reference_in(definition.reference_name, where.at);
  row.iteration = where.at.iteration;
  row.parent_task_id = where.at.loop;
  row.task_type = type;
  row.task_def_name = definition.name;
  row.seq = execution_.next_seq();
  row.scheduled_time = row.first_scheduled_time = row.update_time = now();
  row.workflow_priority = head().priority;
  row.definition = where.task;
  row.forked_by = where.forked_by;
  if (auto& earlier = where.instead_of) {
    if (!earlier->task_id.empty())
      row.task_id = earlier->task_id;
    if (earlier->seq > 0)
      row.seq = earlier->seq;
    row.retry_count = earlier->retry_count;
    row.retried_task_id = earlier->retried_task_id;
  }
  if (auto* def = definition.definition.get()) {
    row.response_timeout_seconds = def->response_timeout_seconds;
    row.rate_limit_per_frequency = def->rate_limit_per_frequency;
    row.rate_limit_frequency_in_seconds = def->rate_limit_frequency_in_seconds;
    if (is_system_type(type))
      row.isolation_group_id = def->isolation_group_id;
  }
  return row;
}

void decision_builder::hold_to_steps(task& row) {
  auto* which = budget_.steps.refused();
  if (!which)
    return;
  out_.reached.push_back(which);
  if (is_terminal(row.status) && !is_successful(row.status))
    return;
  row.status = task_status::failed_with_terminal_error;
  row.reason = budget_.steps.sentence();
  row.input = payload();
  row.start_time = row.end_time = now();
  row.due_at = row.queued_at = 0;
  row.executed = false;
  budget_.steps.begin_value();
}

decision_builder::row_index decision_builder::add(task row) {
  hold_to_steps(row);
  decision_builder_detail::hold_to_schema(row, context_, budget_.steps);
  hide_secrets(row, context_.env);
  auto i = row_index(execution_.rows().size());
  emit(task_added{std::move(row)});
  return i;
}

decision_builder::row_index decision_builder::add_queued(task row,
                                                         int64_t delay_ms) {
  hold_to_steps(row);
  decision_builder_detail::hold_to_schema(row, context_, budget_.steps);
  hide_secrets(row, context_.env);
  // Without a slot nothing is queued; `release_held_tasks` does it later.
  if (!is_terminal(row.status) && !waits_for_slot(head()))
    row.queued_at = instant_after(now(), std::max<int64_t>(0, delay_ms));
  auto i = row_index(execution_.rows().size());
  emit(task_added{std::move(row)});
  if (this->row(i).queued_at != 0)
    tell(offer_task{decision_builder_detail::queue_row_of(this->row(i))});
  return i;
}

bool decision_builder::has_room() {
  if (execution_.rows().count() < context_.bounds.tasks_max)
    return true;
  end({workflow_status::failed,
       "the execution reached its limit of "
           + std::to_string(context_.bounds.tasks_max) + " tasks",
       {},
       {}});
  return false;
}

void decision_builder::schedule(const placement& where) {
  if (!has_room())
    return;
  begin_text(bounds::task_input);
  auto outer = std::exchange(at_, where.at);
  kind_of_type(where.task->type).schedule(*this, where);
  at_ = std::move(outer);
}

void decision_builder::schedule_next(const workflow_task* task,
                                     const position& at) {
  if (!task)
    return;
  auto& base = task->reference_name;
  if (skip_of(execution_, base, at)) {
    if (step_over(*this, base, at))
      schedule_successors(base, at);
    return;
  }
  if (execution_.latest(reference_in(base, at)))
    return;
  // Looked up by name: `task` may point into a row that is removed.
  auto known = execution_.definition_at(base, at.suffix).find(base);
  schedule({std::move(known), at, {}, {}, {}});
}

void decision_builder::schedule_successors(std::string_view reference,
                                           position at) {
  auto& definition = execution_.definition_at(reference, at.suffix);
  if (auto* next = definition.successor(reference)) {
    // A branch that jumped back may end in a further pass: the JOIN is at the
    // position of the fork.
    if (pass_of(at) > 1)
      at = behind_forks(*this, reference, std::move(at));
    return schedule_next(next, at);
  }
  if (auto* ended = definition.scope_list_behind(reference))
    scope_list_ended(*this, *ended, at);
}

void decision_builder::finish_row(row_index i, task_status status,
                                  std::optional<payload> output,
                                  std::string reason) {
  auto change = edit(i);
  dequeue(i, change);
  change.status = status;
  change.output = std::move(output);
  if (!reason.empty())
    change.reason = std::move(reason);
  change.update_time = now();
  if (row(i).end_time == 0)
    change.end_time = now();
  if (row(i).due_at != 0)
    change.due_at = 0;
  emit(std::move(change));
}

void decision_builder::refuse(errc code, std::string sentence) {
  out_.refused = failure{code, std::move(sentence)};
  out_.effective = false;
}

void decision_builder::end(ending how) {
  if (!ending_)
    ending_ = std::move(how);
}

void decision_builder::execute_later(row_index i) {
  if (!waits_for_slot(head())) {
    to_execute_.push_back(i);
    return;
  }
  auto change = edit(i);
  change.due_at = now();
  emit(std::move(change));
}

void decision_builder::pause_when_long() const {
  constexpr uint64_t steps_between = 300'000; // about 3 ms
  auto used = budget_.steps.used();
  if (used - paused_at_ < steps_between)
    return;
  paused_at_ = used;
  context_.scripts.pause();
}

bool decision_builder::is_long() const {
  return out_.events.size() >= context_.bounds.decision_events_max
         || bytes_ >= context_.bounds.decision_bytes_max
         || budget_.steps.used() >= context_.bounds.part_steps;
}

void decision_builder::run() {
  while (!ending_ && head().status == workflow_status::running
         && !waits_for_slot(head())) {
    // Rows that a loop's step created and that have ended are consumed before
    // any is executed.
    bool first_consume = consume_first_ && !execution_.unconsumed().empty();
    if (!to_execute_.empty() && !first_consume) {
      auto i = to_execute_.front();
      to_execute_.pop_front();
      consume_first_ = false;
      if (!is_terminal(row(i).status))
        execute(i);
      continue;
    }
    if (end_of_round_) {
      end(end_of_round());
      break;
    }
    // All remaining work is visible in the state (`has_pending_work`), so the
    // next decision can do it, also after a restart.
    if (is_long() && to_execute_.empty() && execution_.has_pending_work()) {
      out_.unfinished = true;
      break;
    }
    if (!execution_.unconsumed().empty()) {
      consume_round();
      continue;
    }
    if (auto joins = execution_.take_ready_joins(); !joins.empty()) {
      for (auto i : joins)
        if (!is_terminal(row(i).status))
          execute(i);
      continue;
    }
    if (auto loops = execution_.take_ready_loops(); !loops.empty()) {
      for (auto i : loops)
        if (!ending_ && !is_terminal(row(i).status))
          step_loop(i);
      continue;
    }
    complete_if_done();
    break;
  }
  if (ending_)
    finish();
}

void decision_builder::execute(row_index i) {
  at_ = position_of(row(i));
  budget_.steps.begin_value();
  begin_text(bounds::task_input);
  kind_of(row(i)).execute(*this, i);
}

void decision_builder::consume(row_index i) {
  // Rows that end after their loop did get no retry and no successors.
  bool counts = execution_.in_open_loop(row(i));
  if (counts && !is_successful(row(i).status) && retry(i))
    return;
  if (ended())
    return;
  bool failed = !is_successful(row(i).status);
  keep_task_output(*this, i);
  auto change = edit(i);
  change.executed = true;
  emit(std::move(change));
  if (!counts)
    return;
  // Ended from outside (timeout, update): its open rows end with it.
  if (is_loop(row(i)))
    cancel_body(*this, i);
  if (is_closed(row(i)))
    close_scope(*this, i);
  auto* around = execution_.find(row(i).parent_task_id);
  if (failed && around && is_loop(*around))
    return fail_loop(*this, i);
  if (!traits_of(row(i)).ends_execution)
    schedule_successors(base_of(row(i)), position_of(row(i)));
}

// reference:execution#completion
void decision_builder::complete_if_done() {
  if (execution_.open_rows() > 0)
    return;
  auto& def = *head().definition;
  // A GOTO may jump over tasks: then no open row and no work means the end.
  if (!execution_.has_jumped())
    for (auto& task : def.tasks) {
      auto* row = execution_.latest(task.reference_name);
      if (!row || !is_terminal(row->status))
        return;
    }
  // A permissive failure let the others finish; now it counts
  // (reference:execution#completion).
  auto failures = permissive_failures(execution_);
  if (!failures.empty())
    return end({workflow_status::failed, failures, {}, {}});
  end({workflow_status::completed, {}, {}, {}});
}

} // namespace tutti::engine
