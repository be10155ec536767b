#include "actors/engine/decider.hpp"

#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/definition/compiled_definition.hpp"

namespace tutti::engine {

namespace decider_detail {

template <class... Fs>
struct overload : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overload(Fs...) -> overload<Fs...>;

cause cause_of(const workflow_command& c) {
  using namespace command;
  return std::visit(
      overload{
          [](const start& x) -> cause {
            return x.head.parent_workflow_id.empty()
                       ? cause{cause_kind::client, "start", x.head.created_by}
                       : cause{cause_kind::parent, x.head.parent_workflow_id};
          },
          [](const update_task& x) -> cause {
            return {cause_kind::worker, x.result.worker_id};
          },
          [](const update_by_reference& x) -> cause {
            return {cause_kind::worker, x.worker_id.value_or("")};
          },
          [](const signal&) -> cause {
            return {cause_kind::client, "signal"};
          },
          [](const hand_out& x) -> cause {
            return {cause_kind::worker, x.worker_id};
          },
          [](const leave_queue&) -> cause {
            return {cause_kind::operator_, "remove from queue"};
          },
          [](const queue_again&) -> cause {
            return {cause_kind::operator_, "requeue"};
          },
          [](const timer_fired&) -> cause {
            return {cause_kind::timer, ""};
          },
          [](const command::decide&) -> cause {
            return {cause_kind::operator_, "decide"};
          },
          [](const pause&) -> cause {
            return {cause_kind::operator_, "pause"};
          },
          [](const resume&) -> cause {
            return {cause_kind::operator_, "resume"};
          },
          [](const terminate& x) -> cause {
            return {x.by_parent ? cause_kind::parent : cause_kind::operator_,
                    "terminate"};
          },
          [](const retry& x) -> cause {
            return {x.by_parent ? cause_kind::parent : cause_kind::operator_,
                    "retry"};
          },
          [](const restart&) -> cause {
            return {cause_kind::operator_, "restart"};
          },
          [](const rerun&) -> cause {
            return {cause_kind::operator_, "rerun"};
          },
          [](const skip_task&) -> cause {
            return {cause_kind::operator_, "skip"};
          },
          [](const reset_callbacks&) -> cause {
            return {cause_kind::operator_, "reset callbacks"};
          },
          [](const child_started& x) -> cause {
            return {cause_kind::child, x.child_id};
          },
          [](const child_not_started& x) -> cause {
            return {cause_kind::child, x.child_id};
          },
          [](const child_ended& x) -> cause {
            return {cause_kind::child, x.child_id};
          },
          [](const child_revived& x) -> cause {
            return {cause_kind::child, x.child_id};
          },
          [](const failure_workflow_not_started&) -> cause {
            return {cause_kind::node, "failure workflow"};
          },
          [](const push_message&) -> cause {
            return {cause_kind::client, "message"};
          },
          [](const attach& x) -> cause {
            return {cause_kind::parent, x.workflow_id};
          },
          [](const worker_lost&) -> cause {
            return {cause_kind::node, "restart of the node"};
          },
          [](const slot_granted&) -> cause {
            return {cause_kind::node, "rate limit"};
          },
      },
      c);
}

} // namespace decider_detail

bool may_run_scripts(const state& execution, const workflow_command& what) {
  if (auto* x = std::get_if<command::start>(&what))
    return compiled_definition::of(x->head.definition)->may_run_scripts();
  // These change one row and nothing follows from it.
  if (std::holds_alternative<command::hand_out>(what)
      || std::holds_alternative<command::leave_queue>(what)
      || std::holds_alternative<command::worker_lost>(what))
    return false;
  // The new definition may have what the old one had not.
  if (std::holds_alternative<command::restart>(what))
    return true;
  return execution.exists() && execution.definition().may_run_scripts();
}

decision decide(state& execution, const workflow_command& what,
                const decision_context& context) {
  execution.compact();
  decision_builder t(execution, context);
  if (!execution.exists() && !std::holds_alternative<command::start>(what))
    t.refuse(errc::not_found, "no such workflow");
  else
    std::visit([&](auto& c) { handle(t, c); }, what);
  auto out = t.take();
  out.why = decider_detail::cause_of(what);
  return out;
}

decision go_on(state& execution, cause why, const decision_context& context) {
  execution.compact();
  decision_builder t(execution, context);
  t.run();
  auto out = t.take();
  out.why = std::move(why);
  return out;
}

} // namespace tutti::engine
