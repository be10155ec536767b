#pragma once

#include "actors/scripts/script_service.hpp"

#include <chrono>
#include <deque>
#include <list>
#include <map>
#include <optional>

namespace tutti {

/// Scripts that wait for an evaluator. Groups take turns, and none runs more
/// than its share at once: a definition whose scripts never end takes its
/// share, not the node. First come, first served within a group.
class fair_queue {
 public:
  using instant = std::chrono::steady_clock::time_point;

  explicit fair_queue(size_t share) : share_(share) {}

  void push(script_job_pointer job, instant now);
  /// The next script in turn, pushed at `until` or before; it counts as running
  /// from now on. Null: none may begin.
  script_job_pointer take(instant until = instant::max());
  /// A script that `take` returned has ended.
  void ended(const std::string& group);
  /// When the longest waiting script that may begin was pushed.
  std::optional<instant> oldest() const;

  size_t size() const { return size_; }
  /// False when `most` scripts wait and the group has its equal part of `most`
  /// already: groups leave room for each other.
  bool admits(std::string_view group, size_t most) const;
  /// Removes and returns all waiting scripts.
  std::vector<script_job_pointer> clear();

 private:
  struct waiting {
    script_job_pointer job;
    instant since;
  };
  struct group {
    std::deque<waiting> jobs;
    size_t under_way = 0;
  };
  using groups = std::map<std::string, group, std::less<>>;

  bool may_begin(const group& x) const { return x.under_way < share_; }
  void forget_if_idle(groups::iterator it);

  size_t share_, size_ = 0;
  groups groups_;
  std::list<groups::iterator>
      turn_; ///< groups with waiting scripts, next one first
};

} // namespace tutti
