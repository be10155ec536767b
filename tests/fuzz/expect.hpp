#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tutti::fuzz {

/// What a target promises of every input. Where it does not hold the process
/// ends with the sentence, and libFuzzer keeps the input.
void expect(bool holds, std::string_view sentence);
/// The same, with both texts.
void expect_equal(std::string_view a, std::string_view b,
                  std::string_view sentence);

inline std::string_view as_text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Choices that an input does not spell out follow from its bytes: the same
/// input is always tried the same way.
uint64_t hash_of(std::string_view bytes);

/// The text up to the next line end, which is taken from `rest` with it.
std::string_view take_line(std::string_view& rest);

} // namespace tutti::fuzz
