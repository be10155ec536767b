#pragma once

#include "storage/store.hpp"

#include <memory>

namespace tutti::storage {

/// The embedded store: one RocksDB in one directory, one thread that writes.
/// While one synced write runs, the next group of commits collects itself.
class rocksdb_store final : public store {
 public:
  struct settings {
    /// Fixed when the directory is made.
    uint32_t shards = 16;
    /// One cache for all families.
    size_t cache_bytes = 256u << 20;
    /// A group is closed when its operations hold this much.
    size_t group_bytes_max = 4u << 20;
    /// Memory of `default` before it is written out; more means less
    /// rewriting and a longer recovery.
    size_t write_buffer_bytes = 64u << 20;
    /// Logs together hold at most about this much: bounds the recovery time.
    size_t log_bytes_max = 256u << 20;
    /// Threads that flush and compact.
    int background_jobs = 2;
  };

  struct figures {
    uint64_t commits = 0; ///< answered, whatever the answer
    uint64_t fenced = 0;
    uint64_t groups = 0;        ///< synced writes
    uint64_t bytes_written = 0; ///< into the log, before compaction
    uint64_t bytes_waiting = 0; ///< handed in and not yet durable
    uint64_t bytes_on_disk = 0;
    /// Why the store takes no more commits; empty while it works.
    std::string failure;

    double commits_per_group() const {
      return groups ? static_cast<double>(commits) / static_cast<double>(groups)
                    : 0;
    }
  };

  /// Makes the directory when it is not there. Refuses a directory that is in
  /// use, is not a Tutti store, was made with another number of shards or by a
  /// version with a newer format.
  static result<std::unique_ptr<rocksdb_store>> open(const std::string& path,
                                                     const settings& how);

  /// Writes and answers what waits, then closes.
  ~rocksdb_store() override;

  uint32_t shards() const override;

  /// Waits for the disk; not for use in a `finished` callback.
  result<uint64_t> acquire(uint32_t shard, std::string_view owner) override;

  /// A commit that cannot be written stops the store for good: an fsync that
  /// failed cannot be repeated safely. All later commits are unavailable.
  void submit(commit what, std::function<void(outcome)> finished) override;

  /// A failure names the directory and, in the engine's words, the file.
  result<std::optional<std::string>> get(uint32_t shard,
                                         std::string_view key) const override;
  result<page> read(uint32_t shard, key_range which,
                    page_bounds most) const override;

  feed_listening listen(feed_listener told) override;
  uint64_t feed_end(uint32_t shard) const override;

  /// Waits for the disk; not for use in a `finished` callback.
  void flush() override;

  figures statistics() const;

 private:
  struct impl;

  explicit rocksdb_store(std::unique_ptr<impl> state);

  std::unique_ptr<impl> impl_;
};

} // namespace tutti::storage
