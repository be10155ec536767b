#pragma once

#include "actors/engine/state/state.hpp"

#include <unordered_map>

namespace tutti::engine {

/// The outputs that open JOINs, loops and compensating SCOPEs show, built from
/// the outputs of other rows. JOINs may wait for each other in a circle, share
/// references, or form a long chain. Therefore each row is built once per view;
/// a row inside of its own output, or nested too deeply, shows an empty output.
class output_view {
 public:
  explicit output_view(const state& execution) : execution_(execution) {}

  /// Valid as long as the view, and until the next event.
  const payload& of(const task& row);

 private:
  const state& execution_;
  std::unordered_map<const task*, payload> known_;
  size_t depth_ = 0;
};

} // namespace tutti::engine
