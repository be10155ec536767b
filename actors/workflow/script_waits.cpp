#include "actors/scripts/script_service.hpp"
#include "actors/workflow/workflow_actor.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <utility>

// A decision that runs scripts is a fiber (deliberation.hpp): it stops where a
// script is asked for and goes on with the answer.

namespace tutti {

namespace thinking_detail {

bool is_hand_out(const held_message& x) {
  auto* call = std::get_if<call_workflow>(&x);
  return call && std::holds_alternative<command::hand_out>(call->what);
}

void refuse_hand_out(const held_message& x) {
  std::get<call_workflow>(x).done(
      failure{errc::unavailable, "the execution waits for a script to end"});
}

} // namespace thinking_detail

bool workflow_state::has_patience() const {
  return self->clock().now() - *thought_->since
         < setup.context->settings.hand_out_patience;
}

// What comes during a decision is served after it, in its order. But a poll may
// have asked others for tasks as well, which must not wait for this script.
void workflow_state::hold(held_message x) {
  using namespace thinking_detail;
  if (is_hand_out(x)) {
    if (!has_patience())
      return refuse_hand_out(x);
    if (!std::exchange(thought_->has_alarm, true))
      self->delayed_send(self, setup.context->settings.hand_out_patience,
                         tick{});
  }
  held_.push_back(std::move(x));
}

void workflow_state::look_at_held() {
  using namespace thinking_detail;
  if (!thought_ || has_patience())
    return;
  std::deque<held_message> kept;
  for (auto& x : std::exchange(held_, {}))
    if (is_hand_out(x))
      refuse_hand_out(x);
    else
      kept.push_back(std::move(x));
  held_ = std::move(kept);
}

void workflow_state::begin_to_think(asked x) {
  auto& context = *setup.context;
  auto* start = std::get_if<command::start>(&x.what);
  auto& definition
      = start ? start->head.definition : execution_.head().definition;
  if (context.scripts->full(definition->name))
    return x.done(
        failure{errc::unavailable, "too many scripts wait for an evaluator"});
  auto group = definition->name;
  thought_ = std::make_unique<thought>(
      thought{std::move(x), context.definitions(), std::move(group)});
  thought_->fiber = std::make_unique<deliberation>(
      [this, x = thought_.get()](engine::script_runner& scripts) {
        return decide(x->input, *x->definitions, scripts);
      });
  think();
}

void workflow_state::think() {
  if (!thought_->fiber->go_on())
    return ask(thought_->fiber->question());
  auto x = std::exchange(thought_, nullptr);
  if (x->is_part)
    conclude_part(x->input.now, x->fiber->take());
  else
    conclude(x->input, x->fiber->take());
  if (x->write_after)
    write_deferred();
}

void workflow_state::ask(const engine::script_call& call) {
  auto job = std::make_shared<script_job>();
  job->language = call.language;
  job->source = call.source;
  job->input = call.input;
  job->group = thought_->group;
  if (!thought_->since)
    thought_->since = self->clock().now();
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
  if (!thought_ || x.ticket != script_ticket_)
    return;
  thought_->fiber->answer(std::move(*x.what));
  think();
  while (!thought_ && !held_.empty()) {
    auto next = std::move(held_.front());
    held_.pop_front();
    receive(std::move(next));
  }
  resume_long_requests();
}

} // namespace tutti
