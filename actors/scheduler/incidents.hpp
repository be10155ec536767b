#pragma once

#include "messages/requests/answers.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace tutti {

/// Executions that crash: how often lately, and which ones were put aside so
/// that they do not crash for ever. Kept in memory; a restarted node tries each
/// of them again.
class incidents {
 public:
  using instant = std::chrono::steady_clock::time_point;

  incidents(size_t limit, std::chrono::milliseconds window)
      : limit_(limit), window_(window) {}

  /// True when this crash puts the execution aside.
  bool crashed(const std::string& id, std::string error, instant now,
               int64_t wall_ms);
  bool parked(const std::string& id) const;
  /// Why calls of a parked execution are refused.
  std::string sentence(const std::string& id) const;
  /// False when it was not put aside.
  bool release(const std::string& id);
  /// Drops crashes that are too old to matter.
  void forget(instant now);

  /// Those that were put aside.
  incident_list report() const;

 private:
  struct entry {
    std::deque<instant> crashes;
    std::string last_error;
    int64_t since = 0; ///< epoch ms; 0: not put aside
  };

  size_t limit_;
  std::chrono::milliseconds window_;
  std::map<std::string, entry> entries_;
};

} // namespace tutti
