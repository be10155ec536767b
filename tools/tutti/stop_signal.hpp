#pragma once

#include <chrono>

namespace tutti::cli {

/// SIGTERM and SIGINT as something to wait for, while this object lives. The
/// second signal ends the process the hard way. One at a time.
class stop_signal {
 public:
  stop_signal();
  ~stop_signal();
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

  bool raised() const;
  /// True as soon as the signal came, false when `time` is over. Any thread.
  bool wait(std::chrono::milliseconds time) const;
  /// Waits in any case: for what must be finished before leaving.
  void pause(std::chrono::milliseconds time) const;
};

} // namespace tutti::cli
