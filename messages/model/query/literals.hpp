#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tutti::query {

/// Digits with an optional sign; nullopt for anything else.
std::optional<int64_t> to_integer(std::string_view text);
/// A number as JSON writes it.
std::optional<double> to_number(std::string_view text);

/// Epoch milliseconds: "1700000000000", "2023-11-14", "2023-11-14T22:13:20.5Z",
/// "2023-11-14T22:13+02:00" (without a zone: UTC), or from now: "-1h30m",
/// "+2d", "now", "now-15m"; units w, d, h, m, s, ms.
std::optional<int64_t> to_time(std::string_view text, int64_t now);

} // namespace tutti::query
