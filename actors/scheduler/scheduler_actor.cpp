#include "actors/scheduler/scheduler_actor.hpp"

#include "actors/engine/decision/requested_start.hpp"
#include "actors/idempotent_start/start_coordinator.hpp"
#include "actors/scheduler/listing.hpp"
#include "actors/scheduler/requested_start.hpp"
#include "actors/support/guarded.hpp"
#include "actors/support/reading.hpp"
#include "actors/support/unknown.hpp"
#include "actors/workflow/explain.hpp"
#include "actors/workflow/history.hpp"
#include "messages/model/ids.hpp"
#include "storage/keys.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tutti {

namespace scheduler_detail {

namespace keys = storage::keys;

void refuse(const held_message& x, failure why) {
  std::visit([&](auto& m) { m.done(std::move(why)); }, x);
}

result<bool> is_stored(const storage::store& from, uint32_t shard,
                       const std::string& id) {
  auto first = from.get(shard, keys::event(id, 1));
  if (!first)
    return std::move(first).failure();
  return first->has_value();
}

/// The execution whose tasks' ids begin like this one; empty: there is none.
result<std::string> workflow_of_task(const storage::store& from, uint32_t shard,
                                     const std::string& task_id) {
  auto first = keys::events_of(task_id.substr(0, id_prefix_length));
  first.pop_back(); // the end of the text: other characters follow here
  auto end = keys::after(first);
  auto rows = from.read(shard, {first, end}, {1});
  if (!rows)
    return std::move(rows).failure();
  auto found = rows->empty() ? std::nullopt : keys::read_event((*rows)[0].key);
  return found ? std::move(found->id) : std::string();
}

} // namespace scheduler_detail

scheduler_state::instant scheduler_state::now() const {
  return self->clock().now();
}

void scheduler_state::open(shard_context_pointer x) {
  context = std::move(x);
  incidents_.emplace(context->settings.crash_limit,
                     context->settings.crash_window);
  families_ = family_sizes(context->settings.families_known_max);
  self->delayed_send(self, context->settings.terminal_sleep / 2, tick{});
}

std::optional<failure> scheduler_state::refusal() const {
  if (context->failed)
    return failure{errc::unavailable,
                   context->why_failed() + "; the node must be started again"};
  if (draining_)
    return failure{errc::unavailable, "the node is stopping"};
  return {};
}

// Finding and waking executions

active_execution& scheduler_state::spawn(const std::string& id, bool fresh) {
  auto shared_status = std::make_shared<workflow_shared_status>();
  workflow_setup setup{context, id, fresh,
                       caf::actor_cast<scheduler_actor>(self), shared_status};
  auto actor = self->spawn(workflow_execution, std::move(setup));
  self->monitor(actor);
  active_execution x;
  x.id = id;
  x.actor = std::move(actor);
  x.shared_status = std::move(shared_status);
  x.last_used = now();
  return active_.add(std::move(x));
}

void scheduler_state::send_to(active_execution& to, held_message x) {
  if (to.now != active_execution::phase::awake) {
    to.held.push_back(std::move(x));
    return;
  }
  active_.used(to, now());
  std::visit([&](auto& m) { self->send(to.actor, std::move(m)); }, x);
}

void scheduler_state::forward(const std::string& id, held_message x) {
  using namespace scheduler_detail;
  if (auto no = refusal())
    return refuse(x, std::move(*no));
  if (auto* found = active_.find(id))
    return send_to(*found, std::move(x));
  if (incidents_->parked(id))
    return refuse(x, {errc::unavailable, incidents_->sentence(id)});
  // An id is made for its start alone, unless it was computed, by an
  // idempotency key or from an instant of a schedule: then the start may come
  // again. For the others there is nothing to read. Ids without a start may be
  // anybody's invention; the actor finds out, and leaves when nothing is
  // stored.
  auto* call = std::get_if<envelope<call_workflow>>(&x);
  auto* start
      = call ? std::get_if<command::start>(&call->request.what) : nullptr;
  if (!start && !is_plausible_id(id))
    return refuse(x, unknown_workflow(id));
  bool unused = start && start->head.idempotency_key.empty()
                && start->head.asked_by.empty();
  send_to(spawn(id, unused), std::move(x));
}

void scheduler_state::call(envelope<call_workflow>& x) {
  // Who moves a task between queue and shelf names the task alone.
  if (std::holds_alternative<command::leave_queue>(x.request.what)
      || std::holds_alternative<command::queue_again>(x.request.what)) {
    auto& task_id = x.request.workflow_id;
    return find_by_task(
        task_id, x.done,
        {errc::not_found, "No such task found by id: " + task_id},
        [this, x](const std::string& id) mutable {
          x.request.workflow_id = id;
          forward(id, std::move(x));
        });
  }
  auto id = x.request.workflow_id;
  forward(id, std::move(x));
}

