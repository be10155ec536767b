#pragma once

#include <cstdint>
#include <string>

namespace tutti {

/// ISO 8601 with milliseconds, in UTC: "2023-11-14T22:13:20.000Z".
std::string instant_text(int64_t epoch_ms);

} // namespace tutti
