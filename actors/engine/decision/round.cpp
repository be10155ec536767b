#include "actors/engine/scope/scopes.hpp"

#include <utility>

namespace tutti::engine {

/// Rows that ended are consumed together (reference:execution#order). A failure
/// that ends the execution does so before any of them gets successors, and rows
/// that execute at once wait until all of them have theirs.
void decision_builder::consume_round() {
  if (auto how = first_failure())
    return end(std::move(*how));
  std::vector<row_index> round(execution_.unconsumed().begin(),
                               execution_.unconsumed().end());
  auto rows = row_index(execution_.rows().size());
  // Rows waiting to be executed and rows created now execute in row order.
  auto waiting = std::exchange(to_execute_, {});
  saved_.clear();
  consume_first_ = false;
  for (auto i : round) {
    if (ended())
      break;
    for (; !waiting.empty() && waiting.front() < i; waiting.pop_front())
      to_execute_.push_back(waiting.front());
    if (execution_.unconsumed().contains(i))
      consume(i);
  }
  to_execute_.insert(to_execute_.end(), waiting.begin(), waiting.end());
  if (ended())
    roll_back_round(round, rows);
}

/// One step of a loop that can continue; its new rows form the next round.
void decision_builder::step_loop(row_index i) {
  auto rows = row_index(execution_.rows().size());
  execute(i);
  consume_first_ = true;
  // When the body cannot be scheduled, the rows of its iteration are removed.
  if (ended())
    drop_rows_from(rows);
}

/// The first row whose failure ends the execution and that no scope catches. A
/// scope that catches changes other rows, so the search begins again.
std::optional<ending> decision_builder::first_failure() {
  for (bool again = true; again && !ended();) {
    again = false;
    std::vector<row_index> round(execution_.unconsumed().begin(),
                                 execution_.unconsumed().end());
    for (auto i : round) {
      if (!execution_.in_open_loop(row(i)))
        continue;
      auto how = end_by(i);
      if (how && is_in_closed(execution_, row(i)))
        continue;
      if (how && !caught(i))
        return how;
      if ((again = how.has_value()))
        break;
    }
  }
  return std::nullopt;
}

void decision_builder::save(row_index i) { saved_.emplace(i, row(i)); }

void decision_builder::end_after_round(ending how) {
  if (!end_of_round_)
    end_of_round_ = std::move(how);
}

/// Rows that were executed in the same round as a TERMINATE still count: a
/// failure ends the execution, an optional failure passes, a permissive one
/// becomes the reason.
ending decision_builder::end_of_round() {
  if (auto failure = first_failure())
    return std::move(*failure);
  for (auto i : std::vector<row_index>(execution_.unconsumed().begin(),
                                       execution_.unconsumed().end()))
    if (execution_.in_open_loop(row(i)))
      pass_optional(i);
  if (auto failures = permissive_failures(execution_); !failures.empty())
    return {workflow_status::failed,
            std::move(failures),
            {},
            std::move(end_of_round_->output)};
  return std::move(*end_of_round_);
}

bool decision_builder::take_back_start(const std::string& id) {
  return std::erase_if(out_.effects,
                       [&](const effect& x) {
                         auto* mail = std::get_if<send_outbox_message>(&x);
                         auto* start
                             = mail
                                   ? std::get_if<start_other>(&mail->what->what)
                                   : nullptr;
                         return start && start->workflow_id == id;
                       })
         > 0;
}

/// A definition that cannot be scheduled ends the execution without rows for it
/// (reference:fork-join-dynamic#failures is one), and the round's other new
/// rows are removed too: a retry would wait for half a fork for ever.
void decision_builder::roll_back_round(const std::vector<row_index>& round,
                                       row_index rows) {
  for (auto i : round)
    if (row(i).executed) {
      auto change = edit(i);
      change.executed = false;
      change.retried = false;
      emit(std::move(change));
    }
  for (auto& [i, before] : saved_) {
    auto change = edit(i);
    change.status = before.status;
    change.output = before.output;
    change.compensated = before.compensated;
    change.reason = before.reason;
    change.end_time = before.end_time;
    emit(std::move(change));
  }
  drop_rows_from(rows);
}

void decision_builder::drop_rows_from(row_index first) {
  tasks_removed removed;
  for (auto i = first; i < execution_.rows().size(); ++i) {
    if (row(i).queued_at != 0) {
      auto change = edit(i);
      dequeue(i, change);
      emit(std::move(change));
    }
    if (!row(i).sub_workflow_id.empty())
      take_back_start(row(i).sub_workflow_id);
    removed.task_ids.push_back(row(i).task_id);
  }
  if (!removed.task_ids.empty())
    emit(std::move(removed));
}

} // namespace tutti::engine
