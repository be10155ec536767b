#include "actors/queue/queue_actor.hpp"

#include "actors/queue/hand_out.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tutti {

using std::chrono::milliseconds;

parked_poll::instant queue_state::now() const { return self->clock().now(); }

void queue_state::offer(std::vector<waiting_task> tasks) {
  auto at = now_ms();
  for (auto& x : tasks)
    window->offer(std::move(x), at);
  serve();
}

void queue_state::poll(envelope<poll_tasks> x) {
  auto wait = milliseconds(std::max(x.request.timeout_ms, 0));
  parked.park({next_arrival++, now() + wait, std::move(x)});
  serve();
}

/// Polls in the order of their arrival, each with what is ready at its turn.
void queue_state::serve() {
  ask_limits_again();
  while (!draining && !parked.empty() && has_ready()) {
    auto poll = parked.take();
    if (!poll)
      break;
    auto wanted
        = std::clamp<size_t>(size_t(std::max(poll->poll.request.count, 1)), 1,
                             context->settings.poll_tasks_max);
    std::vector<granted_task> tasks;
    while (tasks.size() < wanted)
      if (auto next = take_next())
        tasks.push_back(std::move(*next));
      else
        break;
    if (tasks.empty())
      parked.park(std::move(*poll));
    else
      hand_out(*context, self, std::move(*poll), std::move(tasks));
  }
  for (auto& x : parked.take_expired(now()))
    x.poll.done(polled{});
  arm();
}

std::optional<granted_task> queue_state::take_next() {
  while (has_ready()) {
    auto& best = *window->best();
    limit_verdict verdict;
    if (context->limits && !best.limited_by.empty())
      verdict = context->limits->acquire(best);
    if (verdict.granted)
      return granted_task{*window->pop(now_ms(), now()), verdict};
    blocked[best.limited_by] = verdict.retry_at;
    window->block(best.limited_by);
  }
  return std::nullopt;
}

void queue_state::ask_limits_again() {
  auto at = now_ms();
  std::erase_if(blocked, [&](auto& x) {
    if (x.second == 0 || x.second > at)
      return false;
    window->unblock(x.first);
    return true;
  });
}

void queue_state::limit_eased(const tutti::limit_eased& x) {
  if (blocked.erase(x.definition) == 0)
    return;
  window->unblock(x.definition);
  serve();
}

void queue_state::load() { has_ready(); }

bool queue_state::has_ready() {
  while (window->runs_dry(now_ms()))
    refill();
  return window->has_ready();
}

/// Every call reads on from where the last one ended, so a caller's loop ends.
void queue_state::refill() {
  auto from = window->read_from();
  auto page = context->rows->read(queue, from, now_ms());
  auto more = page.ready_end || page.delayed_end;
  if (!from && !metrics) {
    metrics = true;
    if (more)
      page.total = context->rows->count(queue);
  }
  window->load(std::move(page), now_ms());
}

void queue_state::hand_out_ended(tutti::hand_out_ended& x) {
  auto again = now_ms() + context->settings.hand_out_retry.count();
  for (auto& task : x.failed)
    window->give_back(task, again);
  if (x.empty_handed) {
    if (draining)
      x.empty_handed->poll.done(polled{});
    else
      parked.park(std::move(*x.empty_handed));
  }
  serve();
}

/// A hand-out whose record never came (its execution crashed in between) must
/// not keep the task from other workers: the store knows whether it waits.
void queue_state::check_hand_outs() {
  for (auto& x : window->overdue(now() - context->settings.hand_out_check)) {
    if (context->rows->holds(x)) {
      if (context->limits)
        context->limits->give_back(x.limited_by, x.task_id);
      window->reopen(x, now_ms());
    } else
      window->withdraw(x);
  }
}

void queue_state::tick() {
  ticks.erase(ticks.begin(), ticks.upper_bound(now()));
  check_hand_outs();
  serve();
}

/// One tick for the earliest of: a poll times out, a delayed task is ready, a
/// hand-out is overdue. Delays count on the node's clock, the rest in real
/// time.
void queue_state::arm() {
  if (auto deadline = parked.next_deadline())
    arm_at(*deadline);
  if (auto oldest = window->oldest_hand_out())
    arm_at(*oldest + context->settings.hand_out_check);
  if (parked.empty())
    return;
  auto arm_at_time = [&](int64_t at) {
    arm_at(now() + milliseconds(std::max<int64_t>(1, at - now_ms())));
  };
  if (auto wake = window->next_wake())
    arm_at_time(*wake);
  for (auto& [definition, retry_at] : blocked)
    if (retry_at != 0)
      arm_at_time(retry_at);
}

void queue_state::arm_at(parked_poll::instant when) {
  if (!ticks.empty() && *ticks.begin() <= when + milliseconds(1))
    return;
  ticks.insert(when);
  // Rounded up: a tick that comes too early would find nothing and spin.
  auto wait = std::chrono::ceil<milliseconds>(when - now());
  self->delayed_send(self, std::max(wait, milliseconds(0)), tutti::tick{});
}

queue_figures queue_state::figures() const {
  return {int64_t(window->size()), int64_t(window->handed_out())};
}

void queue_state::reload() {
  window->distrust();
  metrics = false;
  load();
  serve();
}

void queue_state::stop_serving() {
  draining = true;
  for (auto& x : parked.take_all())
    x.poll.done(polled{});
}

queue_actor::behavior_type
task_queue(queue_actor::stateful_pointer<queue_state> self, std::string queue,
           queue_context_pointer context) {
  auto& state = self->state;
  state.queue = std::move(queue);
  state.window.emplace(context->settings.window_rows_max);
  state.context = std::move(context);
  state.load();
  return {
      [self](offer_tasks& x) { self->state.offer(std::move(x.tasks)); },
      [self](withdraw_tasks& x) {
        for (auto& row : x.tasks)
          self->state.window->withdraw(row);
      },
      [self](envelope<poll_tasks>& x) {
        if (self->state.draining)
          x.done(polled{});
        else
          self->state.poll(std::move(x));
      },
      [self](const envelope<cancel_poll>& x) {
        self->state.parked.cancel(x.request.poll_id, self->clock().now());
        x.done(done{});
      },
      [self](const count_queue& x) { x.done(self->state.figures()); },
      [self](const describe_queue& x) { x.done(self->state.describe()); },
      [self](const reload_queue& x) {
        self->state.reload();
        x.done(self->state.figures());
      },
      [self](hand_out_ended& x) { self->state.hand_out_ended(x); },
      [self](const limit_eased& x) { self->state.limit_eased(x); },
      [self](const envelope<locate_in_queue>& x) {
        x.done(self->state.locate(x.request));
      },
      [self](tick) { self->state.tick(); },
      [self](clock_moved) { self->state.serve(); },
      [self](const drain& x) {
        self->state.stop_serving();
        x.finished(done{});
      },
  };
}

} // namespace tutti
