#pragma once

#include "actors/engine/decider.hpp"

#include <string>
#include <vector>

namespace tutti::engine::dry_run {

/// What happened in a run, and when by its own clock.
class timeline {
 public:
  struct moment {
    int64_t at = 0; ///< epoch ms, virtual
    std::string workflow_id, workflow;
    std::string task; ///< reference name; empty: the execution itself
    std::string task_id;
    std::string what;   ///< the status it took
    std::string reason; ///< when it did not succeed
  };

  explicit timeline(size_t moments_max) : moments_max_(moments_max) {}

  /// The decision was applied to `execution` already.
  void note(int64_t now, const state& execution, const decision& d);

  const std::vector<moment>& moments() const { return moments_; }
  /// Some moments had no room.
  bool cut() const { return cut_; }

 private:
  void add(moment x);

  size_t moments_max_;
  std::vector<moment> moments_;
  bool cut_ = false;
};

/// Appends a JSON list.
void write(std::string& out, const timeline& x, int64_t began_at);

} // namespace tutti::engine::dry_run
