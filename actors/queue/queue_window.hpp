#pragma once

#include "actors/queue/delayed_list.hpp"
#include "actors/queue/ready_list.hpp"

#include <chrono>
#include <list>
#include <optional>
#include <unordered_map>

namespace tutti {

/// A page of stored rows.
struct queue_page {
  std::vector<waiting_task> ready, delayed;
  /// Ready rows from this rank on were not all read; nullopt: all were.
  std::optional<queue_rank> ready_end;
  /// The same for delayed rows that become visible from this instant on.
  std::optional<int64_t> delayed_end;
  /// The page begins at the queue's first row and includes delayed rows.
  bool from_start = false;
  /// Number of the queue's rows, if they were counted.
  std::optional<size_t> total;
};

/// The part of a queue in memory: the next rows. The others stay in the store,
/// counted, and are read when the window runs dry.
///
/// All stored ready rows before `ready_end_` and all delayed rows before
/// `delayed_end_` are in the window, so a row is handed out only if no row
/// outside can be better. Rows that a limit blocks stay in the window and are
/// skipped; when it is full of them, rows after it wait with them. A handed-out
/// row is remembered until its withdrawal arrives: until then it is still
/// stored and would be read again.
class queue_window {
 public:
  using instant = std::chrono::steady_clock::time_point;

  explicit queue_window(size_t rows_max) : rows_max_(rows_max) {}

  void offer(waiting_task x, int64_t now);
  void withdraw(const waiting_task& x);

  /// Removes the best row: it counts as handed out. nullopt: see `runs_dry`.
  std::optional<waiting_task> pop(int64_t now, instant when = {});
  /// The hand-out failed: not again before `wake_at`.
  void give_back(const waiting_task& x, int64_t wake_at);

  /// More rows must be read before the next hand-out.
  bool runs_dry(int64_t now);
  /// What `pop` would return, or null; only valid if the window does not run
  /// dry.
  const waiting_task* best() const;
  bool has_ready() const { return best() != nullptr; }

  /// Rows limited by this definition are skipped until `unblock`.
  void block(const std::string& limited_by) { ready_.block(limited_by); }
  bool unblock(const std::string& limited_by) {
    return ready_.unblock(limited_by);
  }
  std::vector<ready_list::limit> limits() const { return ready_.limits(); }
  /// Where the next read begins; nullopt: at the first row.
  std::optional<queue_rank> read_from() const;
  void load(queue_page page, int64_t now);
  /// The next read starts from the beginning.
  void distrust() { ready_end_ = queue_rank::first(); }

  /// When the next delayed row becomes visible.
  std::optional<int64_t> next_wake() const;

  /// Rows handed out before `before` and not withdrawn yet.
  std::vector<waiting_task> overdue(instant before) const;
  std::optional<instant> oldest_hand_out() const;
  /// The row waits again (or still).
  void reopen(const waiting_task& x, int64_t now);

  /// All waiting rows, in memory or not, delayed ones included.
  size_t size() const { return ready_.size() + delayed_.size() + outside_; }
  size_t in_memory() const { return ready_.size() + delayed_.size(); }
  size_t handed_out() const { return handed_.size(); }
  size_t ready() const { return ready_.size(); }
  /// Of the rows in memory that are ready.
  std::optional<int64_t> oldest() const { return ready_.oldest(); }
  size_t delayed() const { return delayed_.size(); }

  /// Where a row is now.
  struct standing {
    enum class section : uint8_t { outside, ready, delayed, handed_out };
    section where = section::outside;
    /// Ready: the number of rows before it.
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
  /// False: the row is known already, or outside of the window.
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
