#pragma once

#include "messages/interfaces.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace tutti {

/// Executions of a shard whose last events wait for a commit to ride on. One
/// timer serves the whole shard; most commits come before it does. Thread safe.
class deferred_commits {
 public:
  struct entry {
    workflow_actor who;
    /// Still true: nothing came, it has to write by itself.
    std::shared_ptr<const std::atomic<bool>> waits;
  };

  /// True when the list was empty: its timer is to be set.
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
