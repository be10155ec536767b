#pragma once

#include "actors/evaluators/evaluator_settings.hpp"
#include "actors/scripts/fair_queue.hpp"
#include "messages/interfaces.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace caf {
class actor_system;
}

namespace tutti {

/// The evaluators of a node, and the scripts that wait for one. The first
/// `helpers` slots serve any script; those of the reserve serve only scripts
/// that have waited too long, because other scripts are stuck or the load is
/// too high.
class script_pool final : public script_service,
                          public std::enable_shared_from_this<script_pool> {
 public:
  explicit script_pool(evaluators::evaluator_settings settings);

  void open(caf::actor_system& system);
  /// Answers waiting scripts as unavailable and accepts no more. Running
  /// scripts end by themselves.
  void close();

  bool full(std::string_view group) const override;
  void submit(script_job_pointer job) override;

  const evaluators::evaluator_settings& settings() const { return settings_; }

  // For evaluators.

  bool is_reserve(size_t index) const { return index >= settings_.helpers; }
  /// A job of that group has ended. The next job; null: the evaluator is idle.
  script_job_pointer next(size_t index, const std::string& group);
  /// A script that has waited too long, for an idle reserve slot.
  script_job_pointer overdue(size_t index);

 private:
  using clock = std::chrono::steady_clock;

  /// Gives waiting scripts to idle evaluators and wakes the reserve in time.
  /// Releases the lock.
  void dispatch(std::unique_lock<std::mutex> lock);
  fair_queue::instant long_ago() const;

  const evaluators::evaluator_settings settings_;
  mutable std::mutex mutex_;
  std::vector<evaluator_actor> evaluators_;
  std::vector<size_t> idle_, idle_reserve_;
  bool armed_ = false; ///< a reserve evaluator has a wake-up scheduled
  fair_queue waiting_;
};

using script_pool_pointer = std::shared_ptr<script_pool>;

} // namespace tutti
