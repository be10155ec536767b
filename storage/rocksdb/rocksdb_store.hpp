#pragma once

#include "storage/commit_figures.hpp"
#include "storage/store.hpp"

#include <memory>

namespace tutti::storage {

/// The embedded store: one RocksDB database in one directory, one writer
/// thread. While one synced write runs, the next group of commits collects.
class rocksdb_store final : public store {
 public:
  struct settings {
    /// Fixed when the directory is created.
    uint32_t shards = 16;
    /// One cache for all families.
    size_t cache_bytes = 256u << 20;
    /// A group is closed when its operations reach this size.
    size_t group_bytes_max = 4u << 20;
    /// A larger commit is refused. At most 1 GiB, because RocksDB stores
    /// lengths in 32 bits.
    size_t commit_bytes_max = default_commit_bytes_max;
    /// Memtable size of `default`; more means less rewriting and a longer
    /// recovery.
    size_t write_buffer_bytes = 64u << 20;
    /// Bound on the memtables of all families together; 0: none.
    size_t write_buffers_bytes_max = 0;
    /// Approximate bound on all logs together, which bounds the recovery time.
    size_t log_bytes_max = 256u << 20;
    /// Threads that flush and compact.
    int background_jobs = 2;
    /// Goes on without acknowledged commits when a log is damaged before them
    /// (`check_logs`).
    bool accept_loss = false;
    /// Called from any thread with a sentence for the operator: what was lost,
    /// and damage, each once.
    std::function<void(const std::string&)> told = {};
    /// Counts here, if somebody wants to know.
    std::shared_ptr<commit_figures> figures = {};
  };

  struct figures {
    uint64_t commits = 0; ///< answered with any outcome
    uint64_t fenced = 0;
    uint64_t refused = 0;
    uint64_t groups = 0;        ///< synced writes
    uint64_t bytes_written = 0; ///< into the log, before compaction
    uint64_t bytes_waiting = 0; ///< submitted and not yet durable
    uint64_t bytes_on_disk = 0;
    /// Why the store refuses commits; empty while it works.
    std::string failure;

    double commits_per_group() const {
      return groups ? static_cast<double>(commits) / static_cast<double>(groups)
                    : 0;
    }
  };

  /// Creates the directory if it is missing. Refuses a directory that is in
  /// use, is not a Tutti store, was created with another number of shards or
  /// has a newer format.
  static result<std::unique_ptr<rocksdb_store>> open(const std::string& path,
                                                     const settings& how);

  /// The number of shards that the store of a directory was made with;
  /// errc::not_found when it holds none. Reads only, also while it is in use.
  static result<uint32_t> shards_of(const std::string& path);

  /// Writes and answers waiting commits, then closes.
  ~rocksdb_store() override;

  uint32_t shards() const override;
  size_t commit_bytes_max() const override;

  /// Waits for the disk; do not call it in a `finished` callback.
  result<uint64_t> acquire(uint32_t shard, std::string_view owner) override;

  /// A failed write stops the store for good, because a failed fsync cannot be
  /// repeated safely. All later commits are unavailable.
  void submit(commit what, std::function<void(outcome)> finished) override;

  /// A failure names the directory and, in the engine's words, the file.
  result<std::optional<std::string>> get(uint32_t shard,
                                         std::string_view key) const override;
  result<page> read(uint32_t shard, key_range which,
                    page_bounds most) const override;

  feed_listening listen(feed_listener told) override;
  uint64_t feed_end(uint32_t shard) const override;

  /// Waits for the disk; do not call it in a `finished` callback.
  void flush() override;

  /// On a thread of its own, one range after another. Whatever was erased from
  /// the range then takes no space any more.
  void compact(uint32_t shard, std::string from, std::string to,
               std::function<void(result<done>)> finished) override;
  uint64_t bytes_on_disk() const override;

  void save_memory(bool x) override;
  std::vector<std::string> damage() const override;

  figures statistics() const;

 private:
  struct impl;

  explicit rocksdb_store(std::unique_ptr<impl> state);

  std::unique_ptr<impl> impl_;
};

} // namespace tutti::storage
