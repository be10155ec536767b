#include "actors/scripts/evaluator.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

#include <exception>

namespace tutti {

namespace evaluator_detail {

/// Reserve helpers that were idle for this long end.
constexpr std::chrono::seconds rest_after{10};

void warn_of(const engine::script_result& x) {
  if (x.what == engine::script_result::kind::unavailable)
    spdlog::warn("a script was not run: {}", x.error);
}

} // namespace evaluator_detail

void evaluator_state::run(script_job& job) {
  try {
    if (!process_)
      process_ = std::make_unique<evaluators::script_process>(pool->settings());
    auto out = job.check_only
                   ? process_->check(job.language, job.source)
                   : process_->run({job.language, job.source, job.input});
    evaluator_detail::warn_of(out);
    job.done(std::move(out));
  } catch (const std::exception& x) {
    // For example no memory: fails this script, not the pool.
    spdlog::error("an evaluator failed: {}", x.what());
    job.done(failure{errc::unavailable, x.what()});
  }
}

// Runs the job, or one that has waited too long. Returns to the mailbox between
// two jobs, so that an exit message is seen.
void evaluator_state::work(script_job_pointer job) {
  if (!job)
    job = pool->overdue(index);
  if (!job)
    return rest();
  run(*job);
  auto group = std::move(job->group);
  job.reset();
  last_used_ = clock::now();
  if (auto next = pool->next(index, group))
    self->send(self, evaluate_script{std::move(next)});
  else if (pool->is_reserve(index))
    self->delayed_send(self, evaluator_detail::rest_after, evaluate_script{});
}

void evaluator_state::rest() {
  if (clock::now() - last_used_ >= evaluator_detail::rest_after)
    process_.reset();
}

evaluator_actor::behavior_type
evaluator(evaluator_actor::stateful_pointer<evaluator_state> self,
          script_pool_pointer pool, size_t index) {
  self->state.pool = std::move(pool);
  self->state.index = index;
  return {
      [self](evaluate_script& x) { self->state.work(std::move(x.job)); },
  };
}

} // namespace tutti
