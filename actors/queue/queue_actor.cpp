#include "actors/queue/queue_actor.hpp"

#include "actors/queue/hand_out.hpp"
#include "actors/support/guarded.hpp"
#include "actors/support/reading.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace tutti {

using std::chrono::milliseconds;

parked_poll::instant queue_state::now() const { return self->clock().now(); }

void queue_state::offer(std::vector<waiting_task> tasks) {
  auto at = now_ms();
  if (gauges)
    gauges->offered += tasks.size();
  for (auto& x : tasks)
    window->offer(std::move(x), at);
  serve();
}

void queue_state::poll(envelope<poll_tasks> x) {
  auto wait = milliseconds(std::max(x.request.timeout_ms, 0));
  parked.park({next_arrival++, now() + wait, std::move(x)});
  serve();
}

/// Serves polls in the order of their arrival, each with the tasks visible at
/// its turn. If the window has run dry, it reads more rows and continues then.
void queue_state::serve() {
  ask_limits_again();
  while (!draining && (serving || !parked.empty())) {
    if (must_read())
      return read_on([this] { serve(); });
    if (!serving) {
      auto poll = window->has_ready() ? parked.take() : std::nullopt;
      if (!poll)
        break;
      auto wanted
          = std::clamp<size_t>(size_t(std::max(poll->poll.request.count, 1)), 1,
                               context->settings.poll_tasks_max);
      serving.emplace(served_poll{std::move(*poll), wanted, {}});
    }
    take_for(*serving);
    if (unknown_limit)
      return learn_limit(*std::exchange(unknown_limit, std::nullopt));
    if (serving->tasks.size() == serving->wanted || !must_read())
      end(*std::exchange(serving, std::nullopt));
  }
  for (auto& x : parked.take_expired(now()))
    x.poll.done(polled{});
  tell_elsewhere();
  arm();
  show();
}

/// Others hear of tasks only when nobody waits for them here, and are asked
/// only when there are none here.
void queue_state::tell_elsewhere() {
  auto* others = context->elsewhere.get();
  if (!others || draining)
    return;
  if (parked.has_workers())
    return others->wanted(queue);
  if (!wanted_elsewhere())
    return;
  if (must_read())
    return read_on([this] { serve(); });
  if (!window->runs_dry(now_ms()) && window->has_ready())
    others->ready(queue, window->ready());
}

bool queue_state::wanted_elsewhere() const {
  return context->elsewhere && !draining && parked.empty()
         && context->elsewhere->wants(queue);
}

/// The poll goes on as the same poll: a worker that leaves meanwhile is
/// remembered by its id.
void queue_state::lend(const lend_polls& x) {
  std::vector<envelope<poll_tasks>> out;
  auto me = caf::actor_cast<queue_actor>(self);
  while (!draining && out.size() < x.count) {
    auto poll = parked.take_of_worker();
    if (!poll)
      break;
    auto lent = std::make_shared<parked_poll>(std::move(*poll));
    auto back = [me, lent](result<polled> got) {
      if (got && !got->tasks.empty())
        return lent->poll.done(std::move(got));
      caf::anon_send(me, tutti::hand_out_ended{{}, lent});
    };
    out.push_back(lent->poll.with(reply<polled>(std::move(back))));
  }
  x.taken(std::move(out));
}

void queue_state::learn_limit(const std::string& definition) {
  using stored = task_limits::stored;
  auto work = [definition](const storage::store& from) {
    return task_limits::read(from, definition);
  };
  auto then = [this, definition](result<stored> found) {
    if (!found) {
      spdlog::warn("queue {}: what counts for the limits of {} cannot be read "
                   "now: {}",
                   queue, definition, found.failure().message);
      blocked[definition] = now_ms() + context->settings.read_retry.count();
      window->block(definition);
    }
    context->limits->learn(definition, std::move(found));
    serve();
  };
  read_first<stored>(self, *context->readers, std::move(work), std::move(then));
}

