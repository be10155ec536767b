#include "actors/engine/decision/deadlines.hpp"
#include "actors/engine/decision/weights.hpp"
#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/state/state_parts.hpp"

// Maintains the indexes, row by row.

namespace tutti::engine {

void state::index(row_index i) {
  auto& row = rows_[i];
  names_->set_id(row.task_id, i);
  names_->at(row.reference_name).made.push_back(i);
  if (state_detail::has_suffix(row))
    by_base_[base_of(row)].push_back(i);
  deadline_of_row_.resize(rows_.size(), 0);
  weigh(i);
  last_seq_ = std::max(last_seq_, row.seq);
  if (!is_terminal(row.status))
    ++open_;
  if (state_detail::is_dynamic_fork(row))
    dynamic_forks_[row.seq] = i;
  add_dynamic_definition(row);
  loops_.add(i, row);
  count_pass(i);
  add_to_items(i);
}

/// A definition that is not the workflow's is stored with its row.
void state::weigh(row_index i) {
  auto& row = rows_[i];
  auto bytes = weight_of(row);
  auto* known = compiled_->location_of_row(row.reference_name);
  auto& own = *row.definition;
  if (!known || row.forked_by != 0 || known->task->name != own.name
      || known->task->type != own.type)
    bytes += weight_of(*row.definition);
  bytes_of_row_.resize(rows_.size(), 0);
  bytes_of_row_[i] = bytes;
  rows_bytes_ += bytes;
}

void state::rebuild() {
  *names_ = {};
  by_base_.clear();
  open_by_base_.clear();
  waiting_ = {};
  blocking_.clear();
  unconsumed_.clear();
  deadlines_.clear();
  deadline_of_row_.clear();
  bytes_of_row_.clear();
  rows_bytes_ = 0;
  joins_.clear();
  ready_joins_.clear();
  ready_loops_.clear();
  loops_.clear();
  passes_.clear();
  pass_of_row_.clear();
  jumps_.clear();
  jump_of_row_.clear();
  pass_before_.clear();
  by_item_.clear();
  open_ = 0;
  last_seq_ = 0;
  dynamic_forks_.clear();
  dynamic_definitions_.clear();
  for (row_index i = 0; i < rows_.size(); ++i)
    index(i);
  for (row_index i = 0; i < rows_.size(); ++i)
    refresh(i, is_done(rows_[i].reference_name));
}

void state::find_by_reference(row_index i, bool open) {
  auto& row = rows_[i];
  if (auto awaits = traits_of(row).awaits; awaits != awaited::nobody) {
    auto& waiting = waiting_[size_t(awaits)];
    if (open)
      waiting.insert(i);
    else
      waiting.erase(i);
    if (awaits == awaited::signal)
      book_blocking(i, open);
  }
  if (!state_detail::has_suffix(row))
    return; // `names_` finds it
  if (open)
    open_by_base_[base_of(row)].insert(i);
  else if (auto it = open_by_base_.find(base_of(row));
           it != open_by_base_.end()) {
    it->second.erase(i);
    if (it->second.empty())
      open_by_base_.erase(it);
  }
}

void state::book_blocking(row_index i, bool open) {
  auto& row = rows_[i];
  if (open && row.status == task_status::in_progress && row.due_at == 0)
    blocking_.insert(i);
  else
    blocking_.erase(i);
}

void state::refresh(row_index i, bool was_done) {
  auto& row = rows_[i];
  bool open = !is_terminal(row.status);

  bool waits = !open && !row.executed && !row.retried
               && row.status != task_status::skipped;
  if (waits)
    unconsumed_.insert(i);
  else
    unconsumed_.erase(i);

  find_by_reference(i, open);

  auto deadline = open ? deadline_of(row) : 0;
  if (deadline != deadline_of_row_[i]) {
    if (deadline_of_row_[i] != 0)
      deadlines_.erase({deadline_of_row_[i], i});
    if (deadline != 0)
      deadlines_.insert({deadline, i});
    deadline_of_row_[i] = deadline;
  }

  update_joins(row, was_done);
  update_loops(i, open, open || waits);
  auto& traits = traits_of(row);
  if (traits.jumps)
    count_jump(i);
  if (traits.joins != join_rule::none) {
    bool watched = joins_.count(i) > 0;
    if (open && !watched)
      watch(i);
    else if (!open && watched)
      unwatch(i);
  }
}

int64_t state::deadline_of(const task& row) const {
  int64_t earliest = 0;
  for_each_deadline(row, [&](const char*, int64_t instant) {
    if (earliest == 0 || instant < earliest)
      earliest = instant;
  });
  return earliest;
}

} // namespace tutti::engine
