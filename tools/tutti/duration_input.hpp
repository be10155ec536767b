#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tutti::cli {

/// "90s", "5m", "1h30m", "2d", "250ms" as milliseconds; a bare number is
/// seconds.
std::optional<int64_t> read_duration_ms(std::string_view text);

/// A moment as epoch ms: a duration ago ("2h"), "2026-03-01",
/// "2026-03-01T12:00:00Z" or without the Z in local time, or epoch ms.
std::optional<int64_t> read_moment_ms(std::string_view text, int64_t now_ms);

/// For CLI::Option::check: empty when it can be read, else why not.
std::string check_duration(const std::string& text);
std::string check_moment(const std::string& text);

} // namespace tutti::cli
