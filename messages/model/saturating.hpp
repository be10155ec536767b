#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace tutti {

// Arithmetic on numbers that users give. What does not fit becomes the nearest
// number that does: a timeout of 2^63 - 1 seconds never passes, instead of
// having passed before it began.

constexpr int64_t saturating_sum(int64_t a, int64_t b) {
  using limits = std::numeric_limits<int64_t>;
  int64_t out = 0;
  if (__builtin_add_overflow(a, b, &out))
    return b < 0 ? limits::min() : limits::max();
  return out;
}

constexpr int64_t saturating_product(int64_t a, int64_t b) {
  using limits = std::numeric_limits<int64_t>;
  int64_t out = 0;
  if (__builtin_mul_overflow(a, b, &out))
    return (a < 0) != (b < 0) ? limits::min() : limits::max();
  return out;
}

/// The nearest number of a narrower type.
template <class Narrow>
constexpr Narrow saturated(int64_t x) {
  using limits = std::numeric_limits<Narrow>;
  return Narrow(std::clamp<int64_t>(x, limits::min(), limits::max()));
}

constexpr int64_t ms_of_seconds(int64_t seconds) {
  return saturating_product(seconds, 1000);
}

/// The end of the year 9999: the last instant that has a text of the usual
/// form. Differences of instants up to here fit, also in microseconds.
constexpr int64_t latest_instant = 253'402'300'799'999;

/// The instant that many ms later, or `latest_instant` if that is earlier.
constexpr int64_t instant_after(int64_t instant, int64_t ms) {
  return std::min(saturating_sum(instant, ms), latest_instant);
}

} // namespace tutti
