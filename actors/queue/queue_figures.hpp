#pragma once

#include "actors/metrics/metric.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tutti {

/// What one queue shows of itself. It writes, anybody reads.
struct queue_gauges {
  std::atomic<int64_t> depth{0}, delayed{0}, handed_out{0}, polls{0};
  /// Since when its oldest task in memory may be handed out, epoch ms; 0: none.
  std::atomic<int64_t> oldest_at{0};
  std::atomic<uint64_t> offered{0}, popped{0};
};

/// The gauges of a node's queues, by name (reference:metrics). Queues that left
/// memory with tasks keep theirs. Thread safe.
class queue_table {
 public:
  /// More queues than that are not shown: those with the fewest tasks.
  explicit queue_table(size_t shown_max) : shown_max_(shown_max) {}

  std::shared_ptr<queue_gauges> of(const std::string& name);
  /// The queue left memory; it is forgotten if nothing waits in it.
  void left(const std::string& name);
  /// Rows of a queue that is not in memory were added, were erased.
  void offered(const std::string& name, size_t rows);
  void erased(const std::string& name, size_t rows);

  /// Tasks that wait, by what Conductor calls a queue: the type of a task.
  std::map<std::string, int64_t> depths_by_type() const;
  std::vector<metric> metrics(int64_t now_ms) const;

 private:
  using entry = std::pair<std::string, std::shared_ptr<const queue_gauges>>;
  std::vector<entry> deepest(size_t& left_out) const;

  const size_t shown_max_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<queue_gauges>, std::less<>> queues_;
};

} // namespace tutti
