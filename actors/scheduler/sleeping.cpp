#include "actors/scheduler/scheduler_actor.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

// How executions leave memory: going to sleep, after a crash, and when the node
// stops.

namespace tutti {

namespace sleeping_detail {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds drain_pause = 20ms, idle_pause_min = 10ms;
constexpr std::chrono::milliseconds idle_when_tight = 1s,
                                    idle_when_spent = 100ms;

/// With little memory executions sleep earlier.
execution_settings by_memory(const shard_context& in) {
  auto out = in.settings;
  bool tight = in.memory && in.memory->tight();
  if (!tight && !memory_account::of_process().is_short())
    return out;
  auto idle = tight && in.memory->spent() ? idle_when_spent : idle_when_tight;
  out.idle_sleep = std::min<std::chrono::milliseconds>(out.idle_sleep, idle);
  out.terminal_sleep = std::min(out.terminal_sleep, out.idle_sleep);
  return out;
}

} // namespace sleeping_detail

// Going to sleep

void scheduler_state::ask_to_sleep(active_execution& x) {
  if (x.now != active_execution::phase::awake)
    return;
  x.now = active_execution::phase::asking;
  self->send(x.actor, go_to_sleep{});
}

void scheduler_state::on_slept(const slept& x) {
  auto* found = active_.find(x.workflow_id);
  if (found && !x.asked)
    return ask_to_sleep(*found);
  if (!found || found->now == active_execution::phase::awake)
    return;
  if (x.asleep)
    return forward_held(active_.remove(*found));
  if (found->now != active_execution::phase::asking)
    return;
  found->now = active_execution::phase::awake;
  auto held = std::exchange(found->held, {});
  for (auto& m : held)
    send_to(*found, std::move(m));
}

void scheduler_state::forward_held(active_execution gone) {
  for (auto& m : gone.held)
    if (auto* outbox_message = std::get_if<envelope<accept_outbox_message>>(&m))
      accept(*outbox_message);
    else
      forward(gone.id, std::move(m));
  finish_drain();
}

void scheduler_state::look_for_idle() {
  auto settings = sleeping_detail::by_memory(*context);
  if (draining_) {
    for (auto& x : active_.all())
      ask_to_sleep(x);
    finish_drain();
    return self->delayed_send(self, sleeping_detail::drain_pause, tick{});
  }
  for (auto* x : active_.eviction_candidates(now(), settings))
    ask_to_sleep(*x);
  // Others wait for the memory of heavy ones.
  if (memory_account::of_process().is_short())
    for (auto& x : active_.all())
      if (x.shared_status->heavy()
          && now() - x.last_used >= sleeping_detail::idle_when_spent)
        ask_to_sleep(x);
  incidents_->forget(now());
  auto pause = std::min(settings.terminal_sleep, settings.idle_sleep) / 2;
  self->delayed_send(self,
                     std::max<std::chrono::milliseconds>(
                         pause, sleeping_detail::idle_pause_min),
                     tick{});
}

void scheduler_state::flush_deferred_commits() {
  for (auto& x : context->deferred.take())
    if (*x.waits)
      self->send(x.who, tick{});
}

// Crashes

// The crashed actor's commits may still be under way, and the next actor must
// not read the store before they have ended. Commits of a shard end in order,
// so an empty commit is submitted behind them.
void scheduler_state::on_down(const caf::down_msg& x) {
  auto* found = active_.find(caf::actor_cast<caf::actor_addr>(x.source));
  if (!found)
    return;
  auto& id = found->id;
  found->now = active_execution::phase::gone;
  if (!context->failed && found->shared_status->ended_the_process())
    incidents_->park(id, found->shared_status->last_error(), now(),
                     context->clock->now_ms());
  else if (!context->failed && !found->shared_status->excused()
           && incidents_->crashed(id, found->shared_status->last_error(), now(),
                                  context->clock->now_ms()))
    spdlog::error("execution {} is put aside after {} crashes", id,
                  context->settings.crash_limit);
  auto me = caf::actor_cast<scheduler_actor>(self);
  context->store->submit({context->shard, context->epoch, {}},
                         [me, id](storage::outcome) {
                           caf::anon_send(me, slept{id, true});
                         });
}

// Stopping

void scheduler_state::stop(drain& x) {
  drained_.push_back(std::move(x.finished));
  if (!std::exchange(draining_, true))
    self->send(self, tick{});
}

void scheduler_state::finish_drain() {
  if (!draining_ || active_.size() > 0)
    return;
  for (auto& finished : std::exchange(drained_, {}))
    finished(done{});
}

void scheduler_state::stop_all() {
  for (auto& x : active_.all())
    self->send_exit(x.actor, caf::exit_reason::user_shutdown);
}

} // namespace tutti
