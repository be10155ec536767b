#pragma once

#include "storage/feed_listeners.hpp"
#include "storage/store.hpp"

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>

namespace tutti::storage {

/// A store in memory: for tests, simulation and trials.
///
/// `finished` runs on the submitting thread, outside of the store's lock. When
/// several threads submit at once, or a callback submits, the thread that is
/// already answering runs all callbacks, one after another.
///
/// With `writes::by_hand` commits are held until the test writes or drops them,
/// so that a simulation can stop between any two writes. Readers do not see
/// held commits; fencing is checked when a commit is written.
class memory_store final : public store {
 public:
  enum class writes : uint8_t { at_once, by_hand };

  explicit memory_store(uint32_t shards, writes when = writes::at_once,
                        size_t commit_bytes_max = default_commit_bytes_max);
  ~memory_store() override;

  uint32_t shards() const override;
  size_t commit_bytes_max() const override { return commit_bytes_max_; }
  result<uint64_t> acquire(uint32_t shard, std::string_view owner) override;
  void submit(commit what, std::function<void(outcome)> finished) override;
  result<std::optional<std::string>> get(uint32_t shard,
                                         std::string_view key) const override;
  result<page> read(uint32_t shard, key_range which,
                    page_bounds most) const override;

  feed_listening listen(feed_listener told) override;
  uint64_t feed_end(uint32_t shard) const override;

  /// By hand: writes all held commits.
  void flush() override;

  /// Number of held commits.
  size_t held() const;

  /// Writes and answers up to `n` held commits, oldest first; returns how many.
  size_t flush_some(size_t n);

  /// The next write fails, and all later ones until `crash`: like a disk that
  /// cannot sync.
  void fail_next();

  /// Reads fail from here on, or work again: what a network that is gone looks
  /// like.
  void fail_reads(bool x) { fail_reads_ = x; }

  /// The process dies and comes back: the first `written` held commits have
  /// reached the disk but nobody was told, the others are gone. No callback of
  /// any of them runs. Rows and epochs stay, a failed disk works again.
  void crash(size_t written = 0);

 private:
  struct held_commit {
    commit what;
    std::function<void(outcome)> finished;
  };
  struct answer {
    std::function<void(outcome)> finished;
    outcome what;
    uint32_t shard = 0;
    uint64_t fed = 0; ///< position of its feed entry; 0: it has none
  };
  using rows = std::map<std::string, std::string, std::less<>>;
  struct shard_state {
    uint64_t epoch = 0;
    uint64_t feed_end = 0;
    std::shared_ptr<rows> now = std::make_shared<rows>();
  };
  class view;

  /// The answer to send; the caller fills in `finished`.
  answer write(commit& what);
  void tell(answer& x);
  std::optional<failure> refuse_read(uint32_t shard) const;
  void answer_all();

  const writes when_;
  const size_t commit_bytes_max_;
  mutable std::mutex mutex_;
  mutable std::vector<shard_state> shards_;
  std::deque<held_commit> held_;
  std::deque<answer> answers_;
  feed_listeners listeners_;
  bool answering_ = false;
  std::atomic<bool> fail_reads_{false};
  bool fail_next_ = false;
  bool failed_ = false;
};

} // namespace tutti::storage
