#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace tutti::evaluator {

/// Ends evaluations at their limit, from a thread of its own: asks the engine
/// to stop, repeatedly, and ends the process when it does not.
class watchdog {
 public:
  using clock = std::chrono::steady_clock;

  /// `ask` is called on the watchdog's thread.
  explicit watchdog(std::function<void()> ask);

  /// `patience`: how long after the limit the engine may take to stop.
  void arm(std::chrono::milliseconds limit, std::chrono::milliseconds patience);
  /// True when the limit was reached.
  bool disarm();

 private:
  void watch();

  std::function<void()> ask_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool armed_ = false, expired_ = false;
  clock::time_point deadline_, overdue_;
  /// When the thread checks next. Only an earlier deadline has to wake it: most
  /// evaluations cause no wake-up.
  clock::time_point next_look_ = clock::time_point::max();
  std::thread thread_;
};

} // namespace tutti::evaluator
