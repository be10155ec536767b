#include "actors/engine/decision/weights.hpp"
#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/state/state_parts.hpp"
#include "messages/model/fields.hpp"

#include <algorithm>
#include <utility>

// What each event does to the rows and the head.

namespace tutti::engine {

namespace state_apply_detail {

template <class Field, class T>
void set(Field& field, const std::optional<T>& value) {
  if (value)
    field = *value;
}

} // namespace state_apply_detail

void state::on(const workflow_created& e) {
  if (exists())
    *this = state{};
  head_ = *e.head;
  set_definition(head_.definition);
  head_bytes_ = weight_of(head_);
  inbox_bytes_ = 0;
  for (auto& message : head_.inbox)
    inbox_bytes_ += weight_of(message);
  history_bytes_ += weight_of(e);
}

void state::set_definition(workflow_def_pointer definition) {
  head_.definition = std::move(definition);
  compiled_ = compiled_definition::of(head_.definition);
}

void state::on(const workflow_changed& e) {
  using state_apply_detail::set;
#define TUTTI_SET(kind, name, told, wire) set(head_.name, e.name);
  TUTTI_WORKFLOW_CHANGE_FIELDS(TUTTI_SET)
#undef TUTTI_SET
  if (e.definition)
    set_definition(*e.definition);
  head_bytes_ = weight_of(head_);
  history_bytes_ += weight_of(e);
}

void state::on(const task_added& e) {
  auto i = row_index(rows_.size());
  bool was_done = is_done(e.row->reference_name);
  rows_.add(e.row);
  index(i);
  history_bytes_ += bytes_of_row_[i];
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
  auto growth = growth_of(row, e);
  bytes_of_row_[i] += growth;
  rows_bytes_ += growth;
  history_bytes_ += weight_of(e);
#define TUTTI_SET(kind, name, told, wire) set(row.name, e.name);
  TUTTI_TASK_CHANGE_FIELDS(TUTTI_SET)
#undef TUTTI_SET
  if (was_open)
    --open_;
  if (!is_terminal(row.status))
    ++open_;
  if (e.input && joins_.count(i) > 0)
    unwatch(i); // the new input may name other references
  refresh(i, was_done);
}

void state::on(const tasks_removed& e) {
  bool lost_last = false;
  for (auto& id : e.task_ids)
    if (auto* i = names_->find_id(id)) {
      lost_last |= rows_[*i].seq == last_seq_;
      remove(*i);
    }
  history_bytes_ += weight_of(e);
  if (!lost_last)
    return;
  last_seq_ = 0;
  for (auto& row : rows_)
    last_seq_ = std::max(last_seq_, row.seq);
}

// The cost follows the removed row, not the size of the state: a loop with
// keepLastN removes a few rows at every step.
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
  rows_bytes_ -= std::exchange(bytes_of_row_[i], 0);
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
  // `by_base_` is trimmed at its end only: a base may have many rows, and
  // lookups need the last one.
  if (auto base = by_base_.find(base_of(row)); base != by_base_.end()) {
    auto& rows = base->second;
    while (!rows.empty() && row_list::is_hole(rows_[rows.back()]))
      rows.pop_back();
    if (rows.empty())
      by_base_.erase(base);
  }
  update_joins(row, was_done);
}

void state::on(const inbox_changed& e) {
  auto& inbox = head_.inbox;
  for (auto i = inbox.begin(); i != inbox.begin() + e.removed; ++i)
    inbox_bytes_ -= weight_of(*i);
  for (auto& message : e.added)
    inbox_bytes_ += weight_of(message);
  history_bytes_ += weight_of(e);
  inbox.erase(inbox.begin(), inbox.begin() + e.removed);
  inbox.insert(inbox.end(), e.added.begin(), e.added.end());
}

} // namespace tutti::engine
