#include "actors/engine/scope/scopes.hpp"

#include <utility>

namespace tutti::engine {

/// What ended is looked at together (engine.md §2.2): a failure that ends the
/// execution does so before anything is made of what ended beside it, and what
/// runs at once waits until all of the round have their successors.
void decision_builder::consume_round() {
  if (auto how = first_failure())
    return end(std::move(*how));
  std::vector<row_index> round(execution_.unconsumed().begin(),
                               execution_.unconsumed().end());
  auto rows = row_index(execution_.rows().size());
  // What waits to be executed and what is made now run in the order of rows.
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

/// One step of every loop that can go on; then their new rows are looked at as
/// one more round.
void decision_builder::step_loop(row_index i) {
  auto rows = row_index(execution_.rows().size());
  execute(i);
  consume_first_ = true;
  // A body that cannot be followed leaves nothing of its iteration behind.
  if (ended())
    drop_rows_from(rows);
}

/// The first row whose failure ends the execution, unless a scope catches it.
/// What a scope has caught changes what is left, so it is looked at again.
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

/// What was executed beside a TERMINATE counts as ever: a failure ends the
/// execution, an optional one is passed over, a permissive one is said.
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

/// A definition that cannot be followed ends the execution with no row for what
/// it names (§4), nor for anything made along with it: half a fork would wait
/// for ever when the execution is retried.
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
