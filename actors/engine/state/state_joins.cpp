#include "actors/engine/state/state_parts.hpp"

#include <nlohmann/json.hpp>

#include <utility>

// Which references each open join waits for, and which joins can complete.

namespace tutti::engine {

std::vector<std::string> joined_references(const task& join, const char* key) {
  std::vector<std::string> out;
  auto& input = join.input.json();
  auto it = input.is_object() ? input.find(key) : input.end();
  if (it != input.end() && it->is_array())
    for (auto& x : *it)
      if (x.is_string())
        out.push_back(x.get<std::string>());
  return out;
}

size_t state::missing(row_index join) const {
  auto it = joins_.find(join);
  return it == joins_.end() ? 0 : it->second->missing;
}

std::vector<state::row_index> state::take_ready_joins() {
  std::vector<row_index> out;
  for (auto i : std::exchange(ready_joins_, {}))
    if (is_ready(i))
      out.push_back(i);
  return out;
}

bool state::is_ready(row_index join) const {
  auto it = joins_.find(join);
  if (it == joins_.end())
    return false;
  return it->second->exclusive ? exclusive_result(join) != no_row
                               : it->second->missing == 0;
}

// reference:exclusive-join#waiting: the first named row there is, if it has
// ended; else the first default one.
state::row_index state::exclusive_result(row_index join) const {
  for (auto key : {"joinOn", "defaultExclusiveJoinTask"})
    for (auto& name : joined_references(rows_[join], key)) {
      auto i = latest_index(name);
      if (i == no_row || rows_[i].status == task_status::skipped)
        continue;
      if (is_done(name))
        return i;
      break;
    }
  return no_row;
}

bool state::is_done(std::string_view reference) const {
  auto* row = latest(reference);
  return row && is_terminal(row->status);
}

void state::watch(row_index join) {
  auto watch = std::make_unique<join_watch>();
  watch->references = joined_references(rows_[join]);
  watch->exclusive = traits_of(rows_[join]).joins == join_rule::any;
  if (watch->exclusive)
    for (auto& name :
         joined_references(rows_[join], "defaultExclusiveJoinTask"))
      watch->references.push_back(std::move(name));
  for (auto& reference : watch->references) {
    names_->at(reference).joined.push_back(join);
    watch->missing += is_done(reference) ? 0 : 1;
  }
  if (watch->missing == 0 || watch->exclusive)
    ready_joins_.insert(join);
  joins_[join] = std::move(watch);
}

void state::unwatch(row_index join) {
  auto it = joins_.find(join);
  if (it == joins_.end())
    return;
  for (auto& reference : it->second->references) {
    auto* by = names_->find(reference);
    if (!by) // the reference is listed twice
      continue;
    by->forget_join(join);
    names_->drop_unused(*by);
  }
  joins_.erase(it);
  ready_joins_.erase(join);
}

void state::update_joins(const task& row, bool was_done) {
  auto* name = names_->find(row.reference_name);
  bool done = name && !name->made.empty()
              && is_terminal(rows_[name->made.back()].status);
  if (!name || done == was_done)
    return;
  for (auto join : name->joined) {
    auto& watch = *joins_[join];
    watch.missing += done ? size_t(-1) : 1;
    if (watch.missing == 0 || (watch.exclusive && done))
      ready_joins_.insert(join);
  }
}

} // namespace tutti::engine
