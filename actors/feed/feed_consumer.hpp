#pragma once

#include "messages/reply.hpp"
#include "storage/feed.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tutti {

/// The consumer's result for a page, stored together with the position after
/// it.
struct feed_result {
  std::string state;   ///< given to `resume` after a restart
  storage::batch rows; ///< of the same shard
  /// Of a consumer that keeps its positions, after a rebuild: where it stands.
  std::optional<uint64_t> position = {};
};

using feed_page_pointer = std::shared_ptr<const storage::feed_page>;

/// Where a consumer stands that keeps its positions with its own data, by
/// shard; nullopt: its data of that shard is lost or was never made.
using feed_positions = std::vector<std::optional<uint64_t>>;

/// Consumes every commit: a search index, listeners, counters. A follower actor
/// calls it with one page per shard at a time; calls of different shards may
/// overlap.
class feed_consumer {
 public:
  virtual ~feed_consumer() = default;

  /// Names its stored positions and its metrics.
  virtual std::string name() const = 0;

  /// The stored position and state of a shard. Called first, once per shard.
  virtual void resume(uint32_t shard, const storage::follower_mark& stored) = 0;

  /// True: the consumer stores its positions in one write with its own data,
  /// elsewhere. The follower then asks for them with `open`, stores nothing but
  /// erasures, and ignores `feed_result`; `done` of a page means that the page
  /// and its position are stored.
  virtual bool keeps_positions() const { return false; }
  /// Called first and once, instead of `resume`. Until it is answered, entries
  /// of the feed stay, up to the bound on lag. May take long.
  virtual void open(reply<feed_positions> done) { done(feed_positions{}); }

  /// The entries after the last stored page. Side effects outside of
  /// `feed_result` may happen twice: the page is repeated when the node ends
  /// before the result is stored, or when `done` gets a failure.
  virtual void consume(uint32_t shard, feed_page_pointer page,
                       reply<feed_result> done)
      = 0;

  /// `hurry` ends the follower's pause before its next look: somebody waits for
  /// what was committed by now. Called first; from any thread, and safe after
  /// the follower's end.
  virtual void when_hurried(std::function<void()> /*hurry*/) {}

  /// Entries up to `position` were erased before they were consumed. The
  /// consumer discards its data of the shard and rebuilds it; it gets the
  /// entries after `position` next.
  virtual void rebuild(uint32_t shard, uint64_t position,
                       reply<feed_result> done)
      = 0;
};

} // namespace tutti
