#pragma once

#include "storage/commit_figures.hpp"
#include "storage/feed_listeners.hpp"
#include "storage/store.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
} // namespace rocksdb

namespace tutti::storage {

/// The only thread that writes. Submitters encode their commits into the
/// waiting group; while one group is being synced, the next one fills. The
/// writer never waits for a group to fill.
class group_writer {
 public:
  struct counters {
    uint64_t commits = 0;
    uint64_t fenced = 0;
    uint64_t refused = 0;
    uint64_t groups = 0;
    uint64_t bytes_written = 0;
    uint64_t bytes_waiting = 0;
    std::string failure;
  };

  /// Of each shard, as stored.
  struct shard_heads {
    std::vector<uint64_t> epochs, feed_ends;
  };

  struct bounds {
    /// A group is closed when it reaches this size.
    size_t group_bytes = size_t{4} << 20;
    size_t commit_bytes = default_commit_bytes_max;
  };

  group_writer(::rocksdb::DB& db,
               std::vector<::rocksdb::ColumnFamilyHandle*> families,
               shard_heads heads, bounds most,
               std::shared_ptr<commit_figures> figures = {});

  /// Writes and answers waiting commits.
  ~group_writer();

  group_writer(const group_writer&) = delete;
  group_writer& operator=(const group_writer&) = delete;

  void submit(commit what, std::function<void(outcome)> finished);
  result<uint64_t> acquire(uint32_t shard, std::string_view owner);
  void flush();

  store::feed_listening listen(store::feed_listener told) {
    return listeners_.add(std::move(told));
  }
  uint64_t feed_end(uint32_t shard) const {
    return shard < durable_feed_.size() ? durable_feed_[shard].load() : 0;
  }

  /// Takes no more commits from here on; returns the first reason.
  std::string fail(std::string why);

  counters count() const;

 private:
  struct group;

  group& open_group(size_t bytes);
  std::unique_ptr<group> new_group() const;
  void wake(std::unique_lock<std::mutex>& lock);
  void answer_at(std::function<void(outcome)> finished, outcome what);
  void run();
  void write(group& work);
  void count(const group& work);
  void finish(const std::function<void(outcome)>& told, const outcome& what);

  ::rocksdb::DB& db_;
  const std::vector<::rocksdb::ColumnFamilyHandle*> families_;
  const size_t group_bytes_max_, commit_bytes_max_;
  const std::shared_ptr<commit_figures> figures_; ///< null: nothing counts

  mutable std::mutex mutex_;
  std::condition_variable ready_;
  shard_heads heads_; ///< as of the newest group
  std::deque<std::unique_ptr<group>> waiting_;
  /// Empty shared groups with their memory.
  std::vector<std::unique_ptr<group>> spares_;
  bool idle_ = false;
  bool stop_ = false;
  counters count_;
  std::vector<std::atomic<uint64_t>> durable_feed_; ///< by shard
  feed_listeners listeners_;

  /// Of the writer's thread: answers that could not be given.
  struct late_answer {
    std::function<void(outcome)> finished;
    outcome what;
  };
  std::vector<late_answer> late_;

  std::thread thread_; ///< last: starts when all other members exist
};

} // namespace tutti::storage
