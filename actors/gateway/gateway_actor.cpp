#include "actors/gateway/gateway_actor.hpp"

#include "actors/gateway/event_queues.hpp"
#include "actors/gateway/over_shards.hpp"
#include "actors/gateway/revive.hpp"
#include "actors/gateway/script_check.hpp"
#include "actors/gateway/start.hpp"
#include "actors/gateway/task_logs.hpp"
#include "actors/metadata/definition_reads.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tutti {

namespace gateway_detail {

template <class Reply>
bool admits(const gateway_state& state, const Reply& done) {
  if (!state.draining)
    return true;
  done(failure{errc::unavailable, "the node is stopping"});
  return false;
}

/// Ids that cannot be ours are unknown without a look.
bool is_known(const std::string& id, const reply<answer>& done) {
  if (is_plausible_id(id))
    return true;
  done(failure{errc::not_found, "No such workflow found by id: " + id});
  return false;
}

void move_clock(const gateway_context& context, const advance_clock& x) {
  if (!context.settings.test_clock) {
    x.done(failure{errc::forbidden,
                   "the clock moves only on a node with a test clock"});
    return;
  }
  if (x.by_ms < 0) {
    x.done(failure{errc::invalid, "a test clock moves forward only"});
    return;
  }
  context.clock->advance(x.by_ms);
  context.directory->tell_clock_moved();
  answer out;
  out.text = std::to_string(context.clock->now_ms());
  x.done(std::move(out));
}

} // namespace gateway_detail

gateway_actor::behavior_type
gateway(gateway_actor::stateful_pointer<gateway_state> self,
        gateway_context_pointer context) {
  using gateway_detail::admits;
  using gateway_detail::is_known;
  self->state.context = std::move(context);
  auto forward = [self](const std::string& id, auto& x) {
    if (admits(self->state, x.done) && is_known(id, x.done))
      self->state.context->directory->tell(id, std::move(x));
  };
  auto to_metadata = [self](auto& x) {
    if (admits(self->state, x.done))
      self->send(self->state.context->metadata, std::move(x));
  };
  return {
      [self](start_workflow& x) {
        if (admits(self->state, x.done))
          start(self->state.context, std::move(x));
      },
      [self, forward](call_workflow& x) {
        auto* what = std::get_if<command::retry>(&x.what);
        if (!what || !what->resume_sub_workflows)
          forward(x.workflow_id, x);
        else if (admits(self->state, x.done) && is_known(x.workflow_id, x.done))
          resume(self->state.context, std::move(x));
      },
      [self](restart_workflow& x) {
        if (admits(self->state, x.done) && is_known(x.workflow_id, x.done))
          restart(self->state.context, std::move(x));
      },
      [self](rerun_workflow& x) {
        if (admits(self->state, x.done) && is_known(x.workflow_id, x.done))
          rerun(self->state.context, std::move(x));
      },
      [forward](remove_workflow& x) { forward(x.workflow_id, x); },
      [forward](read_execution& x) { forward(x.workflow_id, x); },
      [forward](read_history& x) { forward(x.workflow_id, x); },
      [forward](explain_workflow& x) { forward(x.workflow_id, x); },
      [self](list_executions& x) {
        if (admits(self->state, x.done))
          list(self->state.context, std::move(x));
      },
      [self](poll_tasks& x) {
        // While draining the queues answer with nothing at once.
        self->state.context->directory->tell(std::move(x));
      },
      [forward](append_task_log& x) { forward(x.task_id, x); },
      [self](const read_task_logs& x) {
        x.done(read_logs(*self->state.context->store, x.task_id));
      },
      [self](queue_query& x) {
        if (admits(self->state, x.done))
          self->state.context->directory->tell(std::move(x));
      },
      [self, forward](event_queue_query& x) {
        if (x.what == event_queue_query::kind::acknowledge)
          return forward(x.message_id, x);
        x.done(peek_messages(self->state.context->store, x));
      },
      [self](incident_query& x) {
        if (admits(self->state, x.done))
          incidents(self->state.context, std::move(x));
      },
      [self](const read_definitions& x) {
        x.done(read(*self->state.context->definitions->current(), x));
      },
      [to_metadata](register_workflows& x) { to_metadata(x); },
      [to_metadata](register_tasks& x) { to_metadata(x); },
      [to_metadata](remove_definition& x) { to_metadata(x); },
      [self](check_scripts& x) {
        if (admits(self->state, x.done))
          check(self->state.context->scripts, std::move(x));
      },
      [to_metadata](register_schemas& x) { to_metadata(x); },
      [to_metadata](remove_schema& x) { to_metadata(x); },
      [self](const advance_clock& x) {
        gateway_detail::move_clock(*self->state.context, x);
      },
      [self](const drain& x) {
        self->state.draining = true;
        x.finished(done{});
      },
  };
}

} // namespace tutti
