#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace tutti {

/// Percentiles of the values of the last two minutes or so, as Conductor's
/// timers show them. Holds a count per size class instead of the values: a
/// percentile is at most 5 % too large. Not thread safe.
class recent_quantiles {
 public:
  using instant = std::chrono::steady_clock::time_point;

  /// Values are kept for one to two of these.
  static constexpr std::chrono::seconds window{60};

  /// Negative values count as 0.
  void add(double x, instant now);
  /// Of 0 to 1; nothing when there was no value in that time.
  std::optional<double> at(double quantile, instant now);

 private:
  /// Size class and count, by size class: few of them are in use.
  using classes = std::vector<std::pair<int32_t, uint32_t>>;

  void turn(instant now);

  classes current_, previous_;
  instant began_{};
};

} // namespace tutti
