#include "actors/metrics/recent_quantiles.hpp"

#include <algorithm>
#include <cmath>

namespace tutti {

namespace recent_quantiles_detail {

/// Size classes between a number and its double.
constexpr double per_octave = 14;

/// Smaller ones are 0: a nanosecond, in seconds.
constexpr double smallest = 1e-9;

constexpr int32_t zero = INT32_MIN;

int32_t class_of(double x) {
  // Also what is no number.
  if (!(x > smallest))
    return zero;
  return int32_t(std::ceil(std::log2(x) * per_octave));
}

double value_of(int32_t size_class) {
  return size_class == zero ? 0 : std::exp2(size_class / per_octave);
}

} // namespace recent_quantiles_detail

void recent_quantiles::turn(instant now) {
  if (now - began_ < window)
    return;
  previous_ = now - began_ < 2 * window ? std::move(current_) : classes{};
  current_.clear();
  began_ = now;
}

void recent_quantiles::add(double x, instant now) {
  turn(now);
  auto to = recent_quantiles_detail::class_of(x);
  auto at = std::ranges::lower_bound(current_, to, {},
                                     [](auto& entry) { return entry.first; });
  if (at == current_.end() || at->first != to)
    at = current_.insert(at, {to, 0});
  ++at->second;
}

std::optional<double> recent_quantiles::at(double quantile, instant now) {
  turn(now);
  auto all = current_;
  all.insert(all.end(), previous_.begin(), previous_.end());
  uint64_t count = 0;
  for (auto& [size_class, n] : all)
    count += n;
  if (count == 0)
    return std::nullopt;
  std::ranges::sort(all);
  auto wanted = uint64_t(std::ceil(quantile * double(count)));
  uint64_t seen = 0;
  for (auto& [size_class, n] : all) {
    seen += n;
    if (seen >= wanted)
      return recent_quantiles_detail::value_of(size_class);
  }
  return recent_quantiles_detail::value_of(all.back().first);
}

} // namespace tutti
