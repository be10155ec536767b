#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tutti {

/// How fast retention removes: at its rate while removals are quick, at half of
/// it while they are slow, and so on; back up in small steps.
class removal_pace {
 public:
  using instant = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  removal_pace(int64_t rate_max, std::chrono::milliseconds latency_max,
               instant now);

  /// A removal was answered after this time.
  void answered(duration latency, instant now);
  /// Takes the right to begin one removal.
  bool take(instant now);
  /// When there is the next one.
  instant next() const { return next_; }
  double rate() const { return rate_; }

 private:
  double rate_max_, rate_;
  duration latency_max_;
  instant next_, judged_;
  bool slow_ = false;
};

} // namespace tutti
