#pragma once

#include "messages/model/result.hpp"
#include "storage/page.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::storage {

/// One change of a batch. Keys are ordered bytes *within* a shard; the engine
/// adds the shard.
struct operation {
  enum class kind : uint8_t {
    put,
    erase,
    erase_range, ///< [key, value): `value` holds the exclusive upper bound,
                 ///< empty: the end of the shard
  };
  kind what;
  std::string key;
  std::string value;
};

using batch = std::vector<operation>;

/// What became of a commit.
class outcome {
 public:
  enum kind : uint8_t {
    ok,          ///< durable
    fenced,      ///< the shard has a newer epoch; nothing was written
    refused,     ///< the store takes no such commit; nothing was written, and
                 ///< the shard goes on
    unavailable, ///< the disk failed; the shard must stop and be recovered
  };

  outcome(kind what = ok) : what_(what) {}
  outcome(kind what, std::string why)
      : what_(what), why_(std::make_shared<const std::string>(std::move(why))) {
  }

  kind what() const { return what_; }
  /// For operators: what was refused; what failed, in the system's words, with
  /// directory and file. Empty when it is durable.
  std::string why() const { return why_ ? *why_ : std::string(); }

  friend bool operator==(const outcome& a, const outcome& b) {
    return a.what_ == b.what_;
  }

 private:
  kind what_;
  std::shared_ptr<const std::string> why_; ///< shared by a group of commits
};

/// "shard 3 cannot write: ...", for an outcome that stops a shard.
std::string why_shard_failed(uint32_t shard, const outcome& how);

/// A batch that is written completely or not at all.
struct commit {
  uint32_t shard = 0;
  uint64_t epoch = 0;
  batch operations;
  /// The entry for the shard's feed (storage/feed.hpp), or empty. It gets the
  /// next position.
  std::string feed = {};
};

/// As the bound on commits counts them.
size_t size_of(const commit& what);

/// `store.commit_mib_max`
constexpr size_t default_commit_bytes_max = size_t{256} << 20;

/// An ordered key space per shard with atomic batches and a fencing epoch.
/// Thread safe. Reads see every commit whose `done` was called.
class store {
 public:
  using row = std::function<bool(std::string_view key, std::string_view value)>;

  virtual ~store() = default;

  virtual uint32_t shards() const = 0;

  /// Takes ownership of a shard: increments and stores its epoch, so that
  /// commits of earlier owners are refused from now on.
  virtual result<uint64_t> acquire(uint32_t shard, std::string_view owner) = 0;

  /// Why the store takes no such commit, whatever the disk does. Whoever can
  /// still undo what he decided asks before he submits it: later commits may
  /// build on this one.
  std::optional<failure> refusal(const commit& what) const;

  virtual size_t commit_bytes_max() const { return default_commit_bytes_max; }

  /// Submits a commit, or throws std::bad_alloc and has not. `finished` runs on
  /// the store's thread once the batch is durable or refused, per shard in the
  /// order of submission. It must only post a message: no other commit is
  /// written while it runs.
  virtual void submit(commit what, std::function<void(outcome)> finished) = 0;

  // Reading waits for the disk, and for a network when the store is behind one:
  // not for threads that decide (messages/model/deciding_thread.hpp), which let
  // `readers` do it. A read that fails says so: errc::unavailable when it may
  // succeed later, errc::internal when what is stored cannot be read.

  virtual result<std::optional<std::string>>
  get(uint32_t shard, std::string_view key) const = 0;

  /// The first rows of a range, as many as fit into a page.
  virtual result<page> read(uint32_t shard, key_range which,
                            page_bounds most) const = 0;

  /// Rows with from <= key < to in key order (empty `to`: to the end of the
  /// shard) until `visit` returns false. Page by page: a row that is written
  /// meanwhile may be among the later ones. Who wants few says so in `most`.
  result<done> scan(uint32_t shard, std::string_view from, std::string_view to,
                    const row& visit, page_bounds most = {}) const;

  /// The same from the greatest key down.
  result<done> scan_backwards(uint32_t shard, std::string_view from,
                              std::string_view to, const row& visit,
                              page_bounds most = {}) const;

  /// Called with a shard and the position of its newest feed entry, on the
  /// store's thread, after that became durable: it must only post. Ends when
  /// the handle is dropped; a call under way may end after that.
  using feed_listener = std::function<void(uint32_t shard, uint64_t position)>;
  using feed_listening = std::shared_ptr<const feed_listener>;
  [[nodiscard]] virtual feed_listening listen(feed_listener told) = 0;

  /// The position of a shard's newest durable feed entry; 0: there was none
  /// yet. Costs no read.
  virtual uint64_t feed_end(uint32_t shard) const = 0;

  /// Returns when everything submitted before is durable.
  virtual void flush() = 0;

  /// Most rows of the shard's range were erased: their space is given back to
  /// the disk, aside and one range after another, while reads and commits go
  /// on. `finished` runs on the store's thread for it, or directly when there
  /// is nothing to give back; it must only post.
  virtual void compact(uint32_t /*shard*/, std::string /*from*/,
                       std::string /*to*/,
                       std::function<void(result<done>)> finished) {
    finished(done{});
  }

  /// Bytes of the files; 0: in memory.
  virtual uint64_t bytes_on_disk() const { return 0; }

  /// Caches shrink, or may grow again. From any thread.
  virtual void save_memory(bool) {}
  /// Sentences about what is damaged, as far as it was met.
  virtual std::vector<std::string> damage() const { return {}; }

 private:
  result<done> visit(uint32_t shard, key_range of, const row& each,
                     page_bounds most) const;
};

/// Set when the store has no such shard.
inline std::optional<failure> check_shard(uint32_t shard, uint32_t shards) {
  if (shard < shards)
    return std::nullopt;
  return failure{errc::invalid, "shard " + std::to_string(shard)
                                    + " is not one of the store's "
                                    + std::to_string(shards)};
}

} // namespace tutti::storage
