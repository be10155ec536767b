#pragma once

#include "storage/store.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti::storage::postgres {

/// As the bound on waiting commits counts them: an empty one is not for free.
inline size_t weight_of(const commit& x) { return size_of(x) + 256; }

/// Commits of one shard and one epoch that become durable together, as the rows
/// they leave: a key occurs once. Sent again it stays as it is, so that the
/// shard's commit number tells whether it was written.
class shard_group {
 public:
  using instant = std::chrono::steady_clock::time_point;
  struct told {
    std::function<void(outcome)> finished;
    outcome what;       ///< other than ok: decided before it was written
    instant since = {}; ///< of a commit: its submission
  };
  struct row {
    std::string key;
    std::string value;
    bool erased = false;
    /// Of the operations; the last one of a key counts.
    size_t order = 0;
  };
  struct range {
    std::string from, to; ///< empty `to`: to the end of the shard
  };

  shard_group(uint32_t shard, uint64_t epoch) : shard(shard), epoch(epoch) {}

  /// Takes the operations over; they work in their order.
  void add(commit what, std::function<void(outcome)> finished,
           instant since = {});
  /// Nothing to write: answered in its turn.
  void add(std::function<void(outcome)> finished, outcome what) {
    answers.push_back({std::move(finished), std::move(what)});
  }

  bool writes() const { return commits > 0; }
  uint64_t after() const { return before + commits; }
  uint64_t feed_after() const { return feed_before + feed_entries; }

  /// Sorts by key and leaves the last row of each; then `rows` is what is
  /// written after `ranges`. Adds the row of the feed.
  void close();

  const uint32_t shard;
  uint64_t epoch;
  /// The shard's commit number and feed position before this group.
  uint64_t before = 0, feed_before = 0;
  uint64_t commits = 0;
  uint64_t feed_entries = 0;
  std::vector<row> rows;
  std::vector<range> ranges;
  std::vector<told> answers;
  size_t bytes = 0;
  /// It was sent, and the connection lost before an answer: only the commit
  /// number tells.
  bool doubtful = false;
  size_t tries = 0;

 private:
  void put(std::string key, std::string value, bool erased);
  void erase_range(std::string from, std::string to);

  std::string feed_;
  bool closed_ = false;
};

} // namespace tutti::storage::postgres
