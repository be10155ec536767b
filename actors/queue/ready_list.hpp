#pragma once

#include "actors/queue/queue_rank.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace tutti {

/// Tasks that may be handed out now: priority first, then age, then the order
/// in which they were made. The caller keeps task ids unique.
///
/// Tasks are kept apart by the definition whose limits count them, nearly
/// always one per queue, so that those a limit holds up are stepped over as a
/// whole.
class ready_list {
 public:
  void push(waiting_task x);
  bool erase(const waiting_task& x);

  /// The best that no limit holds up, or null.
  const waiting_task* best() const;
  /// Of a list that has a best one.
  waiting_task pop();
  /// Of a list that is not empty; blocked ones count.
  const waiting_task& worst() const;
  waiting_task pop_worst();

  /// Tasks that this definition limits are not the best until `unblock`.
  void block(const std::string& limited_by);
  bool unblock(const std::string& limited_by);
  bool blocked(const std::string& limited_by) const;

  /// How many stand before it; nothing when it is not here.
  std::optional<size_t> position(const waiting_task& x) const;
  /// Definitions that limit some of the tasks.
  struct limit {
    std::string definition;
    bool blocked = false;
    bool waiting = false; ///< there are such tasks
    task_limit own = {};  ///< of the best one
  };
  std::vector<limit> limits() const;

  /// Since when the oldest could be handed out, whatever its priority.
  std::optional<int64_t> oldest() const;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct group {
    std::set<waiting_task, best_first> rows;
    bool blocked = false;
  };
  using groups = std::map<std::string, group, std::less<>>;

  groups::const_iterator best_group() const;
  groups::const_iterator worst_group() const;
  waiting_task take(groups::iterator from,
                    std::set<waiting_task, best_first>::iterator i);

  groups groups_;
  size_t size_ = 0;
};

} // namespace tutti