void queue_state::take_for(served_poll& x) {
  // An answer shows the input, and what the definition says of it.
  constexpr uint64_t row_bytes = 4 << 10;
  while (x.tasks.size() < x.wanted
         && x.bytes < context->settings.poll_bytes_max)
    if (auto next = take_next()) {
      x.bytes += row_bytes + uint64_t(next->task.input_bytes);
      x.tasks.push_back(std::move(*next));
    } else {
      return;
    }
}

void queue_state::end(served_poll x) {
  if (gauges)
    gauges->popped += x.tasks.size();
  if (x.tasks.empty())
    parked.park(std::move(x.poll));
  else
    hand_out(*context, self, std::move(x.poll), std::move(x.tasks));
}

std::optional<granted_task> queue_state::take_next() {
  while (!window->runs_dry(now_ms()) && window->has_ready()) {
    auto& best = *window->best();
    limit_verdict verdict;
    if (context->limits && !best.limited_by.empty())
      verdict = context->limits->acquire(best);
    if (verdict.granted)
      return granted_task{*window->pop(now_ms(), now()), verdict};
    if (verdict.unknown) {
      unknown_limit = best.limited_by;
      break;
    }
    if (context->metrics)
      count_limit(best, verdict);
    blocked[best.limited_by] = verdict.retry_at;
    window->block(best.limited_by);
  }
  return std::nullopt;
}

