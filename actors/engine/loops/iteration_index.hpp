#pragma once

#include "actors/engine/state/position.hpp"

#include <map>
#include <set>
#include <unordered_map>
#include <vector>

namespace tutti::engine {

/// Which rows belong to which iteration of which loop, and where work is left.
/// Derived: kept up to date by `state`, so that a loop goes on without looking
/// at its rows.
class iteration_index {
 public:
  using row_index = uint32_t;

  struct body {
    /// Rows of each iteration in the order they were made, rows inside of its
    /// forks and switches included, rows of loops inside of it not.
    std::map<int32_t, std::vector<row_index>> rows;
    /// How many rows of an iteration are open or not consumed yet; iterations
    /// without such rows are left out.
    std::map<int32_t, size_t> working;
    std::set<row_index> open;
  };

  /// The body of a loop's row; empty when it has none yet.
  const body& of(const std::string& loop_id) const;

  void add(row_index i, const task& row);
  /// Works: open, or ended and not consumed. True when this was the last work
  /// of its iteration, or there is none.
  bool note(row_index i, const task& row, bool open, bool works);
  void remove(row_index i, const task& row);
  void clear();

 private:
  std::unordered_map<std::string, body> bodies_;
  std::vector<bool> works_; ///< by row
};

/// The iteration of the loop around a row.
int32_t iteration_of(const task& row);

} // namespace tutti::engine
