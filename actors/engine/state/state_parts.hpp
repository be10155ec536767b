#pragma once

#include "actors/engine/state/row_names.hpp"
#include "actors/engine/state/state.hpp"

// Shared by state*.cpp; nobody else includes this.

namespace tutti::engine {

/// The references that an open JOIN waits for; `missing` of them are not done.
struct state::join_watch {
  std::vector<std::string> references;
  size_t missing = 0;
  /// EXCLUSIVE_JOIN: one done reference may be enough.
  bool exclusive = false;
};

namespace state_detail {

inline bool has_suffix(const task& row) {
  return row.reference_name.size() > base_of(row).size();
}

inline bool is_dynamic_fork(const task& row) {
  return traits_of(row).brings_branches;
}

} // namespace state_detail

} // namespace tutti::engine
