#pragma once

#include "actors/queue/delayed_list.hpp"
#include "actors/queue/ready_list.hpp"

#include <chrono>
#include <list>
#include <optional>
#include <unordered_map>

namespace tutti {

/// What a bounded look at the stored rows found.
struct queue_page {
  std::vector<waiting_task> ready, delayed;
  /// Ready rows from this rank on were not all looked at; none: all were.
  std::optional<queue_rank> ready_end;
  /// The same for delayed rows that become visible from this instant on.
  std::optional<int64_t> delayed_end;
  /// The page began at the queue's first row and also holds delayed ones.
  bool from_start = false;
  /// All rows of the queue, when they had to be counted.
  std::optional<size_t> total;
};

/// The part of a queue that is in memory: the rows that come next. The rest
/// stays in the store, counted, and is read when the window runs out.
///
/// All stored ready rows before `ready_end_` and all delayed rows before
/// `delayed_end_` are in the window, so a row is handed out only when nothing
/// outside can be better. Rows that a limit holds up are part of the window and
/// stepped over; when it is full of them, what lies behind waits with them. A
/// row that was handed out is remembered until its
/// withdrawal arrives: until then it is still in the store and would be read
/// again.
class queue_window {
 public:
  using instant = std::chrono::steady_clock::time_point;

  explicit queue_window(size_t rows_max) : rows_max_(rows_max) {}

  void offer(waiting_task x, int64_t now);
  void withdraw(const waiting_task& x);

  /// The best row, from now on handed out. Nothing: see `runs_dry`.
  std::optional<waiting_task> pop(int64_t now, instant when = {});
  /// A hand-out that failed: not to be tried again before `wake_at`.
  void give_back(const waiting_task& x, int64_t wake_at);

  /// Nothing may be handed out before more rows are read.
  bool runs_dry(int64_t now);
  /// Once it does not run dry: what `pop` answers, or null.
  const waiting_task* best() const;
  bool has_ready() const { return best() != nullptr; }

  /// Rows that this definition limits stay where they are until `unblock`.
  void block(const std::string& limited_by) { ready_.block(limited_by); }
  bool unblock(const std::string& limited_by) {
    return ready_.unblock(limited_by);
  }
  std::vector<ready_list::limit> limits() const { return ready_.limits(); }
  /// Where to read on; none: from the first row.
  std::optional<queue_rank> read_from() const;
  void load(queue_page page, int64_t now);
  /// Reads everything anew at the next look.
  void distrust() { ready_end_ = queue_rank::first(); }

  /// The instant at which a delayed row becomes ready.
  std::optional<int64_t> next_wake() const;

  /// Rows handed out before `before` whose withdrawal has not come.
  std::vector<waiting_task> overdue(instant before) const;
  std::optional<instant> oldest_hand_out() const;
  /// It is waiting again (or still).
  void reopen(const waiting_task& x, int64_t now);

  /// Waiting rows, in memory or not, delayed ones included.
  size_t size() const { return ready_.size() + delayed_.size() + outside_; }
  size_t in_memory() const { return ready_.size() + delayed_.size(); }
  size_t handed_out() const { return handed_.size(); }
  size_t ready() const { return ready_.size(); }
  size_t delayed() const { return delayed_.size(); }

  /// Where a row stands now.
  struct standing {
    enum class section : uint8_t { outside, ready, delayed, handed_out };
    section where = section::outside;
    /// Ready: how many stand before it.
    size_t position = 0;
    bool blocked = false; ///< by its limit
  };
  standing find(const waiting_task& x) const;

 private:
  enum class section : uint8_t { ready, delayed, handed };
  struct handed_row {
    waiting_task task;
    instant when;
  };
  struct entry {
    section where;
    int64_t visible_at;
    int32_t seq;
    int32_t priority;
    int64_t wake_at = 0;
    std::list<handed_row>::iterator handed = {};

    bool is(const waiting_task& x) const {
      return visible_at == x.visible_at && seq == x.seq
             && priority == x.priority;
    }
  };

  void promote(int64_t now);
  bool insert(waiting_task x, int64_t now);
  bool insert_ready(waiting_task x);
  bool insert_delayed(waiting_task x, int64_t wake_at);
  /// False: known already, or outside the window.
  bool learn(waiting_task x, int64_t now);
  void forget(const std::string& task_id, entry& e);

  const size_t rows_max_;
  ready_list ready_;
  delayed_list delayed_;
  std::list<handed_row> handed_; ///< oldest first
  std::unordered_map<std::string, entry> by_id_;
  std::optional<queue_rank> ready_end_ = queue_rank::first();
  std::optional<int64_t> delayed_end_;
  size_t outside_ = 0;
};

} // namespace tutti
