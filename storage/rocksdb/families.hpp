#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tutti::storage {

/// Column families are policies for how rows live and die, not kinds.
/// `family_of` chooses by the kind of a row, the first byte of its key.
enum class family : uint8_t {
  state,   ///< "default": read back by key or in order, kept
  queue,   ///< written once, erased soon: queue, timer, outbox, lease and feed
           ///< rows
  history, ///< written once, read rarely: task logs
};

inline constexpr size_t family_count = 3;

constexpr family family_of_kind(unsigned char kind) {
  switch (kind) {
    case 'q': // ready queue rows
    case 'y': // delayed queue rows
    case 't': // timers
    case 'o': // outbox
    case 'v': // messages of event queues
    case 'w': // leases
    case 'f': // feed
    case 'u': // messages to other systems
      return family::queue;
    case 'l': // task logs
    case 'z': // archived executions
      return family::history;
    default:
      return family::state;
  }
}

constexpr family family_of(std::string_view key) {
  return key.empty() ? family::state
                     : family_of_kind(static_cast<unsigned char>(key[0]));
}

/// One bit per family.
using family_set = uint8_t;

constexpr bool contains(family_set set, family x) {
  return (set >> static_cast<int>(x) & 1) != 0;
}

/// The families that rows of [from, to) can be in; empty `to`: no upper bound.
family_set families_of(std::string_view from, std::string_view to);

/// A part of a range whose rows are all in one family.
struct family_range {
  family where;
  std::string_view from;
  std::string_view to; ///< empty: to the end of the shard
};

/// Splits [from, to) where the family changes, in key order. The views point
/// into the arguments or static memory.
std::vector<family_range> split(std::string_view from, std::string_view to);

} // namespace tutti::storage
