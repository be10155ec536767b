#pragma once

#include "actors/engine/state/state.hpp"

#include <unordered_map>

namespace tutti::engine {

/// What open JOINs and loops show, out of the outputs of others, and scopes
/// that undo. Nothing keeps definitions from letting JOINs wait for each other
/// in a circle, share what they wait for, or stand in a long row: each row is
/// asked once, and one that is asked for while it answers, or too far away, has
/// nothing to show.
class output_view {
 public:
  explicit output_view(const state& execution) : execution_(execution) {}

  /// Good while this lives and until the next event.
  const payload& of(const task& row);

 private:
  const state& execution_;
  std::unordered_map<const task*, payload> known_;
  size_t depth_ = 0;
};

} // namespace tutti::engine
