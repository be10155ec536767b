#pragma once

#include "actors/queue/queue_rank.hpp"

#include <optional>
#include <set>
#include <vector>

namespace tutti {

/// Tasks that become visible later, ordered by that instant.
class delayed_list {
 public:
  void push(waiting_task x, int64_t wake_at) {
    rows_.insert({wake_at, std::move(x)});
  }
  bool erase(const waiting_task& x, int64_t wake_at) {
    return rows_.erase({wake_at, x}) > 0;
  }

  std::optional<int64_t> next() const {
    if (rows_.empty())
      return std::nullopt;
    return rows_.begin()->wake_at;
  }

  /// Removes the tasks that are visible now.
  std::vector<waiting_task> take_due(int64_t now) {
    std::vector<waiting_task> out;
    while (!rows_.empty() && rows_.begin()->wake_at <= now)
      out.push_back(std::move(rows_.extract(rows_.begin()).value().task));
    return out;
  }

  /// The list must not be empty.
  waiting_task pop_latest() {
    return std::move(rows_.extract(std::prev(rows_.end())).value().task);
  }
  int64_t latest() const { return rows_.rbegin()->wake_at; }

  size_t size() const { return rows_.size(); }

 private:
  struct row {
    int64_t wake_at;
    waiting_task task;
    bool operator<(const row& x) const {
      if (wake_at != x.wake_at)
        return wake_at < x.wake_at;
      return best_first{}(task, x.task);
    }
  };

  std::set<row> rows_;
};

} // namespace tutti
