#pragma once

#include "storage/store.hpp"

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace tutti {

/// The next deadlines of a shard: all stored rows up to a horizon, in memory.
/// Later rows are read when the horizon is reached.
class timer_window {
 public:
  static constexpr int64_t never = std::numeric_limits<int64_t>::max();

  timer_window(size_t rows_max, int64_t retry_ms)
      : rows_max_(rows_max), retry_ms_(retry_ms) {}

  /// The stored deadline of that execution is now `due`; 0: it has none.
  void set(const std::string& id, int64_t due);

  /// Executions to call now. Each is returned again after `retry_ms`, until its
  /// row has moved.
  std::vector<std::string> take_due(int64_t now);

  /// The instant at which `take_due` or `refill` has work; `never`: not before
  /// a `set`.
  int64_t next() const;

  bool must_refill(int64_t now) const;

  /// Stored rows from a horizon on.
  struct page {
    std::vector<std::pair<int64_t, std::string>> rows; ///< due, id
    int64_t horizon = never; ///< rows that are due from here on are left out
  };
  static result<page> read(const storage::store& from, uint32_t shard,
                           int64_t horizon, size_t rows_max);
  int64_t horizon() const { return horizon_; }
  size_t room() const {
    return rows_.size() < rows_max_ ? rows_max_ - rows_.size() : 0;
  }
  /// A page that was read from the horizon on, after the last `set`.
  void refill(page x);

  size_t size() const { return rows_.size(); }
  /// 0 when the window has no row of that execution.
  int64_t due_of(const std::string& id) const;

 private:
  struct row {
    int64_t due = 0; ///< as stored
    int64_t next_call
        = 0; ///< later than `due` after a call that changed nothing
  };
  void insert(const std::string& id, int64_t due);
  void erase(const std::string& id);

  size_t rows_max_;
  int64_t retry_ms_;
  std::unordered_map<std::string, row> rows_;
  std::set<std::pair<int64_t, std::string>> order_;
  /// Every stored row that is due before this is in memory.
  int64_t horizon_ = 0;
};

} // namespace tutti
