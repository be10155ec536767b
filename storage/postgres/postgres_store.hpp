#pragma once

#include "storage/commit_figures.hpp"
#include "storage/store.hpp"

#include <chrono>
#include <memory>

namespace tutti::storage {

/// A store in PostgreSQL, or in what speaks its protocol. Several nodes may use
/// one: the epoch says whose shard it is.
class postgres_store final : public store {
 public:
  /// A database with a range of the store's shards. A commit never crosses
  /// shards, so volume grows with their number.
  struct database {
    std::string url; ///< postgresql://user@host:port/name, or keyword=value
    uint32_t first_shard = 0, shards = 0;
  };

  struct settings {
    /// All shards, each once, in order.
    std::vector<database> databases;
    /// To each database; each writes the commits of some of its shards.
    size_t write_connections = 2;
    size_t read_connections = 4;
    std::chrono::milliseconds statement_timeout{10'000};
    /// Commits that are not answered yet. Beyond that they are `unavailable`.
    size_t waiting_bytes_max = size_t{256} << 20;
    /// A group of commits is closed when it reaches this size.
    size_t group_bytes_max = size_t{4} << 20;
    size_t commit_bytes_max = default_commit_bytes_max;
    /// How long `open` waits for a database that is away.
    std::chrono::milliseconds open_wait{30'000};
    /// Called from any thread with a sentence for the operator.
    std::function<void(const std::string&)> told = {};
    /// Counts here, if somebody wants to know.
    std::shared_ptr<commit_figures> counts = {};
  };

  /// One database with all shards.
  static std::vector<database> all_in(std::string url, uint32_t shards) {
    return {{std::move(url), 0, shards}};
  }

  struct figures {
    uint64_t commits = 0; ///< durable
    uint64_t fenced = 0;
    uint64_t refused = 0;
    uint64_t groups = 0;     ///< transactions
    uint64_t statements = 0; ///< of all kinds, reads included
    uint64_t repeated = 0;   ///< groups that met another transaction, or
                             ///< took too long
    uint64_t connects = 0;   ///< of writers
    uint64_t bytes_waiting = 0;
  };

  /// Refuses a database without a store, with another number of shards, of an
  /// older or newer format.
  static result<std::unique_ptr<postgres_store>> open(const settings& how);

  /// Writes and answers waiting commits; when a database is away, they are
  /// `unavailable`.
  ~postgres_store() override;

  uint32_t shards() const override;
  size_t commit_bytes_max() const override;

  /// Waits for the database; do not call it in a `finished` callback.
  result<uint64_t> acquire(uint32_t shard, std::string_view owner) override;

  /// While the database is away commits wait. `unavailable`: it refused for
  /// good, too much waits, or the store was closed.
  void submit(commit what, std::function<void(outcome)> finished) override;

  result<std::optional<std::string>> get(uint32_t shard,
                                         std::string_view key) const override;
  result<page> read(uint32_t shard, key_range which,
                    page_bounds most) const override;

  feed_listening listen(feed_listener told) override;
  /// Of a shard that others own: as of the last time that it was ours.
  uint64_t feed_end(uint32_t shard) const override;

  /// Waits for the database; do not call it in a `finished` callback.
  void flush() override;

  /// As the server says; 0 when it cannot. On a thread that decides: what it
  /// said last, at most a minute ago while the store is read.
  uint64_t bytes_on_disk() const override;

  /// What it waits for.
  std::vector<std::string> damage() const override;

  figures statistics() const;

 private:
  struct impl;
  explicit postgres_store(std::unique_ptr<impl> state);

  std::unique_ptr<impl> impl_;
};

} // namespace tutti::storage
