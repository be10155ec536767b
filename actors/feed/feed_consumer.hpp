#pragma once

#include "messages/reply.hpp"
#include "storage/feed.hpp"

#include <memory>
#include <string>

namespace tutti {

/// What a consumer made of a page, stored with the position behind the page in
/// one write.
struct feed_result {
  std::string state;   ///< comes back in `resume` after a restart
  storage::batch rows; ///< of the same shard
};

using feed_page_pointer = std::shared_ptr<const storage::feed_page>;

/// Who wants to know of every commit: the search index, listeners, counters. A
/// follower actor calls it, one call per shard at a time; calls of different
/// shards may overlap when answers come late.
class feed_consumer {
 public:
  virtual ~feed_consumer() = default;

  /// Under which its positions are stored, and its label in metrics.
  virtual std::string name() const = 0;

  /// What is stored of a shard. Called once per shard, first.
  virtual void resume(uint32_t shard, const storage::follower_mark& stored) = 0;

  /// The entries behind the last page that was stored. Whatever the consumer
  /// does outside of `feed_result` may happen twice: the page comes again when
  /// the node ends before the result is stored, or when `done` gets a failure.
  virtual void consume(uint32_t shard, feed_page_pointer page,
                       reply<feed_result> done)
      = 0;

  /// Entries up to `position` were erased before they were consumed. The
  /// consumer forgets what it has of the shard and begins anew; it gets the
  /// entries behind `position` next.
  virtual void rebuild(uint32_t shard, uint64_t position,
                       reply<feed_result> done)
      = 0;
};

} // namespace tutti
