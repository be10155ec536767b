#pragma once

#include "actors/queue/queue_rank.hpp"

#include <set>

namespace tutti {

/// Tasks that may be handed out now: priority first, then age, then the order
/// in which they were made. The caller keeps task ids unique.
class ready_list {
 public:
  void push(waiting_task x) { rows_.insert(std::move(x)); }
  bool erase(const waiting_task& x) { return rows_.erase(x) > 0; }

  /// Of a list that is not empty.
  const waiting_task& best() const { return *rows_.begin(); }
  const waiting_task& worst() const { return *rows_.rbegin(); }
  waiting_task pop() { return take(rows_.begin()); }
  waiting_task pop_worst() { return take(std::prev(rows_.end())); }

  size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }

 private:
  using rows = std::set<waiting_task, best_first>;

  waiting_task take(rows::iterator i) {
    return std::move(rows_.extract(i).value());
  }

  rows rows_;
};

} // namespace tutti
