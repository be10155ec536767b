#include "actors/queue/ready_list.hpp"

namespace tutti {

namespace ready_list_detail {

/// A queue with many definitions (HTTP) must not keep the names of all it ever
/// had.
constexpr size_t empty_groups_max = 64;

} // namespace ready_list_detail

void ready_list::push(waiting_task x) {
  auto i = groups_.find(x.limited_by);
  if (i == groups_.end())
    i = groups_.emplace(x.limited_by, group{}).first;
  size_ += i->second.rows.insert(std::move(x)).second ? 1 : 0;
}

// The caller may not know which definition limits the row.
bool ready_list::erase(const waiting_task& x) {
  auto from = [&](groups::iterator i) {
    auto row = i->second.rows.find(x);
    if (row == i->second.rows.end())
      return false;
    take(i, row);
    return true;
  };
  if (auto i = groups_.find(x.limited_by); i != groups_.end() && from(i))
    return true;
  for (auto i = groups_.begin(); i != groups_.end(); ++i)
    if (from(i))
      return true;
  return false;
}

ready_list::groups::const_iterator ready_list::best_group() const {
  auto out = groups_.end();
  for (auto i = groups_.begin(); i != groups_.end(); ++i) {
    auto& [rows, blocked] = i->second;
    if (blocked || rows.empty())
      continue;
    if (out == groups_.end()
        || best_first{}(*rows.begin(), *out->second.rows.begin()))
      out = i;
  }
  return out;
}

const waiting_task* ready_list::best() const {
  auto i = best_group();
  return i == groups_.end() ? nullptr : &*i->second.rows.begin();
}

waiting_task ready_list::take(groups::iterator from,
                              std::set<waiting_task, best_first>::iterator i) {
  auto& rows = from->second.rows;
  auto out = std::move(rows.extract(i).value());
  --size_;
  if (rows.empty() && !from->second.blocked
      && groups_.size() > ready_list_detail::empty_groups_max)
    groups_.erase(from);
  return out;
}

waiting_task ready_list::pop() {
  auto i = groups_.find(best_group()->first);
  return take(i, i->second.rows.begin());
}

ready_list::groups::const_iterator ready_list::worst_group() const {
  auto out = groups_.end();
  for (auto i = groups_.begin(); i != groups_.end(); ++i) {
    auto& rows = i->second.rows;
    if (!rows.empty()
        && (out == groups_.end()
            || best_first{}(*out->second.rows.rbegin(), *rows.rbegin())))
      out = i;
  }
  return out;
}

const waiting_task& ready_list::worst() const {
  return *worst_group()->second.rows.rbegin();
}

waiting_task ready_list::pop_worst() {
  auto i = groups_.find(worst_group()->first);
  return take(i, std::prev(i->second.rows.end()));
}

void ready_list::block(const std::string& limited_by) {
  groups_[limited_by].blocked = true;
}

bool ready_list::unblock(const std::string& limited_by) {
  auto i = groups_.find(limited_by);
  return i != groups_.end() && std::exchange(i->second.blocked, false);
}

bool ready_list::blocked(const std::string& limited_by) const {
  auto i = groups_.find(limited_by);
  return i != groups_.end() && i->second.blocked;
}

std::optional<size_t> ready_list::position(const waiting_task& x) const {
  size_t before = 0;
  bool here = false;
  for (auto& [name, some] : groups_) {
    auto i = some.rows.lower_bound(x);
    before += size_t(std::distance(some.rows.begin(), i));
    here = here || (i != some.rows.end() && same_row(*i, x));
  }
  return here ? std::optional(before) : std::nullopt;
}

std::vector<ready_list::limit> ready_list::limits() const {
  std::vector<limit> out;
  for (auto& [name, some] : groups_)
    if (!name.empty() && (some.blocked || !some.rows.empty()))
      out.push_back(
          {name, some.blocked, !some.rows.empty(),
           some.rows.empty() ? task_limit{} : some.rows.begin()->own_limit});
  return out;
}

// The best of each priority is its oldest.
std::optional<int64_t> ready_list::oldest() const {
  std::optional<int64_t> out;
  for (auto& [definition, group] : groups_) {
    auto i = group.rows.begin();
    while (i != group.rows.end()) {
      out = std::min(out.value_or(i->visible_at), i->visible_at);
      waiting_task last;
      last.priority = i->priority;
      last.visible_at = INT64_MAX;
      last.seq = INT32_MAX;
      i = group.rows.upper_bound(last);
    }
  }
  return out;
}

} // namespace tutti
