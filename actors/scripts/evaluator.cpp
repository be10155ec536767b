#include "actors/scripts/evaluator.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

#include <exception>

namespace tutti {

namespace evaluator_detail {

void warn_of(const engine::script_result& x) {
  if (x.what == engine::script_result::kind::unavailable)
    spdlog::warn("a script was not run: {}", x.error);
}

} // namespace evaluator_detail

void evaluator_state::run(script_job& job) {
  try {
    auto out = job.check_only
                   ? process->check(job.language, job.source)
                   : process->run({job.language, job.source, job.input});
    evaluator_detail::warn_of(out);
    job.done(std::move(out));
  } catch (const std::exception& x) {
    // No memory, for instance: this script's misfortune, not the pool's.
    spdlog::error("an evaluator failed: {}", x.what());
    job.done(failure{errc::unavailable, x.what()});
  }
}

evaluator_actor::behavior_type
evaluator(evaluator_actor::stateful_pointer<evaluator_state> self,
          script_pool_pointer pool, size_t place) {
  self->state.pool = std::move(pool);
  self->state.process = std::make_unique<evaluators::script_process>(
      self->state.pool->settings());
  return {
      // One job at a time, so that an exit is heard in between.
      [self, place](evaluate_script& x) {
        self->state.run(*x.job);
        x.job.reset();
        if (auto next = self->state.pool->next(place))
          self->send(self, evaluate_script{std::move(next)});
      },
  };
}

} // namespace tutti
