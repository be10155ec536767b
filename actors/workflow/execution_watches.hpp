#pragma once

#include "messages/requests/waits.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace tutti {

/// Who watches the executions of a shard. Kept beside them, so that an
/// execution may sleep while clients wait for it. Thread safe.
class execution_watches {
 public:
  using watch = envelope<watch_execution>;

  /// Costs one load: asked with each commit.
  bool none() const { return count_.load(std::memory_order_relaxed) == 0; }
  size_t count() const { return count_.load(std::memory_order_relaxed); }

  /// False: `most` others watch that execution. A watch that comes again
  /// replaces itself.
  bool add(watch& x, size_t most);
  void end(const std::string& workflow_id, uint64_t watch_id);
  /// Removes those of an execution for which `met` holds, oldest first.
  std::vector<watch> take(const std::string& workflow_id,
                          const std::function<bool(const watch&)>& met);

 private:
  std::atomic<size_t> count_{0};
  std::mutex mutex_;
  std::unordered_map<std::string, std::vector<watch>> by_execution_;
};

} // namespace tutti
