#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tutti::storage {

/// FIPS 180-4. Names stored content; clients choose part of that content, so a
/// hash that can be steered would let one definition pose as another.
std::array<uint8_t, 32> sha256(std::string_view text);

} // namespace tutti::storage
