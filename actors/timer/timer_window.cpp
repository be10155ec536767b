#include "actors/timer/timer_window.hpp"

#include "storage/keys.hpp"

namespace tutti {

void timer_window::set(const std::string& id, int64_t due) {
  if (auto it = rows_.find(id); it != rows_.end()) {
    if (it->second.due == due)
      return;
    erase(id);
  }
  if (due != 0 && due < horizon_)
    insert(id, due);
  // Too many near deadlines: the latest ones leave the window again.
  while (rows_.size() > 2 * rows_max_) {
    auto last = std::prev(order_.end())->second;
    horizon_ = std::min(horizon_, rows_.at(last).due);
    erase(last);
  }
}

void timer_window::insert(const std::string& id, int64_t due) {
  rows_[id] = {due, due};
  order_.emplace(due, id);
}

void timer_window::erase(const std::string& id) {
  auto it = rows_.find(id);
  order_.erase({it->second.next_call, id});
  rows_.erase(it);
}

std::vector<std::string> timer_window::take_due(int64_t now) {
  std::vector<std::string> out;
  while (!order_.empty() && order_.begin()->first <= now) {
    auto id = order_.begin()->second;
    order_.erase(order_.begin());
    auto& x = rows_.at(id);
    x.next_call = now + retry_ms_;
    order_.emplace(x.next_call, id);
    out.push_back(std::move(id));
  }
  return out;
}

int64_t timer_window::next() const {
  auto first = order_.empty() ? never : order_.begin()->first;
  return rows_.size() < rows_max_ ? std::min(first, horizon_) : first;
}

bool timer_window::must_refill(int64_t now) const {
  return horizon_ <= now && rows_.size() < rows_max_;
}

result<timer_window::page> timer_window::read(const storage::store& from,
                                              uint32_t shard, int64_t horizon,
                                              size_t rows_max) {
  namespace keys = storage::keys;
  page out;
  auto visit = [&](std::string_view key, std::string_view) {
    auto row = keys::read_timer(key);
    if (!row)
      return true;
    // Rows of one instant stay together: the horizon is an instant.
    auto last = out.rows.empty() ? horizon : out.rows.back().first;
    if (out.rows.size() >= rows_max && row->due != last) {
      out.horizon = row->due;
      return false;
    }
    out.rows.emplace_back(row->due, std::move(row->id));
    return true;
  };
  auto all = from.scan(shard, keys::timer(horizon, {}),
                       keys::after(keys::all_timers()), visit);
  if (!all)
    return std::move(all).failure();
  return out;
}

void timer_window::refill(page x) {
  for (auto& [due, id] : x.rows) {
    if (rows_.contains(id))
      erase(id);
    insert(id, due);
  }
  horizon_ = x.horizon;
}

int64_t timer_window::due_of(const std::string& id) const {
  auto it = rows_.find(id);
  return it == rows_.end() ? 0 : it->second.due;
}

} // namespace tutti
