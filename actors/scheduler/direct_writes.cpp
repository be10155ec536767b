#include "actors/scheduler/scheduler_actor.hpp"

#include "actors/engine/features/secret_mask.hpp"
#include "actors/idempotent_start/start_coordinator.hpp"
#include "actors/support/unknown.hpp"
#include "messages/model/ids.hpp"
#include "storage/keys.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>

// Writes that need no decision: one row each, without waking the execution.

namespace tutti {

namespace direct_writes_detail {

/// The answer comes when the row is durable.
template <class T>
void write(const shard_context& in, storage::operation row,
           const reply<T>& done, T success, const char* what,
           std::function<void()> written = {}) {
  storage::commit one{in.shard, in.epoch, {std::move(row)}};
  if (auto no = in.store->refusal(one))
    return done(std::move(*no));
  in.store->submit(std::move(one), [=, written = std::move(written)](
                                       const storage::outcome& how) {
    if (how != storage::outcome::ok)
      return done(
          failure{errc::unavailable,
                  std::string(what) + " was not written: " + how.why()});
    if (written)
      written();
    done(success);
  });
}

} // namespace direct_writes_detail

// The first line since a while: whether there is such a task, and its secrets,
// its execution knows, and what was logged the store. Then the line comes
// again.
void scheduler_state::learn_log(const envelope<append_task_log>& x) {
  auto me = caf::actor_cast<scheduler_actor>(self);
  auto found = [in = context, x, me](result<execution_head> head) {
    if (!head)
      return x.done(std::move(head).failure());
    auto secrets = std::make_shared<const std::vector<std::string>>(
        std::move(head->secrets));
    auto learned = [me, logs = in->logs, x,
                    secrets](result<task_log_room::figures> got) {
      if (!got)
        return x.done(std::move(got).failure());
      logs->learn(x.request.task_id, *got, secrets);
      caf::anon_send(me, x);
    };
    auto work = [shard = in->shard,
                 id = x.request.task_id](const storage::store& from) {
      return task_log_room::read(from, shard, id);
    };
    storage::read<task_log_room::figures>(*in->readers, std::move(work),
                                          std::move(learned));
  };
  envelope<read_execution_head> ask;
  ask.request.task_id = x.request.task_id;
  ask.done = reply<execution_head>(std::move(found));
  read_head(ask);
}

void scheduler_state::append_log(envelope<append_task_log>& x) {
  if (auto no = refusal())
    return x.done(std::move(*no));
  auto& task_id = x.request.task_id;
  auto& log = x.request.log;
  auto secrets = context->logs->secrets_of(task_id);
  if (!secrets)
    return learn_log(x);
  switch (context->logs->take(task_id, 1, log.size())) {
    case task_log_room::verdict::fits:
      break;
    case task_log_room::verdict::full: {
      auto [reached, why] = context->logs->refusal(task_id, 1, log.size());
      if (context->metrics)
        context->metrics->reached()->add(*reached);
      return x.done(std::move(why));
    }
    case task_log_room::verdict::unknown:
      return learn_log(x);
  }
  auto put = [in = context, task_id = x.request.task_id,
              done = x.done](std::string line) {
    auto key = storage::keys::log(task_id, in->clock->now_ms(), in->next_log++);
    direct_writes_detail::write(
        *in, {storage::operation::kind::put, std::move(key), std::move(line)},
        done, tutti::done{}, "the log line");
  };
  if (secrets->empty() || !context->env)
    return put(std::move(log));
  // Looking for them in a long line takes long.
  auto hide = [secrets, env = context->env, line = std::move(log)](
                  const storage::store&) -> result<std::string> {
    return engine::secret_mask(*secrets, *env).hide(line);
  };
  auto then = [put, done = x.done](result<std::string> hidden) {
    if (hidden)
      put(*std::move(hidden));
    else
      done(std::move(hidden).failure());
  };
  storage::read<std::string>(*context->readers, std::move(hide),
                             std::move(then));
}

// A message that was acted upon.
void scheduler_state::acknowledge(const envelope<acknowledge_event>& x) {
  if (auto no = refusal())
    return x.done(std::move(*no));
  auto work = [what = x.request](const storage::store& from) {
    return event_queue_rows(from).find(what.queue, what.message_id);
  };
  auto then = [in = context, x](result<std::string> key) {
    if (!key)
      return x.done(std::move(key).failure());
    if (key->empty())
      return x.done(acknowledged{false});
    direct_writes_detail::write(
        *in, {storage::operation::kind::erase, *std::move(key), {}}, x.done,
        acknowledged{true}, "the acknowledgement",
        [queue = x.request.queue, events = in->events] {
          if (events)
            events->taken_out(queue);
        });
  };
  storage::read<std::string>(*context->readers, std::move(work),
                             std::move(then));
}

// Where the search for the use of an idempotency key begins only grows. Should
// two raises cross, the search is a step longer, and comes to the same end.
void scheduler_state::raise(const envelope<advance_key_attempt>& x) {
  if (auto no = refusal())
    return x.done(std::move(*no));
  auto work = [what = x.request](const storage::store& from) {
    return first_attempt(from, what.name, what.key);
  };
  auto then = [in = context, x](result<uint32_t> known) {
    auto& [name, key, attempt] = x.request;
    if (!known)
      return x.done(std::move(known).failure());
    if (*known >= attempt)
      return x.done(document{{}, int64_t(*known)});
    direct_writes_detail::write(*in, attempt_row(name, key, attempt), x.done,
                                document{{}, int64_t(attempt)},
                                "the use of an idempotency key");
  };
  storage::read<uint32_t>(*context->readers, std::move(work), std::move(then));
}

} // namespace tutti
