#pragma once

#include "actors/feed/feed_consumer.hpp"
#include "storage/followed_counts.hpp"

#include <mutex>
#include <vector>

namespace tutti {

/// Counts changes of executions, across restarts: the counts are stored with
/// their position. After missed entries (retention) it starts from zero. Thread
/// safe.
class execution_counter final : public feed_consumer {
 public:
  static constexpr const char* consumer_name = "counts";

  explicit execution_counter(uint32_t shards) : counts_(shards) {}

  std::string name() const override { return consumer_name; }
  void resume(uint32_t shard, const storage::follower_mark& stored) override;
  void consume(uint32_t shard, feed_page_pointer page,
               reply<feed_result> done) override;
  void rebuild(uint32_t shard, uint64_t position,
               reply<feed_result> done) override;

  /// Over all shards of this node.
  storage::followed_counts total() const;

 private:
  mutable std::mutex mutex_;
  std::vector<storage::followed_counts> counts_; ///< by shard, as stored last
};

} // namespace tutti
