#pragma once

#include "messages/envelope.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tutti {

// Requests between nodes that concern no shard (actors/cluster).

/// A stored row of the definitions; without a value it was erased.
struct definition_row {
  std::string key;
  std::optional<std::string> value;
};
/// The node of `definitions_shard` to each other node, in order: all of them
/// when the two have met, in parts, then every change.
struct change_definitions {
  using response = done;
  bool first_part = false; ///< what the receiver knew before is outdated
  bool more = false;       ///< otherwise the receiver knows all of them then
  std::vector<definition_row> rows;
};

/// Workers wait on the sending node for tasks of this queue. Holds until the
/// link breaks or `waits` is false; repeating it is harmless.
struct want_tasks {
  using response = done;
  std::string queue; ///< "[domain:]type"
  bool waits = true;
};
/// The answer, once per `want_tasks` and again after each poll that followed:
/// this queue has so many tasks that nobody waits for here. The receiver polls,
/// or tells that nobody waits any more.
struct tasks_ready {
  using response = done;
  std::string queue;
  uint64_t count = 0;
};

} // namespace tutti
