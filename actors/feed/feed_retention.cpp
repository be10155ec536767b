#include "actors/feed/feed_retention.hpp"

#include <algorithm>

namespace tutti {

void feed_retention::add(const std::string& follower,
                         const std::vector<storage::follower_mark>& marks) {
  for (uint32_t shard = 0; shard < marks.size(); ++shard)
    passed(follower, shard, marks[shard].position);
}

void feed_retention::passed(const std::string& follower, uint32_t shard,
                            uint64_t position) {
  std::lock_guard guard{mutex_};
  progress_[follower].positions[shard] = position;
}

void feed_retention::rebuilt(const std::string& follower) {
  std::lock_guard guard{mutex_};
  ++progress_[follower].rebuilds;
}

uint64_t feed_retention::needed_from(const std::string& follower,
                                     uint32_t shard, uint64_t position) const {
  auto end = end_of(shard);
  auto slowest = std::min(position, end);
  {
    std::lock_guard guard{mutex_};
    for (auto& [name, x] : progress_) {
      auto at = x.positions.find(shard);
      if (name != follower && at != x.positions.end())
        slowest = std::min(slowest, at->second);
    }
  }
  return std::max(slowest, end > lag_max_ ? end - lag_max_ : 0);
}

std::vector<feed_retention::report> feed_retention::reports() const {
  std::vector<report> out;
  std::lock_guard guard{mutex_};
  for (auto& [name, x] : progress_) {
    report next{name, 0, 0, x.rebuilds};
    for (auto [shard, position] : x.positions) {
      auto end = end_of(shard);
      next.position += position;
      next.lag += end > position ? end - position : 0;
    }
    out.push_back(std::move(next));
  }
  return out;
}

} // namespace tutti
