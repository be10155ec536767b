#pragma once

#include "messages/interfaces.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace tutti {

/// Executions of a shard whose last events may wait for their next commit. One
/// timer serves the whole shard; usually the commit comes first. Thread safe.
class deferred_commits {
 public:
  struct entry {
    workflow_actor who;
    /// Still true when the timer fires: the execution has to commit by itself.
    std::shared_ptr<const std::atomic<bool>> waits;
  };

  /// True when the list was empty: set the timer.
  bool add(entry x) {
    std::lock_guard guard{mutex_};
    entries_.push_back(std::move(x));
    return entries_.size() == 1;
  }
  std::vector<entry> take() {
    std::lock_guard guard{mutex_};
    return std::exchange(entries_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<entry> entries_;
};

} // namespace tutti
