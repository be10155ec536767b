#pragma once

#include "actors/feed/feed_consumer.hpp"
#include "actors/feed/feed_retention.hpp"
#include "actors/support/self_timer.hpp"
#include "messages/interfaces.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

namespace tutti {

struct follower_settings {
  /// Minimum entries of a page; a page is consumed and stored as a whole.
  size_t page_entries = 2'000;
  /// Between two looks for news. The first news after a quiet time are read at
  /// once; under load a longer pause makes larger pages and fewer writes.
  std::chrono::milliseconds pause{1'000};
  /// So many entries of a shard that nobody needs any more are erased at once.
  uint64_t erase_entries_min = 1'000;
  std::chrono::milliseconds first_retry{100}, longest_retry{5'000};
};

struct follower_context {
  follower_settings settings;
  std::shared_ptr<feed_consumer> consumer;
  std::shared_ptr<storage::store> store;
  std::shared_ptr<feed_retention> retention;
  std::vector<uint64_t> epochs; ///< by shard
  /// Reads a page of a shard's feed after a position (`storage::read_feed`), on
  /// a thread that may block.
  std::function<void(uint32_t shard, uint64_t after, size_t limit,
                     reply<storage::feed_page> done)>
      read;
};

/// Results of what a follower requested, reported from any thread.
class follower_desk {
 public:
  struct event {
    enum class kind : uint8_t { opened, page_read, consumed, stored };
    kind what;
    uint32_t shard = 0;
    std::optional<failure> failed = {};
    feed_page_pointer page = {};
    feed_result result = {};
    storage::outcome outcome = storage::outcome::ok;
    feed_positions positions = {};
  };
  struct report {
    std::vector<event> events;
    std::set<uint32_t> news; ///< shards
    bool hurry = false;      ///< without the pause
  };

  /// True: wake the actor.
  bool add(event x);
  bool add_news(uint32_t shard);
  bool add_hurry();
  /// All events since the last call. Until `listen`, news do not wake the
  /// actor.
  report take();
  /// News wake the actor from now on; true: some have come already.
  bool listen();

 private:
  std::mutex mutex_;
  report waiting_;
  bool told_ = false, listening_ = false;
};

/// Follows the feeds of this node's shards for one consumer: reads a page,
/// passes it on, stores the new position, and erases entries that nobody needs
/// in the same write.
struct follower_state {
  static constexpr const char* name = "feed_follower";

  explicit follower_state(feed_follower_actor::pointer self) : self(self) {}

  void open(std::shared_ptr<const follower_context> context,
            const std::vector<storage::follower_mark>& marks);
  void look();

  feed_follower_actor::pointer self;

 private:
  using instant = std::chrono::steady_clock::time_point;
  enum class phase : uint8_t { idle, busy, stopped };
  struct shard_progress {
    phase now = phase::idle;
    bool news = false;         ///< there are entries after `position`
    uint64_t position = 0;     ///< stored
    uint64_t next = 0;         ///< being stored
    uint64_t erased = 0;       ///< entries before this one were erased by us
    uint32_t failures = 0;     ///< in a row
    instant retry = {};        ///< not before this instant
    bool more_at_once = false; ///< the last page was full
    bool hurried = false;      ///< somebody waits for what has come
  };

  /// The consumer keeps its positions itself: asks for them.
  void ask_for_positions();
  void opened(const follower_desk::event& x);
  void rebuild(uint32_t shard, uint64_t position);
  void read(uint32_t shard);
  void consume(uint32_t shard, feed_page_pointer page);
  void store_result(uint32_t shard, feed_result what);
  void stored(uint32_t shard, storage::outcome how);
  void fail(uint32_t shard, const failure& why);
  void bound_lag(uint32_t shard);
  /// Adds the erasure of what nobody needs when that is enough to be worth it.
  void add_erasure(uint32_t shard, uint64_t position, storage::batch& to);
  reply<feed_result> answer_of(uint32_t shard);
  std::function<void(follower_desk::event)> reporter() const;

  std::shared_ptr<const follower_context> context_;
  std::string follower_;
  std::shared_ptr<follower_desk> desk_;
  storage::store::feed_listening listening_;
  std::vector<shard_progress> shards_;
  instant quiet_until_ = {};
  self_timer self_timer_;
};

/// `marks` by shard, as they are stored.
feed_follower_actor::behavior_type
feed_follower(feed_follower_actor::stateful_pointer<follower_state> self,
              std::shared_ptr<const follower_context> context,
              std::vector<storage::follower_mark> marks);

/// The stored marks of a follower, by shard. Blocks.
result<std::vector<storage::follower_mark>>
load_marks(const storage::store& from, const std::string& follower);

} // namespace tutti
