#pragma once

#include "messages/interfaces.hpp"
#include "storage/store.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

namespace tutti {

/// Which rows of a shard an outbox has. A system that is away must not hold up
/// executions, so what goes to other systems is apart.
struct outbox_rows {
  std::string (*all)();
  std::string (*key)(uint64_t number);
  std::optional<uint64_t> (*number)(std::string_view key);

  static const outbox_rows to_executions, to_systems;
};

/// The outbox messages of a shard under delivery. Between one sender and one
/// receiver one message travels at a time, so they arrive in order; others
/// overtake. Messages beyond the credit stay in the store.
class outbox {
 public:
  using instant = std::chrono::steady_clock::time_point;

  /// Under way are at most `credit` messages, and none more once those have
  /// `bytes`: what they set off is commits of several times their size. In
  /// memory there are four times as many.
  explicit outbox(size_t credit, uint64_t bytes = UINT64_MAX / 8)
      : credit_(credit), bytes_(bytes) {}

  /// Adds a message that was just written.
  void add(stored_outbox_message x);

  /// The first stored outbox messages.
  struct page {
    std::vector<stored_outbox_message> outbox_messages;
    /// Numbers of unreadable rows.
    std::vector<uint64_t> damaged;
    bool more = false;
  };
  struct page_size {
    size_t messages = 0;
    uint64_t bytes = UINT64_MAX;
  };
  static result<page>
  read(const storage::store& from, uint32_t shard, page_size most,
       const outbox_rows& which = outbox_rows::to_executions);
  /// The number after the greatest one of both kinds of rows; for start-up.
  static result<uint64_t> next_number(const storage::store& from,
                                      uint32_t shard);
  /// How much to read: messages in memory come first and are read again.
  page_size next_page() const {
    return {4 * credit_ + outbox_messages_.size() + deleting_.size(),
            4 * bytes_ + held_bytes_};
  }
  /// Takes as many messages of the page as fit. The page must have been read
  /// after all `add` calls so far.
  void fill(page x);
  /// Messages were left in the store, and there is room again.
  bool must_fill() const;

  /// Messages to send now; they count as travelling.
  struct departure {
    stored_outbox_message what;
    /// Added when it was written, and not sent before.
    bool first_time = false;
  };
  std::vector<departure> take(instant now);
  /// Delivered; its row may be erased.
  void arrived(uint64_t number);
  /// It will be sent again, after a growing pause.
  void failed(uint64_t number, instant now);
  /// Rows to erase. They are remembered until `deleted`, so that a read that
  /// still sees them does not send them again.
  std::vector<uint64_t> take_arrived();
  void deleted(const std::vector<uint64_t>& numbers);

  /// When a failed message is due; `instant::max()` when there is none.
  instant next() const;
  size_t travelling() const { return travelling_; }
  bool idle() const { return outbox_messages_.empty() && arrived_.empty(); }

 private:
  struct entry {
    stored_outbox_message what;
    std::string lane;
    uint64_t bytes = 0;
    bool sent_before = false;
    uint32_t attempts = 0;
  };
  using number = uint64_t;

  bool full() const {
    return outbox_messages_.size() >= 4 * credit_ || held_bytes_ >= 4 * bytes_;
  }
  void add(stored_outbox_message x, bool is_new);

  size_t credit_;
  uint64_t bytes_;
  std::map<number, entry> outbox_messages_;
  /// Numbers per sender and receiver; the front travels or waits for it.
  std::unordered_map<std::string, std::set<number>> lanes_;
  std::deque<number> ready_;
  std::multimap<instant, number> waiting_;
  std::vector<number> arrived_;
  std::set<number> deleting_;
  size_t travelling_ = 0;
  uint64_t travelling_bytes_ = 0, held_bytes_ = 0;
  bool behind_ = false;
};

} // namespace tutti
