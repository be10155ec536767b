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

/// The evaluators of a node and the scripts that wait for one. The first
/// `helpers` places serve whatever waits; those of the reserve only what has
/// waited too long, because the others are stuck or there is too much to do.
class script_pool final : public script_service,
                          public std::enable_shared_from_this<script_pool> {
 public:
  explicit script_pool(evaluators::evaluator_settings settings);

  void open(caf::actor_system& system);
  /// What waits is answered as unavailable; nothing is taken any more. The
  /// evaluators end with what they are at.
  void close();

  bool full(std::string_view group) const override;
  void submit(script_job_pointer job) override;

  const evaluators::evaluator_settings& settings() const { return settings_; }

  // For evaluators.

  bool is_reserve(size_t index) const { return index >= settings_.helpers; }
  /// A job of that group has ended. The next one, or null: it is idle then.
  script_job_pointer next(size_t index, const std::string& group);
  /// What has waited too long, for a place of the reserve that is idle.
  script_job_pointer overdue(size_t index);

 private:
  using clock = std::chrono::steady_clock;

  /// Gives idle evaluators what they may take, and sees to the rest in time.
  /// Ends with the lock released.
  void dispatch(std::unique_lock<std::mutex> lock);
  fair_queue::instant long_ago() const;

  const evaluators::evaluator_settings settings_;
  mutable std::mutex mutex_;
  std::vector<evaluator_actor> evaluators_;
  std::vector<size_t> idle_, idle_reserve_;
  bool armed_ = false; ///< an evaluator of the reserve will look
  fair_queue waiting_;
};

using script_pool_pointer = std::shared_ptr<script_pool>;

} // namespace tutti
