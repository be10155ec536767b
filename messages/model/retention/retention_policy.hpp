#pragma once

#include "messages/model/payload.hpp"
#include "messages/model/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tutti {

/// How long executions of a definition stay after their end
/// (reference:retention#policy). Absent: as by default.
struct retention_policy {
  struct age {
    std::optional<int64_t> ms; ///< absent: for ever
    friend bool operator==(const age&, const age&) = default;
  };
  std::optional<age> completed, failed, timed_out, terminated;
  std::optional<bool> archive; ///< they can be read afterwards

  friend bool operator==(const retention_policy&, const retention_policy&)
      = default;
};

/// "30d", "12h", "1d12h" or "never".
std::optional<retention_policy::age> read_retention_age(std::string_view text);

/// The property `retention` of a definition's metadata; nothing when there is
/// none. errc::invalid with a sentence when it makes no sense.
result<std::optional<retention_policy>>
read_retention_policy(const payload& metadata);

} // namespace tutti
