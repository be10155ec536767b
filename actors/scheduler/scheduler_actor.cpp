#include "actors/scheduler/scheduler_actor.hpp"

#include "actors/engine/decision/requested_start.hpp"
#include "actors/idempotent_start/start_coordinator.hpp"
#include "actors/scheduler/listing.hpp"
#include "actors/scheduler/requested_start.hpp"
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

/// The number after the greatest outbox message in the outbox.
uint64_t next_outbox_number(const shard_context& in) {
  uint64_t next = 1;
  auto from = keys::all_outbox_messages();
  in.store->scan_backwards(in.shard, from, keys::after(from),
                           [&](std::string_view key, std::string_view) {
                             next = keys::read_outbox(key).value_or(0) + 1;
                             return false;
                           });
  return next;
}

} // namespace scheduler_detail

scheduler_state::instant scheduler_state::now() const {
  return self->clock().now();
}

void scheduler_state::open(shard_context_pointer x) {
  context = std::move(x);
  incidents_.emplace(context->settings.crash_limit,
                     context->settings.crash_window);
  context->next_outbox_number = scheduler_detail::next_outbox_number(*context);
  self->delayed_send(self, context->settings.terminal_sleep / 2, tick{});
}

std::optional<failure> scheduler_state::refusal() const {
  if (context->failed)
    return failure{errc::unavailable,
                   "shard " + std::to_string(context->shard)
                       + " failed to write and waits for a restart"};
  if (draining_)
    return failure{errc::unavailable, "the node is stopping"};
  return {};
}

// Finding and waking

bool scheduler_state::is_stored(const std::string& id) const {
  namespace keys = storage::keys;
  return is_plausible_id(id)
         && context->store->get(context->shard, keys::event(id, 1));
}

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
  auto* call = std::get_if<envelope<call_workflow>>(&x);
  auto* start
      = call ? std::get_if<command::start>(&call->request.what) : nullptr;
  // An id is made for its start alone, unless an idempotency key made it.
  bool unused = start && start->head.idempotency_key.empty();
  bool stored = !unused && is_stored(id);
  if (!stored && !start)
    return refuse(x, unknown_workflow(id));
  send_to(spawn(id, !stored), std::move(x));
}

void scheduler_state::call(envelope<call_workflow>& x) {
  auto id = x.request.workflow_id;
  // Who moves a task between queue and shelf names the task alone.
  if (std::holds_alternative<command::leave_queue>(x.request.what)
      || std::holds_alternative<command::queue_again>(x.request.what)) {
    id = workflow_of_task(id);
    if (id.empty())
      return x.done(failure{errc::not_found, "No such task found by id: "
                                                 + x.request.workflow_id});
    x.request.workflow_id = id;
  }
  forward(id, std::move(x));
}

void scheduler_state::remove(envelope<remove_workflow>& x) {
  auto id = x.request.workflow_id;
  forward(id, std::move(x));
}

std::string scheduler_state::workflow_of_task(const std::string& task_id) {
  namespace keys = storage::keys;
  if (auto* found = active_.find_by_task(task_id))
    return found->id;
  std::string out;
  if (!is_plausible_id(task_id) || task_id.size() < id_prefix_length)
    return out;
  auto from = keys::events_of(task_id.substr(0, id_prefix_length));
  from.pop_back(); // the end of the text: other characters follow here
  context->store->scan(context->shard, from, keys::after(from),
                       [&](std::string_view key, std::string_view) {
                         if (auto found = keys::read_event(key))
                           out = std::move(found->id);
                         return false;
                       });
  return out;
}

void scheduler_state::read(envelope<read_execution>& x) {
  auto id = x.request.workflow_id;
  if (x.request.what == read_execution::part::task) {
    id = workflow_of_task(id);
    if (id.empty())
      return x.done(unknown_task(x.request.workflow_id));
  }
  forward(id, std::move(x));
}

void scheduler_state::read_head(envelope<read_execution_head>& x) {
  auto& task_id = x.request.task_id;
  auto id = task_id.empty() ? x.request.workflow_id : workflow_of_task(task_id);
  if (id.empty())
    return x.done(unknown_task(task_id));
  forward(id, std::move(x));
}

// A sleeping execution is not woken for it, and one that was put aside is read
// all the same: what is stored is whole.
void scheduler_state::history(envelope<read_history>& x) {
  auto id = x.request.workflow_id;
  if (active_.find(id))
    return forward(id, std::move(x));
  if (!is_stored(id))
    return x.done(unknown_workflow(id));
  self->system().spawn([store = context->store, what = std::move(x)] {
    what.done(history_page(*store, what.request));
  });
}

void scheduler_state::explain(envelope<explain_workflow>& x) {
  auto id = x.request.workflow_id;
  if (incidents_->parked(id))
    return x.done(explain_incident(id, incidents_->sentence(id)));
  forward(id, std::move(x));
}

void scheduler_state::list(const envelope<list_executions>& x) {
  x.done(list_part(*context, x.request));
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
  using namespace scheduler_detail;
  if (auto no = refusal())
    return x.done(std::move(*no));
  // It may be there because an earlier start was refused: then it knows nothing
  // and has to leave, before it can be started. It stays if it is at work.
  if (auto* found = active_.find(what.workflow_id)) {
    ask_to_sleep(*found);
    return forward(what.workflow_id, std::move(x));
  }
  if (incidents_->parked(what.workflow_id))
    return forward(what.workflow_id, std::move(x));
  if (is_stored(what.workflow_id))
    return x.done(answer{});
  auto start = begin_other(*context, what);
  if (!start)
    return refuse_start(context, what, start.failure().message, x.done);
  if (needs_coordination(*start))
    return start_with_care(context, what, std::move(*start), x.done);
  envelope<call_workflow> call;
  call.request.workflow_id = what.workflow_id;
  call.request.what = std::move(*start);
  call.done = x.done;
  forward(what.workflow_id, std::move(call));
}

// Incidents

void scheduler_state::report(const envelope<list_incidents>& x) {
  x.done(incidents_->report());
}

void scheduler_state::release(const envelope<release_incident>& x) {
  auto& id = x.request.workflow_id;
  if (incidents_->release(id))
    x.done(done{});
  else
    x.done(failure{errc::not_found, "there is no incident of execution " + id});
}

scheduler_actor::behavior_type
scheduler(scheduler_actor::stateful_pointer<scheduler_state> self,
          shard_context_pointer context) {
  self->state.open(std::move(context));
  self->set_down_handler([self](caf::down_msg& x) { self->state.on_down(x); });
  self->set_exit_handler([self](caf::exit_msg& x) {
    self->state.stop_all();
    self->quit(x.reason);
  });
  return {
      [self](envelope<call_workflow>& x) { self->state.call(x); },
      [self](envelope<read_execution>& x) { self->state.read(x); },
      [self](envelope<read_execution_head>& x) { self->state.read_head(x); },
      [self](envelope<read_history>& x) { self->state.history(x); },
      [self](envelope<explain_workflow>& x) { self->state.explain(x); },
      [self](envelope<remove_workflow>& x) { self->state.remove(x); },
      [self](const envelope<list_executions>& x) { self->state.list(x); },
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
      [self](drain& x) { self->state.stop(x); },
  };
}

} // namespace tutti
