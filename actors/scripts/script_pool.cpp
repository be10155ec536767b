#include "actors/scripts/script_pool.hpp"

#include "actors/scripts/evaluator.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace tutti {

void script_pool::open(caf::actor_system& system) {
  std::lock_guard guard{mutex_};
  for (size_t i = 0; i < settings_.helpers; ++i) {
    evaluators_.push_back(
        system.spawn<caf::detached>(evaluator, shared_from_this(), i));
    idle_.push_back(i);
  }
}

// The thread of an evaluator ends with the last handle to it.
void script_pool::close() {
  std::unique_lock lock{mutex_};
  auto evaluators = std::exchange(evaluators_, {});
  auto dropped = std::exchange(waiting_, {});
  idle_.clear();
  lock.unlock();
  for (auto& x : evaluators)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

bool script_pool::full() const {
  std::lock_guard guard{mutex_};
  return waiting_.size() >= settings_.waiting_max;
}

void script_pool::submit(script_job_pointer job) {
  std::unique_lock lock{mutex_};
  if (evaluators_.empty()) {
    lock.unlock();
    job->done(failure{errc::unavailable, "the node runs no scripts"});
    return;
  }
  if (idle_.empty()) {
    waiting_.push_back(std::move(job));
    return;
  }
  // The one that was busy last has its programs and its memory at hand.
  auto to = evaluators_[idle_.back()];
  idle_.pop_back();
  lock.unlock();
  caf::anon_send(to, evaluate_script{std::move(job)});
}

script_job_pointer script_pool::next(size_t evaluator) {
  std::lock_guard guard{mutex_};
  if (waiting_.empty()) {
    if (!evaluators_.empty())
      idle_.push_back(evaluator);
    return {};
  }
  auto out = std::move(waiting_.front());
  waiting_.pop_front();
  return out;
}

} // namespace tutti
