#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tutti {

/// Days since 1970-01-01; nullopt when the date does not exist.
std::optional<int64_t> days_since_epoch(int64_t year, int month, int day);

/// The instant (epoch seconds) of a wall clock time in a zone. `wall` is that
/// time counted as if it were UTC. Zones: "UTC", "GMT", "Z", "+02:00", "GMT+2",
/// "UTC-05:30", common abbreviations (PST, CEST, ...), and names like
/// "Europe/Berlin" if the system has a zone database. Empty: the server's zone.
/// nullopt when the zone is unknown.
std::optional<int64_t> to_epoch_seconds(int64_t wall, std::string_view zone);

} // namespace tutti
