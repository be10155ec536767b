#pragma once

#include "storage/index/rows.hpp"
#include "storage/index/sketch.hpp"
#include "storage/index/sqlite/sqlite.hpp"

#include <map>
#include <tuple>

namespace tutti::index {

/// Counts rows as they come and go, and durations as executions end. Sums of a
/// transaction are held back until it ends: most rows meet in a few of them.
class sum_writer {
 public:
  explicit sum_writer(const database& to);

  // Names are given as their numbers; -1 takes a row away.
  void add(const workflow_row& x, int64_t type, int64_t times);
  void add(const task_row& x, int64_t type, int64_t definition, int64_t times);
  void add_task(int64_t type, int64_t definition, int64_t status,
                int64_t times);
  void flush();
  void forget();

 private:
  using three = std::tuple<int64_t, int64_t, int64_t>;
  struct sums {
    int64_t count = 0, total = 0;
    std::map<int64_t, int64_t> durations; ///< and how often
  };

  void flush_rollups();
  static void flush(std::map<three, int64_t>& x, statement& add,
                    statement& erase);

  statement find_rollup_, put_rollup_, erase_rollup_;
  statement add_tally_, erase_tally_, add_task_tally_, erase_task_tally_;
  std::map<three, sums> rollups_;         ///< by hour of the end, type, status
  std::map<three, int64_t> tallies_;      ///< by day of the begin, type, status
  std::map<three, int64_t> task_tallies_; ///< by type, definition, status
};

} // namespace tutti::index