template <class T>
void scheduler_state::find_by_task(
    const std::string& task_id, const reply<T>& done, failure missing,
    std::function<void(const std::string& id)> then) {
  using namespace scheduler_detail;
  if (auto* found = active_.find_by_task(task_id))
    return then(found->id);
  if (!is_plausible_id(task_id) || task_id.size() < id_prefix_length)
    return done(std::move(missing));
  read_then<std::string>(
      self, *context->readers,
      [shard = context->shard, task_id](const storage::store& from) {
        return workflow_of_task(from, shard, task_id);
      },
      [done, missing, then](result<std::string> id) {
        if (!id)
          done(std::move(id).failure());
        else if (id->empty())
          done(missing);
        else
          then(*id);
      });
}

void scheduler_state::remove(envelope<remove_workflow>& x) {
  auto id = x.request.workflow_id;
  context->logs->forget(id);
  forward(id, std::move(x));
}

void scheduler_state::read(envelope<read_execution>& x) {
  auto id = x.request.workflow_id;
  if (x.request.what != read_execution::part::task)
    return forward(id, std::move(x));
  find_by_task(id, x.done, unknown_task(id),
               [this, x](const std::string& found) { forward(found, x); });
}

void scheduler_state::read_head(envelope<read_execution_head>& x) {
  auto task_id = x.request.task_id;
  auto id = x.request.workflow_id;
  if (task_id.empty())
    return forward(id, std::move(x));
  find_by_task(task_id, x.done, unknown_task(task_id),
               [this, x](const std::string& found) { forward(found, x); });
}

// A sleeping execution is not woken for it, and one that was put aside is read
// all the same: what is stored is whole.
void scheduler_state::history(envelope<read_history>& x) {
  auto id = x.request.workflow_id;
  if (active_.find(id))
    return forward(id, std::move(x));
  if (!is_plausible_id(id))
    return x.done(unknown_workflow(id));
  tell_history(*context->readers, x);
}

void scheduler_state::explain(envelope<explain_workflow>& x) {
  auto id = x.request.workflow_id;
  if (incidents_->parked(id))
    return x.done(explain_incident(id, incidents_->sentence(id)));
  forward(id, std::move(x));
}

void scheduler_state::list(const envelope<list_executions>& x) {
  auto work
      = [shard = context->shard, what = x.request](const storage::store& from) {
          return list_part(from, shard, what);
        };
  storage::read<execution_list>(*context->readers, std::move(work), x.done);
}

void scheduler_state::watch(envelope<watch_execution>& x) {
  auto id = x.request.workflow_id;
  forward(id, std::move(x));
}

// An execution that sleeps goes on sleeping.
void scheduler_state::unwatch(const envelope<end_watch>& x) {
  context->watches.end(x.request.workflow_id, x.request.watch_id);
  x.done(done{});
}

// Outbox messages

void scheduler_state::accept(envelope<accept_outbox_message>& x) {
  auto outbox_message = x.request.what;
  if (auto* start = std::get_if<start_other>(&outbox_message->what))
    return start_other_execution(*start, x);
  forward(outbox_message->to, std::move(x));
}

void scheduler_state::start_other_execution(
    const start_other& what, envelope<accept_outbox_message>& x) {
  if (auto no = refusal())
    return x.done(std::move(*no));
  auto& id = what.workflow_id;
  // It may be there because an earlier start was refused: then it knows nothing
  // and has to leave, before it can be started. It stays if it is at work.
  if (auto* found = active_.find(id)) {
    ask_to_sleep(*found);
    return forward(id, std::move(x));
  }
  if (incidents_->parked(id))
    return forward(id, std::move(x));
  if (x.request.first_time)
    return begin_other_execution(what, x.done);
  // It may have begun, and ended, before: the outbox message comes again.
  auto [looked_for, is_first] = looked_for_.try_emplace(id);
  looked_for->second.push_back(x);
  if (is_first)
    look_for(id);
}

void scheduler_state::look_for(const std::string& id) {
  using scheduler_detail::is_stored;
  auto work = [shard = context->shard, id](const storage::store& from) {
    return is_stored(from, shard, id);
  };
  auto then = [this, id](result<bool> stored) {
    auto waiting = looked_for_.extract(id);
    auto& all = waiting.mapped();
    // One of them begins it, the others find it.
    for (auto& x : all)
      if (!stored)
        x.done(stored.failure());
      else if (*stored)
        x.done(answer{});
      else if (&x != &all.front() || active_.find(id))
        accept(x);
      else if (auto no = refusal())
        x.done(std::move(*no));
      else
        begin_other_execution(std::get<start_other>(x.request.what->what),
                              x.done);
  };
  read_then<bool>(self, *context->readers, std::move(work), std::move(then));
}

