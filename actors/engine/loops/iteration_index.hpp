#pragma once

#include "actors/engine/state/position.hpp"

#include <map>
#include <set>
#include <unordered_map>
#include <vector>

namespace tutti::engine {

/// Which rows belong to which iteration of which loop, and which iterations
/// have work left. An index of `state`: a loop continues without scanning its
/// rows.
class iteration_index {
 public:
  using row_index = uint32_t;

  struct body {
    /// Rows by iteration, in creation order. Includes rows inside of forks and
    /// switches, but not rows of inner loops.
    std::map<int32_t, std::vector<row_index>> rows;
    /// Number of rows per iteration that are open, or ended and not consumed;
    /// iterations without such rows are absent.
    std::map<int32_t, size_t> working;
    std::set<row_index> open;
  };

  /// The body of a loop's row; empty when it has none yet.
  const body& of(const std::string& loop_id) const;

  void add(row_index i, const task& row);
  /// `works`: the row is open, or ended and not consumed. True: its iteration
  /// has no work left.
  bool note(row_index i, const task& row, bool open, bool works);
  void remove(row_index i, const task& row);
  void clear();

 private:
  std::unordered_map<std::string, body> bodies_;
  std::vector<bool> works_; ///< by row
};

/// The iteration of the innermost loop around the row; 0: none.
int32_t iteration_of(const task& row);

} // namespace tutti::engine
