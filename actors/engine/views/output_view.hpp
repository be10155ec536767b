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
  /// Of what readers see. An output that a row gets has its own limit.
  static constexpr size_t bytes_max = size_t(16) << 20;

  explicit output_view(const state& execution, size_t most = bytes_max)
      : execution_(execution), most_(most) {}

  /// What collects outputs stops soon after this size: a reader misses the
  /// rest, and a row cannot have it.
  size_t most() const { return most_; }

  /// Valid as long as the view, and until the next event.
  const payload& of(const task& row);

 private:
  const state& execution_;
  size_t most_;
  std::unordered_map<const task*, payload> known_;
  size_t depth_ = 0;
};

} // namespace tutti::engine
