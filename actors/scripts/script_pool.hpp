#pragma once

#include "actors/engine/scripts.hpp"
#include "actors/evaluators/evaluator_settings.hpp"
#include "messages/interfaces.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace caf {
class actor_system;
}

namespace tutti {

/// A script on its way to an evaluator and back.
struct script_job {
  engine::script_language language = engine::script_language::javascript;
  std::string source, input;
  bool check_only = false; ///< syntax, without running it
  reply<engine::script_result> done;
};
using script_job_pointer = std::shared_ptr<script_job>;

/// The evaluators of a node and the scripts that wait for one, first come first
/// served. Every method may be called from any thread and none waits.
class script_pool : public std::enable_shared_from_this<script_pool> {
 public:
  explicit script_pool(evaluators::evaluator_settings settings)
      : settings_(std::move(settings)) {}

  void open(caf::actor_system& system);
  /// What waits is answered as unavailable; nothing is taken any more. The
  /// evaluators end with what they are at.
  void close();

  /// So many scripts wait that nobody should begin what needs another one.
  bool full() const;
  void submit(script_job_pointer job);

  const evaluators::evaluator_settings& settings() const { return settings_; }

  /// For evaluators: the next job, or null, and then it is idle.
  script_job_pointer next(size_t evaluator);

 private:
  const evaluators::evaluator_settings settings_;
  mutable std::mutex mutex_;
  std::vector<evaluator_actor> evaluators_;
  std::vector<size_t> idle_;
  std::deque<script_job_pointer> waiting_;
};

using script_pool_pointer = std::shared_ptr<script_pool>;

} // namespace tutti
