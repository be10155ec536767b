#include "actors/workflow/decision_log.hpp"

#include "messages/model/logging/log.hpp"

namespace tutti {

namespace decision_log_detail {

template <class... Handlers>
struct overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
overloaded(Handlers...) -> overloaded<Handlers...>;

std::string sentence(const engine::state& execution,
                     const workflow_command& what,
                     const engine::decision& decided) {
  std::string out(name_of(what));
  if (decided.refused)
    return out + " refused: " + decided.refused->message;
  if (!decided.effective)
    return out + " found nothing to do";
  out = "decided " + out + ": " + std::to_string(decided.events.size())
        + " events, " + std::to_string(decided.effects.size()) + " effects";
  if (decided.unfinished)
    out += ", to be continued";
  if (execution.exists())
    out.append("; the execution is ").append(to_text(execution.head().status));
  return out;
}

} // namespace decision_log_detail

std::string_view name_of(const workflow_command& x) {
  using namespace std::string_view_literals;
  return std::visit(
      decision_log_detail::overloaded{
          [](const command::start&) { return "start"sv; },
          [](const command::update_task&) { return "update_task"sv; },
          [](const command::update_by_reference&) {
            return "update_by_reference"sv;
          },
          [](const command::signal&) { return "signal"sv; },
          [](const command::hand_out&) { return "hand_out"sv; },
          [](const command::leave_queue&) { return "leave_queue"sv; },
          [](const command::queue_again&) { return "queue_again"sv; },
          [](const command::timer_fired&) { return "timer_fired"sv; },
          [](const command::decide&) { return "decide"sv; },
          [](const command::pause&) { return "pause"sv; },
          [](const command::resume&) { return "resume"sv; },
          [](const command::terminate&) { return "terminate"sv; },
          [](const command::retry&) { return "retry"sv; },
          [](const command::restart&) { return "restart"sv; },
          [](const command::rerun&) { return "rerun"sv; },
          [](const command::skip_task&) { return "skip_task"sv; },
          [](const command::reset_callbacks&) { return "reset_callbacks"sv; },
          [](const command::child_started&) { return "child_started"sv; },
          [](const command::child_not_started&) {
            return "child_not_started"sv;
          },
          [](const command::child_ended&) { return "child_ended"sv; },
          [](const command::child_revived&) { return "child_revived"sv; },
          [](const command::failure_workflow_not_started&) {
            return "failure_workflow_not_started"sv;
          },
          [](const command::push_message&) { return "push_message"sv; },
          [](const command::attach&) { return "attach"sv; },
          [](const command::slot_granted&) { return "slot_granted"sv; },
          [](const command::worker_lost&) { return "worker_lost"sv; },
          [](const command::operation& o) { return std::string_view(o.name); }},
      x);
}

void log_decision(const engine::state& execution, std::string_view workflow_id,
                  std::string_view request_id, const workflow_command& what,
                  const engine::decision& decided) {
  logging::debug("workflow", {request_id, workflow_id, decided.task_id}, [&] {
    return decision_log_detail::sentence(execution, what, decided);
  });
}

} // namespace tutti
