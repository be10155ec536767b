#include "actors/timer/timer_actor.hpp"

#include "actors/support/guarded.hpp"
#include "actors/support/reading.hpp"
#include "storage/keys.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

namespace tutti {

namespace timer_detail {

constexpr int64_t retry_ms = 1'000;
constexpr std::chrono::seconds refill_pause{1};
/// The wall clock may be set: no wait is longer than this.
constexpr int64_t wait_ms_max = 60'000;

/// Erases the timer row of an execution that no longer exists.
void drop_row(const shard_context& in, int64_t due, const std::string& id) {
  in.store->submit(
      {in.shard,
       in.epoch,
       {{storage::operation::kind::erase, storage::keys::timer(due, id), {}}}},
      [](storage::outcome) {});
}

} // namespace timer_detail

void timer_state::open(shard_context_pointer x) {
  context = std::move(x);
  window_.emplace(context->settings.timer_window, timer_detail::retry_ms);
}

void timer_state::on_schedule_timer(const schedule_timer& x) {
  window_->set(x.workflow_id, x.due);
  if (begun_)
    arm();
}

void timer_state::look() {
  auto now = context->clock->now_ms();
  self_timer_.looked(self);
  if (context->failed)
    return;
  begun_ = true;
  if (window_->must_refill(now) && self->clock().now() >= refill_again_)
    return refill();
  fire_due();
}

void timer_state::fire_due() {
  for (auto& id : window_->take_due(context->clock->now_ms()))
    fire(id);
  arm();
}

// Deadlines that are set meanwhile come after what was read.
void timer_state::refill() {
  auto work = [shard = context->shard, horizon = window_->horizon(),
               room = window_->room()](const storage::store& from) {
    return timer_window::read(from, shard, horizon, room);
  };
  auto then = [this](result<timer_window::page> page) {
    if (page) {
      window_->refill(std::move(*page));
    } else {
      spdlog::warn("shard {}: deadlines cannot be read now: {}", context->shard,
                   page.failure().message);
      refill_again_ = self->clock().now() + timer_detail::refill_pause;
      self_timer_.set(self, refill_again_);
    }
    fire_due();
  };
  read_first<timer_window::page>(self, *context->readers, std::move(work),
                                 std::move(then));
}

void timer_state::fire(const std::string& id) {
  envelope<call_workflow> call;
  call.request.workflow_id = id;
  call.request.what = command::timer_fired{};
  auto due = window_->due_of(id);
  auto me = caf::actor_cast<timer_actor>(self);
  call.done = reply<answer>([in = context, me, id, due](result<answer> x) {
    if (x || x.failure().code != errc::not_found)
      return;
    timer_detail::drop_row(*in, due, id);
    caf::anon_send(me, schedule_timer{id, 0});
  });
  context->directory->tell(context->shard, std::move(call));
}

void timer_state::arm() {
  auto next = window_->next();
  auto now = context->clock->now_ms();
  auto wait = std::clamp<int64_t>(next - std::min(next, now), 0,
                                  timer_detail::wait_ms_max);
  auto at = self->clock().now() + std::chrono::milliseconds(wait);
  // What lies behind the horizon cannot be read before.
  self_timer_.set(self,
                  window_->must_refill(now) ? std::max(at, refill_again_) : at);
}

timer_actor::behavior_type
timer(timer_actor::stateful_pointer<timer_state> self,
      shard_context_pointer context) {
  self->state.open(std::move(context));
  return guarded<timer_actor::behavior_type>(
      self, "timer",
      [self](const schedule_timer& x) { self->state.on_schedule_timer(x); },
      [self](const tick&) { self->state.look(); },
      [self](const clock_moved&) { self->state.look(); });
}

} // namespace tutti
