#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti {

/// When a zone's clocks differ by how much from UTC, in epoch seconds.
class time_zone {
 public:
  /// Always the same offset.
  explicit time_zone(int64_t offset) : offsets_{offset} {}
  /// `offsets` has one more than `changes`: the first holds before them.
  time_zone(std::vector<int64_t> changes, std::vector<int64_t> offsets)
      : changes_(std::move(changes)), offsets_(std::move(offsets)) {}

  /// The zone of that name: "UTC", "GMT", "Z", "+02:00", "GMT+2", "UTC-05:30",
  /// common abbreviations (PST, CEST, ...), and names like "Europe/Berlin" of
  /// the system's zone database. Null when it is unknown. Zones that were read
  /// stay in memory. Thread safe.
  static std::shared_ptr<const time_zone> find(std::string_view name);

  /// A compiled zone file (RFC 8536, version 2 and later), continued to the
  /// year 2137 by the rule at its end.
  static std::optional<time_zone> from_file(std::string_view bytes);

  int64_t offset_at(int64_t instant) const { return offsets_[index(instant)]; }

  /// The span around an instant in which the offset is the same.
  struct span {
    int64_t begin, end; ///< end: exclusive. INT64_MIN, INT64_MAX: open
    int64_t offset, offset_before; ///< the latter holds before `begin`
  };
  span span_at(int64_t instant) const;

  /// The instant of a wall clock time (as if it were UTC): the first one of
  /// two, and in a gap what the offset before the gap gives (RFC 5545).
  int64_t to_instant(int64_t wall) const;

 private:
  size_t index(int64_t instant) const;

  std::vector<int64_t> changes_, offsets_;
};

} // namespace tutti
