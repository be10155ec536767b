#pragma once

#include "actors/scripts/script_service.hpp"

#include <chrono>
#include <deque>
#include <list>
#include <map>
#include <optional>

namespace tutti {

/// Scripts that wait for an evaluator. Groups get theirs in turn, and none has
/// more than its share under way: a definition whose scripts never end takes
/// its share, not the node. Within a group first come, first served.
class fair_queue {
 public:
  using instant = std::chrono::steady_clock::time_point;

  explicit fair_queue(size_t share) : share_(share) {}

  void push(script_job_pointer job, instant now);
  /// The next in turn, which is under way from now on; null: none may begin.
  /// Of those alone that were pushed at `until` or before.
  script_job_pointer take(instant until = instant::max());
  /// One that was taken has ended.
  void ended(const std::string& group);
  /// Since when the one that waits longest waits, of those that may begin.
  std::optional<instant> oldest() const;

  size_t size() const { return size_; }
  /// There is room for another one, out of `most` for all: a group has to leave
  /// room to the others that wait.
  bool admits(std::string_view group, size_t most) const;
  /// Everything that waits, taken out.
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
  std::list<groups::iterator> turn_; ///< groups that wait, the next one first
};

} // namespace tutti