// What is left of the budget when it is tight belongs to others than a family
// that begets and begets.
bool scheduler_state::lacks_memory_for(const std::string& family) const {
  constexpr uint64_t large_family = 1'000; // executions in all shards
  if (!context->memory || !context->memory->tight())
    return false;
  return context->memory->spent()
         || families_.of(family).executions * context->store->shards()
                >= large_family;
}

void scheduler_state::begin_other_execution(const start_other& what,
                                            const reply<answer>& done) {
  // The message waits on disk; executions that wait for it leave memory.
  if (lacks_memory_for(what.family))
    return done(failure{errc::unavailable,
                        "the node has no memory for further executions: "
                        "the start of '"
                            + what.name + "' waits"});
  auto& rules = context->bounds;
  auto shards = context->store->shards();
  if (auto* which = families_.admit(
          what.family, what.input.text().size(),
          {std::max<uint64_t>(1,
                              uint64_t(rules.family_executions_max) / shards),
           std::max<uint64_t>(1, rules.family_bytes_max / shards)})) {
    if (context->metrics)
      context->metrics->limit_reached(*which);
    bool counts = which == &bounds::family_executions;
    auto limit = counts ? uint64_t(rules.family_executions_max)
                        : rules.family_bytes_max;
    return refuse_start(context, what,
                        "workflow '" + what.name + "' is not started: "
                            + sentence_of(*which, limit, limit),
                        done);
  }
  auto start = begin_other(*context, what);
  if (!start)
    return refuse_start(context, what, start.failure().message, done);
  if (needs_coordination(*start))
    return start_with_care(context, what, std::move(*start), done);
  envelope<call_workflow> call;
  call.request.workflow_id = what.workflow_id;
  call.request.what = std::move(*start);
  call.done = done;
  forward(what.workflow_id, std::move(call));
}

// Incidents

void scheduler_state::report(const envelope<list_incidents>& x) {
  x.done(incidents_->report());
}

void scheduler_state::release(const envelope<release_incident>& x) {
  auto& id = x.request.workflow_id;
  if (!incidents_->release(id))
    return x.done(
        failure{errc::not_found, "there is no incident of execution " + id});
  // So that it is tried again after a restart, too.
  auto answer = [done = x.done, in = context](const storage::outcome& how) {
    if (how == storage::outcome::ok)
      return done(tutti::done{});
    in->fail(how);
    done(failure{errc::unavailable, "the release could not be stored"});
  };
  context->store->submit(
      {context->shard,
       context->epoch,
       {{storage::operation::kind::erase, storage::keys::waking(id), {}}}},
      std::move(answer));
}

scheduler_actor::behavior_type
scheduler(scheduler_actor::stateful_pointer<scheduler_state> self,
          shard_context_pointer context) {
  self->state.open(std::move(context));
  self->set_down_handler([self](caf::down_msg& x) {
    guarded_call("scheduler", [&] { self->state.on_down(x); });
  });
  self->set_exit_handler([self](caf::exit_msg& x) {
    self->state.stop_all();
    self->quit(x.reason);
  });
  return guarded<scheduler_actor::behavior_type>(
      self, "scheduler",
      [self](envelope<call_workflow>& x) { self->state.call(x); },
      [self](envelope<read_execution>& x) { self->state.read(x); },
      [self](envelope<read_execution_head>& x) { self->state.read_head(x); },
      [self](envelope<read_history>& x) { self->state.history(x); },
      [self](envelope<explain_workflow>& x) { self->state.explain(x); },
      [self](envelope<remove_workflow>& x) { self->state.remove(x); },
      [self](const envelope<list_executions>& x) { self->state.list(x); },
      [self](envelope<watch_execution>& x) { self->state.watch(x); },
      [self](const envelope<end_watch>& x) { self->state.unwatch(x); },
      [self](envelope<append_task_log>& x) { self->state.append_log(x); },
      [self](envelope<accept_outbox_message>& x) { self->state.accept(x); },
      [self](const envelope<acknowledge_event>& x) {
        self->state.acknowledge(x);
      },
      [self](const slept& x) { self->state.on_slept(x); },
      [self](const envelope<advance_key_attempt>& x) { self->state.raise(x); },
      [self](const envelope<list_incidents>& x) { self->state.report(x); },
      [self](const envelope<release_incident>& x) { self->state.release(x); },
      [self](const tick&) { self->state.look_for_idle(); },
      [self](const flush_deferred&) { self->state.flush_deferred_commits(); },
      [self](drain& x) { self->state.stop(x); });
}

} // namespace tutti
