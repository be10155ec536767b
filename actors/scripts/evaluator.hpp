#pragma once

#include "actors/evaluators/script_process.hpp"
#include "actors/scripts/script_pool.hpp"

namespace tutti {

/// Owns the helper processes of one pool slot. A detached actor: it blocks its
/// own thread while a script runs.
struct evaluator_state {
  static constexpr const char* name = "evaluator";

  explicit evaluator_state(evaluator_actor::pointer self) : self(self) {}

  void work(script_job_pointer job);

  evaluator_actor::pointer self;
  script_pool_pointer pool;
  size_t index = 0;

 private:
  using clock = std::chrono::steady_clock;

  void run(script_job& job);
  void rest();

  std::unique_ptr<evaluators::script_process> process_;
  clock::time_point last_used_;
};

evaluator_actor::behavior_type
evaluator(evaluator_actor::stateful_pointer<evaluator_state> self,
          script_pool_pointer pool, size_t index);

} // namespace tutti
