#include "storage/postgres/lane_shard.hpp"

#include <algorithm>

namespace tutti::storage::postgres {

void lane_shard::begin(const shard_head& now, uint64_t with_epoch) {
  epoch = std::max(now.epoch, with_epoch);
  commits = next_commits = now.commits;
  next_feed = now.feed_end;
  broken.clear();
}

void lane_shard::number(shard_group& x) {
  x.before = next_commits;
  x.feed_before = next_feed;
  next_commits = x.after();
  next_feed = x.feed_after();
  x.close();
}

std::string lane_shard::check(uint32_t shard, const shard_head& now) const {
  if (now.epoch > epoch || now.commits == commits)
    return {};
  auto where = "shard " + std::to_string(shard);
  if (now.commits < commits)
    return "the database has lost " + std::to_string(commits - now.commits)
           + " acknowledged commits of " + where
           + ": it was set back, or a standby without them took over";
  return "somebody else writes " + where + " with the same epoch";
}

} // namespace tutti::storage::postgres
