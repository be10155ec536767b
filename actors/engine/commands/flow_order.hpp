#pragma once

#include "actors/engine/state/state.hpp"

#include <string_view>
#include <unordered_map>
#include <vector>

namespace tutti::engine {

/// Which rows the flow created because of which: a rerun removes those and
/// leaves the others (reference:operators). Built for one operator command;
/// reads all rows once.
class flow_order {
 public:
  explicit flow_order(const state& execution) : execution_(execution) {}

  /// The flow reached `other` through `target`: it is a successor, a row inside
  /// of it, or a later attempt. Not predecessors, containers, or rows in other
  /// branches of a fork around it.
  bool follows(const task& other, const task& target) const;

  /// The rows that wait for `target`: JOINs of the forks around it, and the
  /// loops and scopes that hold it, innermost first.
  std::vector<state::row_index> waiting_for(const task& target) const;

 private:
  /// A row's index in a list.
  struct step {
    const void* list; ///< identity only
    size_t index;
    const workflow_task* holder; ///< of the list; null at the top level
    int32_t iteration;           ///< in that holder, if it is a loop
    int32_t pass;
  };
  /// Outermost first.
  using path = std::vector<step>;
  path path_of(const task& row) const;

  const state& execution_;
};

} // namespace tutti::engine
