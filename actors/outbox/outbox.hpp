#pragma once

#include "messages/interfaces.hpp"
#include "storage/store.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>

namespace tutti {

/// The outbox messages of a shard on their way. Between one sender and one
/// addressee one outbox message travels at a time, so they arrive in order;
/// everybody else's pass by. Outbox messages that do not fit wait in the store.
class outbox {
 public:
  using instant = std::chrono::steady_clock::time_point;

  explicit outbox(size_t credit) : credit_(credit) {}

  /// Just written.
  void add(stored_outbox_message x);

  /// The first outbox messages of a store.
  struct page {
    std::vector<stored_outbox_message> outbox_messages;
    /// Numbers of rows that cannot be read.
    std::vector<uint64_t> damaged;
    bool more = false;
  };
  static result<page> read(const storage::store& from, uint32_t shard,
                           size_t outbox_messages_max);
  /// The number after the greatest one; for start-up.
  static result<uint64_t> next_number(const storage::store& from,
                                      uint32_t shard);
  /// How many to read: those that are here come first and are read again.
  size_t page_size() const {
    return 4 * credit_ + outbox_messages_.size() + deleting_.size();
  }
  /// Takes what fits of a page that was read after everything that was added.
  void fill(page x);
  /// Outbox messages were left in the store and there is room again.
  bool must_fill() const;

  /// Those that may go now; they count as travelling.
  struct departure {
    stored_outbox_message what;
    /// It was added when it was written, and never left before.
    bool first_time = false;
  };
  std::vector<departure> take(instant now);
  /// It needs no more delivery; its row may be deleted.
  void arrived(uint64_t number);
  /// It will be taken again, later each time.
  void failed(uint64_t number, instant now);
  /// Rows to delete. They stay known until `deleted`, so that a read that still
  /// sees them does not send them again.
  std::vector<uint64_t> take_arrived();
  void deleted(const std::vector<uint64_t>& numbers);

  /// When a failed one is due; `instant::max()` when none waits.
  instant next() const;
  size_t travelling() const { return travelling_; }
  bool idle() const { return outbox_messages_.empty() && arrived_.empty(); }

 private:
  struct entry {
    stored_outbox_message what;
    std::string lane;
    bool sent_before = false;
    uint32_t attempts = 0;
  };
  using number = uint64_t;

  bool full() const { return outbox_messages_.size() >= 4 * credit_; }
  void add(stored_outbox_message x, bool is_new);

  size_t credit_;
  std::map<number, entry> outbox_messages_;
  /// Numbers per sender and addressee; the front travels or waits to.
  std::unordered_map<std::string, std::set<number>> lanes_;
  std::deque<number> ready_;
  std::multimap<instant, number> waiting_;
  std::vector<number> arrived_;
  std::set<number> deleting_;
  size_t travelling_ = 0;
  bool behind_ = false;
};

} // namespace tutti
