#include "actors/engine/loops/loop_output.hpp"
#include "actors/engine/scope/scope_compensation.hpp"
#include "actors/engine/scope/scope_rows.hpp"
#include "actors/engine/state/row_names.hpp"
#include "actors/engine/state/state.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

// Which loops can continue, and which row a reference means inside of one.

namespace tutti::engine {

namespace state_loops_detail {

std::string item_key(const std::string& loop, int32_t iteration,
                     std::string_view base) {
  std::string out = loop;
  out += '/';
  out += std::to_string(iteration);
  out += '/';
  return out.append(base);
}

} // namespace state_loops_detail

void state::update_loops(row_index i, bool open, bool works) {
  auto& row = rows_[i];
  if (is_loop(row)) {
    if (open)
      ready_loops_.insert(i);
    else
      ready_loops_.erase(i);
  }
  if (loops_.note(i, row, open, works))
    if (auto* loop = names_->find_id(row.parent_task_id))
      ready_loops_.insert(*loop);
}

bool state::loop_can_continue(row_index i) const {
  auto& loop = rows_[i];
  if (!is_loop(loop) || is_terminal(loop.status))
    return false;
  auto active = loops_.of(loop.task_id).working.size();
  return kind_of(loop).can_go_on(loop, active);
}

std::vector<state::row_index> state::take_ready_loops() {
  std::vector<row_index> out;
  for (auto i : std::exchange(ready_loops_, {}))
    if (loop_can_continue(i))
      out.push_back(i);
  return out;
}

bool state::in_open_loop(const task& row) const {
  if (row.parent_task_id.empty())
    return true;
  auto* loop = find(row.parent_task_id);
  if (!loop || !is_terminal(loop->status))
    return true;
  if (!is_scope(*loop))
    return false;
  // A SCOPE that compensation started may have been reopened.
  for (auto& around : holders_of(*this, row)) {
    auto& holder = rows_[around.row];
    if (&holder == loop)
      break;
    if (is_scope(holder) && !is_terminal(holder.status))
      return true;
  }
  return false;
}

bool state::has_pending_work() const {
  if (head_.status != workflow_status::running)
    return false;
  if (!unconsumed_.empty())
    return true;
  for (auto i : ready_joins_)
    if (is_ready(i))
      return true;
  for (auto i : ready_loops_)
    if (loop_can_continue(i))
      return true;
  return false;
}

// Inside a FOR_EACH a reference means the row of the same item, never a
// sibling's.

void state::add_to_items(row_index i) {
  const task* inner = &rows_[i];
  while (!inner->parent_task_id.empty()) {
    auto* loop = find(inner->parent_task_id);
    if (!loop)
      return;
    if (traits_of(*loop).body == body_kind::items)
      by_item_[state_loops_detail::item_key(loop->task_id, iteration_of(*inner),
                                            base_of(rows_[i]))]
          .push_back(i);
    inner = loop;
  }
}

const task* state::visible(std::string_view base, const position& from) const {
  // The FOR_EACH tasks around `from`. A row in the body of one of them is only
  // visible from its own item: not from other items, and not after an earlier
  // run of that loop.
  std::vector<std::string_view> around;
  auto meant = [&](const task& row) -> const task* {
    for (auto* inner = find(row.parent_task_id); inner;
         inner = find(inner->parent_task_id))
      if (std::find(around.begin(), around.end(), base_of(*inner))
          != around.end())
        return nullptr;
    return &row;
  };
  auto id = from.loop;
  auto iteration = from.iteration;
  std::string_view suffix = from.suffix;
  while (!id.empty()) {
    auto* outer = find(id);
    if (!outer)
      break;
    auto body = traits_of(*outer).body;
    if (body == body_kind::items) {
      auto it
          = by_item_.find(state_loops_detail::item_key(id, iteration, base));
      if (it != by_item_.end())
        for (auto i = it->second.rbegin(); i != it->second.rend(); ++i)
          if (!row_list::is_hole(rows_[*i]))
            return meant(rows_[*i]);
      around.push_back(base_of(*outer));
    } else if (body == body_kind::scope) {
      if (auto* compensated = compensated_at(*this, *outer, suffix)) {
        if (auto row = beside_compensated(*this, base, *outer, *compensated))
          return *row;
        outer = compensated;
      }
    }
    id = outer->parent_task_id;
    iteration = iteration_of(*outer);
    suffix = suffix_of(*outer);
  }
  auto* latest = last_of(base);
  if (around.empty() || !latest || meant(*latest))
    return latest;
  // The operator skipped the task before the loop reached it: that row is at
  // the top level, with seq 0.
  auto first = latest_index(base);
  return first != no_row && rows_[first].seq == 0 ? &rows_[first] : nullptr;
}

const task*
state::last_of(std::string_view base,
               const std::function<bool(const task&)>& meant) const {
  auto* last = last_of(base);
  if (!last || meant(*last))
    return last;
  if (auto it = by_base_.find(std::string(base)); it != by_base_.end())
    for (auto i = it->second.rbegin(); i != it->second.rend(); ++i)
      if (!row_list::is_hole(rows_[*i]) && meant(rows_[*i]))
        return &rows_[*i];
  auto plain = latest_index(base);
  return plain != no_row && base_of(rows_[plain]) == base && meant(rows_[plain])
             ? &rows_[plain]
             : nullptr;
}

const task* state::last_of(std::string_view base) const {
  auto plain = latest_index(base); // unless that row has a suffix
  if (plain != no_row && base_of(rows_[plain]) != base)
    plain = no_row;
  auto found
      = by_base_.empty() ? by_base_.end() : by_base_.find(std::string(base));
  auto latest = found == by_base_.end() ? plain : found->second.back();
  // SKIPPED rows (seq 0) count as the oldest.
  if (plain != no_row && rows_[plain].seq != 0)
    latest = std::max(latest, plain);
  return latest == no_row ? nullptr : &rows_[latest];
}

} // namespace tutti::engine