void queue_state::count_limit(const waiting_task& x,
                              const limit_verdict& verdict) const {
  auto limit = context->limits->limit_now(x.limited_by, x.own_limit);
  if (verdict.retry_at != 0)
    context->metrics->rate_limited(x.limited_by, limit.grants);
  else
    context->metrics->concurrency_limited(x.limited_by, limit.concurrent);
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

bool queue_state::must_read() {
  return window->runs_dry(now_ms()) && now() >= read_again;
}

void queue_state::when_read(std::function<void()> then) {
  if (must_read())
    return read_on([this, then = std::move(then)] { when_read(then); });
  then();
}

/// Every call reads from where the last one ended, so the caller's loop ends.
void queue_state::read_on(std::function<void()> then) {
  auto from = window->read_from();
  bool count = !from && !std::exchange(counted, true);
  auto work = [rows = context->rows, queue = queue, from, count,
               at = now_ms()](const storage::store& store) {
    auto page = rows->read(store, queue, from, at);
    if (!page || !count || !(page->ready_end || page->delayed_end))
      return page;
    auto total = rows->count(store, queue);
    if (!total)
      return result<queue_page>(std::move(total).failure());
    page->total = *total;
    return page;
  };
  read_first<queue_page>(
      self, *context->readers, std::move(work),
      [this, count, then = std::move(then)](result<queue_page> page) {
        if (page) {
          window->load(std::move(*page), now_ms());
        } else {
          spdlog::warn("queue {}: waiting tasks cannot be read now: {}", queue,
                       page.failure().message);
          read_again = now() + context->settings.read_retry;
          counted = counted && !count;
        }
        show();
        then();
      });
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

void queue_state::tick() {
  ticks.erase(ticks.begin(), ticks.upper_bound(now()));
  auto overdue = window->overdue(now() - context->settings.hand_out_check);
  if (overdue.empty() || now() < check_again)
    return serve();
  check_hand_outs(overdue);
}

/// A hand-out may never be recorded, because its execution crashed. The task
/// must not stay hidden from other workers: the store knows whether it waits.
void queue_state::check_hand_outs(const std::vector<waiting_task>& overdue) {
  auto work = [rows = context->rows, overdue](
                  const storage::store& store) -> result<std::vector<bool>> {
    std::vector<bool> out;
    for (auto& x : overdue) {
      auto waits = rows->holds(store, x);
      if (!waits)
        return std::move(waits).failure();
      out.push_back(*waits);
    }
    return out;
  };
  auto then = [this, overdue](result<std::vector<bool>> waits) {
    if (!waits)
      check_again = now() + context->settings.read_retry;
    for (size_t i = 0; waits && i < overdue.size(); ++i) {
      auto& x = overdue[i];
      if (!(*waits)[i]) {
        window->withdraw(x);
        continue;
      }
      if (context->limits)
        context->limits->give_back(x.limited_by, x.task_id);
      window->reopen(x, now_ms());
    }
    serve();
  };
  read_first<std::vector<bool>>(self, *context->readers, std::move(work),
                                std::move(then));
}

/// Sets one tick for the earliest of: a poll's timeout, a delayed task, an
/// overdue hand-out. Delays use the node's clock, the others real time.
void queue_state::arm() {
  if (auto deadline = parked.next_deadline())
    arm_at(*deadline);
  if (auto oldest = window->oldest_hand_out())
    arm_at(std::max(*oldest + context->settings.hand_out_check, check_again));
  if (parked.empty() && !wanted_elsewhere())
    return;
  if (now() < read_again && window->runs_dry(now_ms()))
    arm_at(read_again);
  // The wall clock may be set, and real time has fewer years than it.
  constexpr int64_t wait_ms_max = 3'600'000;
  auto arm_at_time = [&](int64_t at) {
    arm_at(now()
           + milliseconds(std::clamp<int64_t>(at - now_ms(), 1, wait_ms_max)));
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
  // Rounded up: an early tick would find nothing and spin.
  auto wait = std::chrono::ceil<milliseconds>(when - now());
  self->delayed_send(self, std::max(wait, milliseconds(0)), tutti::tick{});
}

queue_figures queue_state::figures() const {
  return {int64_t(window->size()), int64_t(window->handed_out())};
}

void queue_state::show() const {
  if (!gauges)
    return;
  gauges->depth = int64_t(window->size());
  gauges->delayed = int64_t(window->delayed());
  gauges->handed_out = int64_t(window->handed_out());
  gauges->polls = int64_t(parked.size());
  gauges->oldest_at = window->oldest().value_or(0);
}

void queue_state::reload(const reply<queue_figures>& done) {
  window->distrust();
  counted = false;
  when_read([this, done] {
    serve();
    done(figures());
  });
}

void queue_state::stop_serving() {
  draining = true;
  for (auto& x : parked.take_all())
    x.poll.done(polled{});
}

queue_actor::behavior_type
task_queue(queue_actor::stateful_pointer<queue_state> self, std::string queue,
           queue_context_pointer context, bool is_new) {
  auto& state = self->state;
  state.queue = std::move(queue);
  state.window.emplace(context->settings.window_rows_max);
  state.context = std::move(context);
  if (auto& table = state.context->table)
    state.gauges = table->of(state.queue);
  if (is_new) {
    queue_page nothing;
    nothing.from_start = true;
    state.window->load(std::move(nothing), state.now_ms());
    state.counted = true;
  }
  state.when_read([] {});
  return guarded<queue_actor::behavior_type>(
      self, "queue",
      [self](offer_tasks& x) { self->state.offer(std::move(x.tasks)); },
      [self](withdraw_tasks& x) {
        for (auto& row : x.tasks)
          self->state.window->withdraw(row);
        self->state.show();
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
      [self](const describe_queue& x) { self->state.describe(x.done); },
      [self](const reload_queue& x) { self->state.reload(x.done); },
      [self](hand_out_ended& x) { self->state.hand_out_ended(x); },
      [self](const offer_elsewhere&) { self->state.serve(); },
      [self](const lend_polls& x) { self->state.lend(x); },
      [self](const limit_eased& x) { self->state.limit_eased(x); },
      [self](const envelope<locate_in_queue>& x) { self->state.locate(x); },
      [self](tick) { self->state.tick(); },
      [self](clock_moved) { self->state.serve(); },
      [self](const drain& x) {
        self->state.stop_serving();
        x.finished(done{});
      });
}

} // namespace tutti
