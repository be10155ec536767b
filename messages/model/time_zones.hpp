#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tutti {

/// Days since 1970-01-01 of a date; nothing when there is no such day.
std::optional<int64_t> days_since_epoch(int64_t year, int month, int day);

/// The instant (epoch seconds) of wall clock time in a zone. `wall` is that
/// time counted as if it were UTC. Zones: "UTC", "GMT", "Z", "+02:00",
/// "GMT+2", "UTC-05:30", common abbreviations (PST, CEST, ...), and names like
/// "Europe/Berlin" where the system has a zone database. An empty zone is the
/// server's. Nothing when the zone is unknown.
std::optional<int64_t> to_epoch_seconds(int64_t wall, std::string_view zone);

} // namespace tutti
