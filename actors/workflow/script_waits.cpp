#include "actors/scripts/script_service.hpp"
#include "actors/workflow/workflow_actor.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <utility>

// A decision that runs scripts or may take long is a fiber
// (suspendable_decision.hpp): it stops where a script is asked for and
// continues with the answer; where it pauses, it goes to the end of the line.

namespace tutti {

namespace script_waits_detail {

bool is_hand_out(const held_message& x) {
  auto* call = std::get_if<envelope<call_workflow>>(&x);
  return call && std::holds_alternative<command::hand_out>(call->request.what);
}

void refuse_hand_out(const held_message& x) {
  std::get<envelope<call_workflow>>(x).done(
      failure{errc::unavailable, "the execution waits for a script to end"});
}

} // namespace script_waits_detail

bool workflow_state::has_patience() const {
  return self->clock().now() - *pending_decision_->since
         < setup.context->settings.hand_out_patience;
}

// Messages that arrive during a decision are handled after it, in order.
// Hand-outs are refused after a while: their poll may also have asked other
// executions, which must not wait for this script.
void workflow_state::hold(held_message x) {
  using namespace script_waits_detail;
  if (is_hand_out(x)) {
    if (!has_patience())
      return refuse_hand_out(x);
    if (!std::exchange(pending_decision_->has_timer, true))
      self->delayed_send(self, setup.context->settings.hand_out_patience,
                         tick{});
  }
  held_.push_back(std::move(x));
}

void workflow_state::look_at_held() {
  using namespace script_waits_detail;
  if (!pending_decision_ || has_patience())
    return;
  std::deque<held_message> kept;
  for (auto& x : std::exchange(held_, {}))
    if (is_hand_out(x))
      refuse_hand_out(x);
    else
      kept.push_back(std::move(x));
  held_ = std::move(kept);
}

void workflow_state::begin_suspendable_decision(pending_request x) {
  auto& context = *setup.context;
  auto* start = std::get_if<command::start>(&x.what);
  auto& definition
      = start ? start->head.definition : execution_.head().definition;
  if (engine::may_run_scripts(execution_, x.what)
      && context.scripts->full(definition->name))
    return x.done(
        failure{errc::unavailable, "too many scripts wait for an evaluator"});
  auto group = definition->name;
  pending_decision_ = std::make_unique<pending_decision>(
      pending_decision{std::move(x), context.definitions(), std::move(group)});
  pending_decision_->fiber = std::make_unique<suspendable_decision>(
      [this, x = pending_decision_.get()](engine::script_runner& scripts) {
        return decide(x->input, *x->definitions, scripts);
      });
  advance_suspended_decision();
}

void workflow_state::advance_suspended_decision() {
  try {
    if (!pending_decision_->fiber->resume()) {
      auto* question = pending_decision_->fiber->question();
      return question ? ask(*question) : go_to_end_of_line();
    }
  } catch (const std::bad_alloc&) {
    return give_up(std::exchange(pending_decision_, nullptr)->input);
  }
  auto x = std::exchange(pending_decision_, nullptr);
  if (x->is_part)
    conclude_part(x->input.now, x->fiber->take());
  else
    conclude(x->input, x->fiber->take());
  if (x->write_after)
    write_deferred();
}

// Through the timer: a message from itself would be handled in this turn of the
// thread, before all other actors.
void workflow_state::go_to_end_of_line() {
  if (!pending_decision_->since)
    pending_decision_->since = self->clock().now();
  self->delayed_send(self, std::chrono::milliseconds(0),
                     script_evaluated{++script_ticket_, nullptr});
}

void workflow_state::ask(const engine::script_call& call) {
  auto job = std::make_shared<script_job>();
  job->language = call.language;
  job->source = call.source;
  job->input = call.input;
  job->group = pending_decision_->group;
  if (!pending_decision_->since)
    pending_decision_->since = self->clock().now();
  auto me = caf::actor_cast<workflow_actor>(self);
  job->done = reply<engine::script_result>(
      [me, ticket = ++script_ticket_](result<engine::script_result> x) {
        using kind = engine::script_result::kind;
        auto what = std::make_shared<engine::script_result>();
        if (x)
          *what = std::move(*x);
        else
          *what = {kind::unavailable, {}, x.failure().message};
        caf::anon_send(me, script_evaluated{ticket, std::move(what)});
      });
  setup.context->scripts->submit(std::move(job));
}

void workflow_state::on_evaluated(const script_evaluated& x) {
  if (!pending_decision_ || x.ticket != script_ticket_)
    return;
  if (x.what)
    pending_decision_->fiber->answer(std::move(*x.what));
  advance_suspended_decision();
  handle_held();
  resume_long_requests();
}

} // namespace tutti
