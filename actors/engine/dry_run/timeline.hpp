#pragma once

#include "actors/engine/decider.hpp"

#include <string>
#include <vector>

namespace tutti::engine::dry_run {

/// The status changes of a run, with their virtual time.
class timeline {
 public:
  struct moment {
    int64_t at = 0; ///< epoch ms, virtual
    std::string workflow_id, workflow;
    std::string task; ///< reference name; empty: the execution itself
    std::string task_id;
    std::string what;   ///< the new status
    std::string reason; ///< when it failed
  };

  explicit timeline(size_t moments_max) : moments_max_(moments_max) {}

  /// `d` is already applied to `execution`.
  void note(int64_t now, const state& execution, const decision& d);

  const std::vector<moment>& moments() const { return moments_; }
  /// More moments than the bound: the later ones are missing.
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
