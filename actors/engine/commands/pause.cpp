#include "actors/engine/commands/attach.hpp"
#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/features/slots.hpp"
#include "actors/engine/task_traits.hpp"

namespace tutti::engine {

namespace pause_detail {

std::string about(const decision_builder& t) {
  return "workflow " + t.head().workflow_id + " is "
         + std::string(to_text(t.head().status));
}

} // namespace pause_detail

void handle(decision_builder& t, const command::pause&) {
  if (is_terminal(t.head().status))
    return t.refuse(errc::conflict,
                    "Workflow cannot be paused: " + pause_detail::about(t));
  if (t.head().status == workflow_status::paused)
    return t.idle();
  workflow_changed change;
  change.previous_status = t.head().status;
  change.status = workflow_status::paused;
  change.update_time = t.now();
  t.emit(std::move(change));
}

void handle(decision_builder& t, const command::resume&) {
  if (t.head().status != workflow_status::paused)
    return t.refuse(errc::illegal_state,
                    "The workflow is not PAUSED so cannot resume: "
                        + pause_detail::about(t));
  workflow_changed change;
  change.previous_status = t.head().status;
  change.status = workflow_status::running;
  change.last_retried_time = change.update_time = t.now();
  t.emit(std::move(change));
  // The slot may have been granted while it was paused.
  if (limit_of(t.head()) && t.head().slot == slot_state::held)
    release_held_tasks(t);
  check_deadlines(t);
  t.run();
}

void handle(decision_builder& t, const command::terminate& c) {
  auto status = t.head().status;
  if (status == workflow_status::terminated)
    return t.idle();
  if (is_terminal(status) && c.by_parent)
    return t.idle();
  if (c.by_parent && leave(t, c.parent_task_id))
    return;
  if (status == workflow_status::completed)
    return t.refuse(errc::conflict, "Cannot terminate a COMPLETED workflow.");
  ending how{workflow_status::terminated, c.reason, {}, {}};
  how.failure_workflow = c.failure_workflow && !is_terminal(status);
  t.end(std::move(how));
  t.run();
}

void handle(decision_builder& t, const command::reset_callbacks&) {
  if (is_terminal(t.head().status))
    return t.refuse(errc::conflict,
                    "callbacks cannot be reset: " + pause_detail::about(t));
  for (decision_builder::row_index i = 0; i < t.execution().rows().size();
       ++i) {
    auto& row = t.row(i);
    if (row.status != task_status::scheduled || !traits_of(row).worker
        || row.callback_after_seconds <= 0)
      continue;
    auto change = t.edit(i);
    change.callback_after_seconds = 0;
    t.emit(std::move(change));
    t.enqueue(i, 0);
  }
}

cause cause_of(const command::pause&) {
  return {cause_kind::operator_, "pause"};
}

cause cause_of(const command::resume&) {
  return {cause_kind::operator_, "resume"};
}

cause cause_of(const command::terminate& c) {
  return {c.by_parent ? cause_kind::parent : cause_kind::operator_,
          "terminate"};
}

cause cause_of(const command::reset_callbacks&) {
  return {cause_kind::operator_, "reset callbacks"};
}

} // namespace tutti::engine
