#pragma once

#include <chrono>

namespace tutti::cli {

/// Makes SIGTERM and SIGINT something to wait for, while this object exists. A
/// second signal ends the process at once. One object at a time.
class stop_signal {
 public:
  stop_signal();
  ~stop_signal();
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

  bool raised() const;
  /// As a shell reports it: 130 after Ctrl-C, 143 after SIGTERM; 0: none came.
  int exit_code() const;
  /// True when the signal has come, false after `time`. Any thread.
  bool wait(std::chrono::milliseconds time) const;
  /// Waits for all of `time`: for work that must be finished before the end.
  void pause(std::chrono::milliseconds time) const;
};

} // namespace tutti::cli
