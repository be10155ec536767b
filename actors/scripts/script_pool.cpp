#include "actors/scripts/script_pool.hpp"

#include "actors/scripts/evaluator.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <utility>

namespace tutti {

namespace script_pool_detail {

// A single definition may use all permanent helpers; only the reserve is
// divided.
size_t share_of(const evaluators::evaluator_settings& x) {
  return std::max(x.helpers, (x.helpers + x.reserve) / 2);
}

} // namespace script_pool_detail

script_pool::script_pool(evaluators::evaluator_settings settings)
    : settings_(std::move(settings)),
      waiting_(script_pool_detail::share_of(settings_)) {}

void script_pool::open(caf::actor_system& system) {
  std::lock_guard guard{mutex_};
  for (size_t i = 0; i < settings_.helpers + settings_.reserve; ++i) {
    evaluators_.push_back(
        system.spawn<caf::detached>(evaluator, shared_from_this(), i));
    (is_reserve(i) ? idle_reserve_ : idle_).push_back(i);
  }
}

// An evaluator's thread ends with the last handle to it.
void script_pool::close() {
  std::unique_lock lock{mutex_};
  auto evaluators = std::exchange(evaluators_, {});
  auto dropped = waiting_.clear();
  idle_.clear();
  idle_reserve_.clear();
  lock.unlock();
  for (auto& x : evaluators)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

bool script_pool::full(std::string_view group) const {
  std::lock_guard guard{mutex_};
  return !waiting_.admits(group, settings_.waiting_max);
}

void script_pool::submit(script_job_pointer job) {
  std::unique_lock lock{mutex_};
  if (evaluators_.empty()) {
    lock.unlock();
    job->done(failure{errc::unavailable, "the node runs no scripts"});
    return;
  }
  waiting_.push(std::move(job), clock::now());
  dispatch(std::move(lock));
}

fair_queue::instant script_pool::long_ago() const {
  return clock::now() - settings_.reserve_after;
}

void script_pool::dispatch(std::unique_lock<std::mutex> lock) {
  std::vector<std::pair<evaluator_actor, script_job_pointer>> begin;
  while (!idle_.empty()) {
    auto job = waiting_.take();
    if (!job)
      break;
    // The evaluator that was busy last has its caches warm.
    begin.emplace_back(evaluators_[idle_.back()], std::move(job));
    idle_.pop_back();
  }
  evaluator_actor looks;
  clock::duration after{};
  if (!armed_ && !idle_reserve_.empty())
    if (auto since = waiting_.oldest()) {
      armed_ = true;
      looks = evaluators_[idle_reserve_.back()];
      after = std::max(clock::duration::zero(),
                       *since + settings_.reserve_after - clock::now());
    }
  lock.unlock();
  for (auto& [to, job] : begin)
    caf::anon_send(to, evaluate_script{std::move(job)});
  if (looks)
    caf::delayed_anon_send(looks, after, evaluate_script{});
}

script_job_pointer script_pool::next(size_t index, const std::string& group) {
  std::unique_lock lock{mutex_};
  waiting_.ended(group);
  if (evaluators_.empty())
    return {};
  auto out = is_reserve(index) ? waiting_.take(long_ago()) : waiting_.take();
  if (!out)
    (is_reserve(index) ? idle_reserve_ : idle_).push_back(index);
  dispatch(std::move(lock));
  return out;
}

script_job_pointer script_pool::overdue(size_t index) {
  std::unique_lock lock{mutex_};
  auto idle = std::ranges::find(idle_reserve_, index);
  if (idle == idle_reserve_.end())
    return {};
  armed_ = false;
  auto out = waiting_.take(long_ago());
  if (out)
    idle_reserve_.erase(idle);
  dispatch(std::move(lock));
  return out;
}

} // namespace tutti
