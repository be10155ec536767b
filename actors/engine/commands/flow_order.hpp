#pragma once

#include "actors/engine/state.hpp"

#include <string_view>
#include <unordered_map>
#include <vector>

namespace tutti::engine {

/// Which rows the flow made because of which: what a rerun takes back and what
/// it leaves alone (engine.md §1.5). Made for one operator action: it reads all
/// rows once.
class flow_order {
 public:
  explicit flow_order(const state& execution) : execution_(execution) {}

  /// The flow reached `other` through `target`: it stands behind it or inside
  /// it, or is a later attempt of it. Not so what stands before it, what holds
  /// it, and the other branches of a fork around it.
  bool follows(const task& other, const task& target) const;

  /// The rows that wait for what `target` does: JOINs of the forks around it,
  /// the loops and scopes that hold it, innermost first.
  std::vector<state::row_index> waiting_for(const task& target) const;

 private:
  /// Where a task stands, from the outside in.
  struct step {
    const void* list; ///< identity only
    size_t index;
    const workflow_task* task;
    bool parallel; ///< the list is one of several that run side by side
    state::row_index within; ///< the row that holds the list, or no_row
    std::string_view suffix; ///< of the row that stands there
  };
  using path = std::vector<step>;
  path path_of(const task& row) const;
  /// Rows of the loops around a row, from the outside in, then the row.
  std::vector<const task*> loops_of(const task& row) const;

  const state& execution_;
};

} // namespace tutti::engine
