#include "actors/engine/decision/deadlines.hpp"
#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/state/state_parts.hpp"
#include "actors/engine/task_kind.hpp"
#include "actors/engine/views/output_view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::engine {

state::state() : names_(std::make_unique<row_names>()) {}
state::~state() = default;
state::state(state&&) noexcept = default;
state& state::operator=(state&&) noexcept = default;

std::string queue_name(const task& row) {
  std::string out;
  out.reserve(row.domain.size() + 1 + row.task_type.size());
  if (!row.domain.empty())
    out.append(row.domain).append(":");
  out.append(row.task_type);
  if (!row.execution_name_space.empty())
    out.append("@").append(row.execution_name_space);
  if (!row.isolation_group_id.empty())
    out.append("-").append(row.isolation_group_id);
  return out;
}

void state::apply(const event& e) {
  std::visit([this](auto& x) { on(x); }, e);
}

void state::apply(const revision& r) {
  for (auto& e : r.events)
    apply(e);
  if (r.history_bytes > 0)
    history_bytes_ = r.history_bytes;
  revision_ = r.number;
  compact();
}

void state::compact() {
  if (!rows_.is_sparse())
    return;
  rows_.compact();
  rebuild();
}

// Lookups

const task* state::find(std::string_view task_id) const {
  auto* i = names_->find_id(task_id);
  return i ? &rows_[*i] : nullptr;
}

state::row_index state::index_of(const task& row) const {
  auto* i = names_->find_id(row.task_id);
  return i ? *i : no_row;
}

std::span<const state::row_index>
state::rows_of(std::string_view reference) const {
  auto* found = names_->find(reference);
  if (!found)
    return {};
  return {found->made.data(), found->made.size()};
}

state::row_index state::latest_index(std::string_view reference) const {
  auto rows = rows_of(reference);
  return rows.empty() ? no_row : rows.back();
}

const task* state::latest(std::string_view reference) const {
  auto i = latest_index(reference);
  return i == no_row ? nullptr : &rows_[i];
}

std::vector<std::string> state::references() const {
  std::vector<std::string> out;
  for (auto& [base, rows] : by_base_)
    out.push_back(base);
  names_->for_each([&](auto& x) {
    if (!x.made.empty() && !state_detail::has_suffix(rows_[x.made.back()]))
      out.push_back(x.name);
  });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

state::row_index state::first_open(std::string_view base) const {
  auto it = open_by_base_.find(std::string(base));
  return it == open_by_base_.end() ? no_row : *it->second.begin();
}

std::vector<const task*> state::rows_in_order() const {
  std::vector<const task*> out;
  out.reserve(rows_.count());
  for (auto& row : rows_)
    out.push_back(&row);
  std::stable_sort(out.begin(), out.end(),
                   [](auto* a, auto* b) { return a->seq < b->seq; });
  return out;
}

std::vector<state::row_index> state::due(int64_t now) const {
  std::vector<row_index> out;
  for (auto it = deadlines_.begin(); it != deadlines_.end() && it->first <= now;
       ++it)
    out.push_back(it->second);
  std::sort(out.begin(), out.end());
  return out;
}

int64_t state::next_deadline() const {
  if (!exists() || is_terminal(head_.status))
    return 0;
  if (has_pending_work())
    return std::max<int64_t>(1, head_.create_time);
  auto next = workflow_deadline(head_);
  // A paused execution checks its tasks' deadlines when it is resumed.
  if (head_.status == workflow_status::running
      && head_.slot != slot_state::waiting && !deadlines_.empty()) {
    auto row = deadlines_.begin()->first;
    next = next == 0 ? row : std::min(next, row);
  }
  return next;
}

bool state::shows_more(const task& row) const {
  return kind_of(row).shows_more(row);
}

payload state::visible_output(const task& row) const {
  return output_view(*this).of(row);
}

} // namespace tutti::engine
