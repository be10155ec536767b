#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace tutti::evaluator {

/// Ends what runs too long. A thread of its own, since a script has this one:
/// at the limit it asks the engine to stop, again and again, and ends the
/// process when the engine does not.
class watchdog {
 public:
  using clock = std::chrono::steady_clock;

  /// `ask` is called from the watchdog's thread.
  explicit watchdog(std::function<void()> ask);

  /// `patience` is how long past the limit the engine may take to stop.
  void arm(std::chrono::milliseconds limit, std::chrono::milliseconds patience);
  /// True when the limit had been reached.
  bool disarm();

 private:
  void watch();

  std::function<void()> ask_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool armed_ = false, expired_ = false;
  clock::time_point deadline_, overdue_;
  /// When the thread looks next. An earlier deadline has to wake it, a later
  /// one does not: most evaluations cost no wake-up at all.
  clock::time_point next_look_ = clock::time_point::max();
  std::thread thread_;
};

} // namespace tutti::evaluator
