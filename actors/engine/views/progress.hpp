#pragma once

#include "actors/engine/state/state.hpp"

#include <string>
#include <vector>

namespace tutti::engine {

/// What clients that wait for an execution ask of it (reference:waiting).
struct progress {
  bool ended = false;
  /// One of the references has ended.
  bool reached = false;
  /// The first task that waits for a client and for no instant; null: none.
  const task* blocking = nullptr;
  /// A task waits for a signal, also one that waits for an instant as well.
  bool takes_signals = false;
  /// Open sub-workflows that are known to exist, in the order of their tasks.
  std::vector<std::string> children;
};

/// Costs what is open, up to `children_max` children, and the references.
progress progress_of(const state& x, const std::vector<std::string>& references,
                     size_t children_max);

} // namespace tutti::engine
