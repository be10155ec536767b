#include "actors/workflow/workflow_actor.hpp"

#include "actors/engine/decision/leases.hpp"
#include "actors/engine/decision/removal.hpp"
#include "actors/engine/views/rendering.hpp"
#include "actors/schedules/firing_ids.hpp"
#include "actors/scripts/script_service.hpp"
#include "actors/support/unknown.hpp"
#include "actors/workflow/decision_figures.hpp"
#include "actors/workflow/decision_log.hpp"
#include "actors/workflow/explain.hpp"
#include "actors/workflow/history.hpp"
#include "actors/workflow/rendering.hpp"
#include "messages/model/deciding_thread.hpp"
#include "messages/model/logging/log.hpp"
#include "storage/keys.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <new>
#include <stdexcept>

namespace tutti {

namespace workflow_actor_detail {

std::string text_of(const std::exception_ptr& x) {
  try {
    std::rethrow_exception(x);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

bool lacked_memory(const std::exception_ptr& x) {
  try {
    std::rethrow_exception(x);
  } catch (const std::bad_alloc&) {
    return true;
  } catch (...) {
    return false;
  }
}

} // namespace workflow_actor_detail

failure workflow_state::unknown() const { return unknown_workflow(setup.id); }

void workflow_state::handle_held() {
  while (!pending_decision_ && !reloading_ && !held_.empty()) {
    auto next = std::move(held_.front());
    held_.pop_front();
    bool reads_first = !awake_ && !setup.fresh;
    receive(std::move(next));
    if (reads_first)
      return;
  }
}

void workflow_state::receive(held_message x) {
  may_lack_memory here;
  if (reloading_)
    return held_.push_back(std::move(x));
  if (!awake_ && !setup.fresh)
    return wake_for(std::move(x));
  if (!awake_)
    wake();
  if (pending_decision_)
    hold(std::move(x));
  else
    std::visit([this](auto& m) { handle(m); }, x);
}

void workflow_state::handle(envelope<call_workflow>& x) {
  run({std::move(x.request.what), std::move(x.done), x.request.answer_execution,
       std::move(x.context.client), std::move(x.context.request_id)});
}

void workflow_state::handle(envelope<accept_outbox_message>& x) {
  // A start of what exists was answered by the start itself; it comes again
  // because the acknowledgement was lost.
  if (auto* what = std::get_if<workflow_command>(&x.request.what->what))
    return run({*what, x.done, false, {}, x.context.request_id, true});
  answer duplicate;
  duplicate.effective = false;
  if (execution_.exists())
    answer_in_order(x.done, std::move(duplicate));
  else
    x.done(failure{errc::unavailable,
                   "execution " + setup.id + " has not begun yet"});
}

// Somebody else's start with the idempotency key of this execution, which was
// removed: he takes the key's next id. A repeat of the start that began it is
// about what is gone.
bool workflow_state::frees_key(const pending_request& x) const {
  auto* start = std::get_if<command::start>(&x.what);
  return start && !start->head.idempotency_key.empty()
         && (start->head.asked_by.empty()
             || start->head.asked_by != execution_.head().asked_by);
}

void workflow_state::run(pending_request x) {
  if (removed_ && frees_key(x)) {
    answer ineffective;
    ineffective.effective = false;
    return answer_in_order(x.done, std::move(ineffective));
  }
  if (removed_
      || (!execution_.exists()
          && !std::holds_alternative<command::start>(x.what)))
    return answer_in_order(x.done, unknown());
  auto& context = *setup.context;
  if (context.before_decision)
    context.before_decision(setup.id);
  x.now = context.clock->now_ms();
  x.began = std::chrono::steady_clock::now();
  by_itself_
      = x.by_itself || std::holds_alternative<command::timer_fired>(x.what);
  if (execution_.exists())
    x.before = execution_.head().status;
  if (context.scripts
      && (engine::may_run_scripts(execution_, x.what) || may_take_long(x.what)))
    return begin_suspendable_decision(std::move(x));
  std::optional<engine::decision> decided;
  try {
    decided = decide(x, *context.definitions(), engine::no_scripts());
  } catch (const std::bad_alloc&) {
    return give_up(x);
  }
  conclude(x, std::move(*decided));
}

// The state is between two revisions.
void workflow_state::give_up(const pending_request& x) {
  auto why = lack_of_memory(by_itself_);
  x.done(why);
  auto& context = *setup.context;
  undo({context.shard, context.epoch, std::exchange(batch_, {}), {}}, why);
  begin_reload();
}

engine::decision workflow_state::decide(const pending_request& x,
                                        const definition_source& definitions,
                                        engine::script_runner& scripts) {
  auto& context = *setup.context;
  auto sinks = context.events ? context.events->sinks() : nullptr;
  return engine::decide(execution_, x.what,
                        {x.now, *context.ids, definitions, *context.domains,
                         *context.env, context.bounds, scripts, sinks.get(),
                         context.outputs.get()});
}

void workflow_state::conclude(const pending_request& x,
                              engine::decision decided) {
  count_limits(decided);
  log_decision(execution_, setup.id, x.request_id, x.what, decided);
  auto* metrics = setup.context->metrics.get();
  if (metrics)
    metrics->decided(std::chrono::steady_clock::now() - x.began);
  if (decided.refused) {
    if (metrics)
      count_refusal(*metrics, execution_, x.what);
    return answer_in_order(x.done, std::move(*decided.refused));
  }
  if (metrics)
    count_decision(*metrics, execution_, x.what, x.before, decided);
  if (!x.client.empty())
    decided.why.by = x.client;
  if (decided.unfinished) {
    auto why = decided.why;
    record(decided, x.what, x.now);
    if (logging::debugs())
      next_->follow(x.request_id, decided.task_id);
    long_requests_.push_back({x, std::move(why), std::move(decided)});
    return commit(x.now);
  }
  auto answered = answer_to(x.what, decided, x.answer_execution);
  bool changed = !decided.events.empty() || !decided.effects.empty();
  bool may_wait = decided.may_wait;
  if (changed) {
    record(decided, x.what, x.now);
    if (logging::debugs())
      next_->follow(x.request_id, decided.task_id);
  }
  if (changed && may_wait) {
    x.done(std::move(answered));
    return write_later();
  }
  if (changed) {
    next_->answer_with(x.done, std::move(answered));
    return commit(x.now);
  }
  answer_in_order(x.done, std::move(answered));
  // The deadline needed nothing: moves the timer row to the next one.
  if (std::holds_alternative<command::timer_fired>(x.what)
      && stored_->timer_due() != 0 && stored_->timer_due() <= x.now)
    commit(x.now);
}

void workflow_state::count_limits(const engine::decision& decided) const {
  auto& to = setup.context->metrics;
  if (!to)
    return;
  for (auto* which : decided.reached)
    to->limit_reached(*which);
  if (decided.large_payloads > 0)
    to->large_payloads(decided.large_payloads);
}

answer workflow_state::answer_to(const workflow_command& what,
                                 const engine::decision& decided,
                                 bool answer_execution) {
  answer out;
  out.effective = decided.effective;
  auto* row
      = decided.task_id.empty() ? nullptr : execution_.find(decided.task_id);
  if (row) {
    out.task_type = row->task_type;
    out.domain = row->domain;
    out.task_ended = is_terminal(row->status);
  }
  if (answer_execution) {
    // Whoever gets no text reads it, which is done aside.
    if (!setup.context->aside || !large_reads::concerns(execution_, {}))
      out.text = engine::render_execution(execution_, true);
  } else if (std::holds_alternative<command::hand_out>(what))
    out.text = row && decided.effective
                   ? render_for_worker(execution_, *row, *setup.context)
                   : std::string();
  else if (auto* update = std::get_if<command::update_task>(&what))
    out.text = update->result.task_id;
  else if (std::holds_alternative<command::push_message>(what))
    out.text = decided.message_id;
  else if (std::holds_alternative<command::update_by_reference>(what)
           || std::holds_alternative<command::signal>(what))
    out.text = decided.task_id;
  else
    out.text = decided.redirect.empty() ? setup.id : decided.redirect;
  return out;
}

void workflow_state::commit(int64_t now) {
  tell_watches(true);
  if (stored_->add_rows(batch_, execution_, now))
    next_->call(setup.id, stored_->timer_due());
  hold_memory();
  auto& head = execution_.head();
  bool ended = is_terminal(head.status);
  setup.shared_status->mark_ended(ended);
  if (ended && !schedule_told_)
    if (auto schedule = schedule_that_asked(head.asked_by))
      next_->tell_schedule({*std::move(schedule), setup.id});
  schedule_told_ = ended;
  submit();
}

// The store's callback shares the effects with this actor: if the actor is gone
// when the commit becomes durable, they still run.
void workflow_state::submit() {
  auto& context = *setup.context;
  setup.shared_status->mark_deferred(false);
  for (auto& [task_id, lease] : taken_) {
    batch_.push_back({storage::operation::kind::put,
                      storage::keys::lease(lease.definition, task_id),
                      storage::write(lease)});
    if (lease.limited)
      next_->take_lease(lease.definition, task_id);
  }
  taken_.clear();
  storage::commit what{context.shard, context.epoch, std::exchange(batch_, {}),
                       stored_->take_feed_entry()};
  auto refused = std::exchange(unwritable_, std::nullopt);
  if (!refused)
    refused = context.store->refusal(what);
  if (refused)
    return take_back(std::move(what), *refused);
  published_.clear();
  retracted_.clear();
  auto in_flight = std::exchange(
      next_, std::make_shared<post_commit_effects>(setup.context));
  in_flight->submitted(setup.id);
  auto ticket = first_ticket_ + commits_under_way_.size();
  commits_under_way_.push_back(in_flight);
  auto me = caf::actor_cast<workflow_actor>(self);
  auto finished = [in_flight = std::move(in_flight), ticket, me,
                   in = setup.context](const storage::outcome& x) {
    bool ok = x == storage::outcome::ok;
    if (ok)
      in_flight->mark_durable();
    else // later commits build on this one: the shard must be recovered
      in->fail(x);
    caf::anon_send(me, committed{ticket, ok});
  };
  context.store->submit(std::move(what), std::move(finished));
}

// The live state is ahead of what is stored, and stays so: it is read again.
// Other executions may use definitions of the lost commit already, so these are
// written all the same.
void workflow_state::take_back(storage::commit what, const failure& why) {
  auto& context = *setup.context;
  logging::warn("workflow", {.workflow_id = setup.id},
                "execution " + setup.id
                    + ": a decision was taken back: " + why.message);
  if (context.metrics)
    context.metrics->limit_reached(bounds::commit);
  undo(std::move(what), why);
  if (by_itself_) // counts as a crash: puts an end to repetition
    throw std::runtime_error(why.message);
  begin_reload();
}

void workflow_state::undo(storage::commit what, const failure& why) {
  auto& context = *setup.context;
  taken_.clear();
  unwritable_.reset();
  if (context.events) {
    for (auto& queue : std::exchange(published_, {}))
      context.events->taken_out(queue);
    for (auto& queue : std::exchange(retracted_, {}))
      context.events->published(queue);
  }
  std::erase_if(what.operations, [](const storage::operation& x) {
    return !x.key.starts_with(storage::keys::definition({}));
  });
  what.feed.clear();
  if (!what.operations.empty())
    context.store->submit(
        std::move(what), [in = setup.context](const storage::outcome& how) {
          if (how != storage::outcome::ok && how != storage::outcome::refused)
            in->fail(how);
        });
  next_->refuse(why);
  for (auto& x : std::exchange(long_requests_, {}))
    x.input.done(why);
}

void workflow_state::begin_reload() {
  setup.shared_status->mark_deferred(false);
  reloading_ = true;
  if (commits_under_way_.empty())
    reload();
}

void workflow_state::reload() {
  reloading_ = awake_ = removed_ = false;
  execution_ = {};
  memory_ = {};
  stored_.reset();
  next_.reset();
  batch_.clear();
  // Nothing is stored of a start that was refused.
  if (std::exchange(setup.fresh, false))
    self->send(setup.home, slept{setup.id, false, false});
  handle_held();
}

void workflow_state::on_committed(const committed& x) {
  if (!x.ok)
    return self->quit(caf::exit_reason::user_shutdown);
  while (!commits_under_way_.empty() && first_ticket_ <= x.ticket) {
    commits_under_way_.front()->tell();
    commits_under_way_.pop_front();
    ++first_ticket_;
  }
  if (reloading_ && commits_under_way_.empty())
    reload();
  large_reads_.sweep();
  resume_long_requests();
}

void workflow_state::handle(envelope<read_execution>& x) {
  if (removed_ || !execution_.exists())
    return answer_in_order(x.done, unknown());
  auto& context = *setup.context;
  auto most = context.settings.answer_bytes_max;
  if (!context.aside || !large_reads::concerns(execution_, x.request))
    return answer_in_order(x.done, render(execution_, x.request, most));
  auto read
      = large_reads_.begin(execution_, x.request, x.done, context.aside, most);
  if (read)
    answer_in_order(read, answer{});
}

void workflow_state::handle(envelope<read_execution_head>& x) {
  if (removed_ || !execution_.exists())
    return answer_in_order(x.done, unknown());
  answer_in_order(x.done, head_of(execution_, x.request));
}

// Read from the store once everything is there, aside: a long history must not
// keep the execution from going on.
void workflow_state::handle(envelope<read_history>& x) {
  if (removed_ || !execution_.exists())
    return answer_in_order(x.done, unknown());
  write_deferred();
  auto read
      = [readers = setup.context->readers, what = x](result<answer> durable) {
          if (!durable)
            return what.done(std::move(durable).failure());
          tell_history(*readers, what);
        };
  answer_in_order(reply<answer>(std::move(read)), answer{});
}

void workflow_state::handle(envelope<explain_workflow>& x) {
  if (removed_ || !execution_.exists())
    return answer_in_order(x.done, unknown());
  explain_with_others(execution_, *setup.context, x);
}

void workflow_state::handle(envelope<remove_workflow>& x) {
  if (removed_ || !execution_.exists())
    return answer_in_order(x.done, unknown());
  auto& head = execution_.head();
  bool ended = is_terminal(head.status);
  if (x.request.archive && !ended)
    return answer_in_order(
        x.done,
        failure{errc::invalid,
                "Cannot archive workflow: " + setup.id
                    + " with status: " + std::string(to_text(head.status))});
  if (x.request.keep_record) {
    if (!ended)
      return answer_in_order(
          x.done, failure{errc::conflict,
                          "execution " + setup.id + " has not ended: it is "
                              + std::string(to_text(head.status))});
    auto kept
        = stored_execution::add_archive(batch_, execution_, *setup.context);
    if (!kept)
      return answer_in_order(x.done, std::move(kept).failure());
  }
  logging::debug("workflow",
                 {.request_id = x.context.request_id, .workflow_id = setup.id},
                 [] { return std::string("decided remove_workflow"); });
  if (logging::debugs())
    next_->follow(x.context.request_id, {});
  if (auto& to = setup.context->metrics;
      to && (x.request.archive || x.request.keep_record))
    to->workflow_archived(head.definition->name, to_text(head.status));
  next_->answer_with(x.done, done{});
  if (x.request.archive) {
    stored_->add_archival(batch_, execution_);
    return commit(setup.context->clock->now_ms());
  }
  for (auto& row : execution_.rows())
    if (row.queued_at != 0)
      next_->withdraw({engine::queue_name(row), setup.id, row.task_id,
                       row.workflow_priority, row.queued_at, row.seq});
  for (auto& row : execution_.rows())
    if (engine::holds_lease(row)) {
      engine::end_lease gone{row.task_def_name, row.task_id};
      add(gone, 0);
    }
  for (auto& farewell : engine::outbox_messages_of_removal(execution_)) {
    engine::send_outbox_message told{
        std::make_shared<const outbox_message>(std::move(farewell))};
    add(told, setup.context->clock->now_ms());
  }
  if (stored_->timer_due() != 0)
    next_->call(setup.id, 0);
  stored_->add_removal(batch_, execution_);
  removed_ = true;
  end_watches();
  setup.shared_status->mark_ended(true);
  submit();
}

void workflow_state::write_later() {
  if (setup.shared_status->mark_deferred(true))
    return;
  auto& context = *setup.context;
  if (context.deferred.add(
          {self, workflow_shared_status::deferred(setup.shared_status)}))
    self->delayed_send(setup.home, context.settings.defer_max,
                       flush_deferred{});
}

void workflow_state::write_deferred() {
  if (pending_decision_)
    pending_decision_->write_after = true; // the state is between two revisions
  else if (awake_ && !batch_.empty())
    commit(setup.context->clock->now_ms());
}

// Sleeps only when nothing is under way. Messages forwarded before the question
// were decided by now, and the scheduler holds later ones.
void workflow_state::sleep() {
  if (awake_)
    write_deferred();
  bool idle = commits_under_way_.empty() && !pending_decision_
              && long_requests_.empty() && !reloading_;
  self->send(setup.home, slept{setup.id, idle});
  if (idle)
    self->quit();
}

workflow_actor::behavior_type
workflow_execution(workflow_actor::stateful_pointer<workflow_state> self,
                   workflow_setup setup) {
  auto& state = self->state;
  state.setup = std::move(setup);
  self->set_exception_handler([self](std::exception_ptr& x) -> caf::error {
    auto what = workflow_actor_detail::text_of(x);
    auto& setup = self->state.setup;
    if (workflow_actor_detail::lacked_memory(x))
      setup.shared_status->excuse();
    logging::error("workflow", {.workflow_id = setup.id},
                   "execution " + setup.id + " crashed: " + what);
    setup.shared_status->blame(std::move(what));
    return caf::make_error(caf::sec::runtime_error);
  });
  return {
      [self](envelope<call_workflow>& x) { self->state.receive(std::move(x)); },
      [self](envelope<accept_outbox_message>& x) {
        self->state.receive(std::move(x));
      },
      [self](envelope<read_execution>& x) {
        self->state.receive(std::move(x));
      },
      [self](envelope<read_execution_head>& x) {
        self->state.receive(std::move(x));
      },
      [self](envelope<remove_workflow>& x) {
        self->state.receive(std::move(x));
      },
      [self](envelope<read_history>& x) { self->state.receive(std::move(x)); },
      [self](envelope<explain_workflow>& x) {
        self->state.receive(std::move(x));
      },
      [self](envelope<watch_execution>& x) {
        self->state.receive(std::move(x));
      },
      [self](const committed& x) { self->state.on_committed(x); },
      [self](const script_evaluated& x) { self->state.on_evaluated(x); },
      [self](const tick&) {
        self->state.write_deferred();
        self->state.look_at_held();
      },
      [self](const go_to_sleep&) { self->state.sleep(); },
  };
}

} // namespace tutti
