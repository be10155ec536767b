#pragma once

#include "actors/engine/state/state.hpp"

#include <string_view>
#include <unordered_map>
#include <vector>

namespace tutti::engine {

/// Which rows the flow made because of which: what a rerun takes back and what
/// it leaves alone (reference:operators). Made for one operator action: it
/// reads all rows once.
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
  /// Where a row stands in a list.
  struct step {
    const void* list; ///< identity only
    size_t index;
    const workflow_task* holder; ///< of the list; null at the top level
    int32_t iteration;           ///< in that holder, if it is a loop
    int32_t pass;
  };
  /// From the outside in.
  using path = std::vector<step>;
  path path_of(const task& row) const;

  const state& execution_;
};

} // namespace tutti::engine
