#pragma once

#include "storage/feed.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tutti {

/// Which feed entries are still needed: those that a follower of this node has
/// not passed, but at most `lag_max` per shard. Thread safe.
class feed_retention {
 public:
  /// Metrics may outlive the store.
  feed_retention(std::weak_ptr<const storage::store> store, uint64_t lag_max)
      : store_(std::move(store)), lag_max_(lag_max) {}

  /// A follower and what is stored for it, by shard. All of them are added
  /// before the first one runs, because whatever these have passed is erased.
  void add(const std::string& follower,
           const std::vector<storage::follower_mark>& marks);
  /// It is stored at that position now.
  void passed(const std::string& follower, uint32_t shard, uint64_t position);
  void rebuilt(const std::string& follower);

  /// Entries before the result are not needed once `follower` is stored at
  /// `position`. Never beyond the newest entry.
  uint64_t needed_from(const std::string& follower, uint32_t shard,
                       uint64_t position) const;

  /// Over all shards of this node.
  struct report {
    std::string follower;
    uint64_t position = 0; ///< entries passed
    uint64_t lag = 0;      ///< entries not passed yet
    uint64_t rebuilds = 0;
  };
  std::vector<report> reports() const;

 private:
  struct progress {
    std::map<uint32_t, uint64_t> positions;
    uint64_t rebuilds = 0;
  };

  uint64_t end_of(uint32_t shard) const {
    auto store = store_.lock();
    return store ? store->feed_end(shard) : 0;
  }

  const std::weak_ptr<const storage::store> store_;
  const uint64_t lag_max_;
  mutable std::mutex mutex_;
  std::map<std::string, progress> progress_;
};

} // namespace tutti
