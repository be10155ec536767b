#include "actors/scheduler/scheduler_actor.hpp"

#include "actors/idempotent_start/start_coordinator.hpp"
#include "messages/model/ids.hpp"
#include "storage/keys.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>

// What concerns no decision: one row is written, and nobody is woken for it.

namespace tutti {

namespace direct_writes_detail {

/// The answer comes when the row is durable.
void write(const shard_context& in, storage::operation row,
           const reply<answer>& done, const char* what,
           std::function<void()> written = {}) {
  storage::commit one{in.shard, in.epoch, {std::move(row)}};
  in.store->submit(
      std::move(one), [=, written = std::move(written)](storage::outcome how) {
        if (how != storage::outcome::ok)
          return done(failure{errc::unavailable,
                              std::string(what) + " could not be written"});
        if (written)
          written();
        done(answer{});
      });
}

} // namespace direct_writes_detail

void scheduler_state::append_log(append_task_log& x) {
  if (auto no = refusal())
    return x.done(std::move(*no));
  if (!is_plausible_id(x.task_id))
    return x.done(
        failure{errc::not_found, "Task not found for taskId: " + x.task_id});
  auto key = storage::keys::log(x.task_id, context->clock->now_ms(),
                                context->next_log++);
  direct_writes_detail::write(
      *context,
      {storage::operation::kind::put, std::move(key), std::move(x.log)}, x.done,
      "the log line");
}

// A message that was acted upon.
void scheduler_state::acknowledge(const event_queue_query& x) {
  if (auto no = refusal())
    return x.done(std::move(*no));
  auto key = event_queue_rows(context->store).find(x.queue, x.message_id);
  if (key.empty()) {
    answer none;
    none.effective = false;
    return x.done(std::move(none));
  }
  direct_writes_detail::write(
      *context, {storage::operation::kind::erase, std::move(key), {}}, x.done,
      "the acknowledgement", [queue = x.queue, events = context->events] {
        if (events)
          events->taken_out(queue);
      });
}

// Where the search for the use of an idempotency key begins only grows.
void scheduler_state::raise(const advance_key_attempt& x) {
  if (auto no = refusal())
    return x.done(std::move(*no));
  if (first_attempt(*context->store, x.name, x.key) >= x.attempt)
    return x.done(answer{});
  direct_writes_detail::write(*context, attempt_row(x.name, x.key, x.attempt),
                              x.done, "the use of an idempotency key");
}

} // namespace tutti
