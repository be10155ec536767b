#pragma once

#include "messages/requests/answers.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace tutti {

/// Executions that crash: how often recently, and which ones were parked (put
/// aside as an incident), so that they do not crash for ever. In memory only: a
/// restarted node tries each of them again, but for those that ended the
/// process itself while they were woken (storage::keys::waking).
class incidents {
 public:
  using instant = std::chrono::steady_clock::time_point;

  incidents(size_t limit, std::chrono::milliseconds window)
      : limit_(limit), window_(window) {}

  /// Counts a crash. True: it parked the execution.
  bool crashed(const std::string& id, std::string error, instant now,
               int64_t wall_ms);
  /// Parks the execution at once.
  void park(const std::string& id, std::string error, instant now,
            int64_t wall_ms);
  bool parked(const std::string& id) const;
  /// Why calls of the parked execution are refused.
  std::string sentence(const std::string& id) const;
  /// False when it was not parked.
  bool release(const std::string& id);
  /// Drops crashes older than the window.
  void forget(instant now);

  /// Those that were put aside.
  incident_list report() const;

 private:
  struct entry {
    std::deque<instant> crashes;
    std::string last_error;
    int64_t since = 0; ///< epoch ms; 0: not parked
  };

  size_t limit_;
  std::chrono::milliseconds window_;
  std::map<std::string, entry> entries_;
};

} // namespace tutti
