#include "actors/feed/execution_counter.hpp"

#include <spdlog/spdlog.h>

namespace tutti {

void execution_counter::resume(uint32_t shard,
                               const storage::follower_mark& stored) {
  auto counts = storage::read_followed_counts(stored.state);
  if (!counts)
    spdlog::error("feed of shard {}: {}: counting begins anew", shard,
                  counts.failure().message);
  std::lock_guard guard{mutex_};
  counts_[shard] = counts ? *counts : storage::followed_counts{};
}

// Visible before it is stored: a crash undoes both, and the page is consumed
// again.
void execution_counter::consume(uint32_t shard, feed_page_pointer page,
                                reply<feed_result> done) {
  std::string state;
  {
    std::lock_guard guard{mutex_};
    for (auto& x : page->items)
      counts_[shard].add(x.what);
    state = storage::write(counts_[shard]);
  }
  done(feed_result{std::move(state), {}});
}

void execution_counter::rebuild(uint32_t shard, uint64_t,
                                reply<feed_result> done) {
  {
    std::lock_guard guard{mutex_};
    counts_[shard] = {};
  }
  done(feed_result{});
}

storage::followed_counts execution_counter::total() const {
  storage::followed_counts out;
  std::lock_guard guard{mutex_};
  for (auto& x : counts_)
    out += x;
  return out;
}

} // namespace tutti
