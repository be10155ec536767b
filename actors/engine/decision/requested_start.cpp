#include "actors/engine/decision/requested_start.hpp"

#include "actors/engine/decider.hpp"
#include "actors/engine/definition/pin_definitions.hpp"

namespace tutti::engine {

result<int32_t> depth_of_next(const workflow& asker, std::string_view name,
                              const limits& bounds) {
  if (size_t(asker.depth) < bounds.depth_max)
    return asker.depth + 1;
  return failure{errc::invalid,
                 "workflow '" + std::string(name)
                     + "' is not started: executions may start one another "
                     + std::to_string(bounds.depth_max)
                     + " deep at most (executions.depth_max)"};
}

const std::string& family_of(const workflow& asker) {
  return asker.family.empty() ? asker.workflow_id : asker.family;
}

result<command::start> start_of(const start_other& what,
                                workflow_def_pointer pinned, int64_t now) {
  start_workflow_request request;
  request.name = what.name;
  request.version = what.version;
  request.correlation_id = what.correlation_id;
  request.input = what.input;
  request.external_input_path = what.external_input_path;
  request.task_to_domain = what.task_to_domain;
  request.definition = what.definition;
  request.priority = what.priority;
  request.idempotency_key = what.idempotency_key;
  request.idempotency_strategy = what.idempotency_strategy;
  auto head = make_head(request, std::move(pinned), what.workflow_id, now);
  if (!head)
    return head.failure();
  command::start out;
  out.head = std::move(*head);
  out.own_definition = what.definition != nullptr;
  out.head.depth = what.depth;
  out.head.family = what.family;
  if (!what.idempotency_key.empty())
    out.head.asked_by = what.parent_task_id;
  // A failure workflow is detached: nobody waits for its end.
  if (what.detached) {
    out.starter_workflow_id = what.parent_workflow_id;
    out.starter_task_id = what.parent_task_id;
  } else if (!what.parent_task_id.empty()) {
    out.head.parent_workflow_id = what.parent_workflow_id;
    out.head.parent_task_id = what.parent_task_id;
  }
  return out;
}

outbox_message not_started(const start_other& what, std::string reason) {
  outbox_message out;
  out.to = what.parent_workflow_id;
  out.from = what.workflow_id;
  if (what.parent_task_id.empty()) {
    out.what = workflow_command{
        command::failure_workflow_not_started{std::move(reason)}};
  } else {
    command::child_not_started told;
    told.task_id = what.parent_task_id;
    told.child_id = what.workflow_id;
    told.reason = std::move(reason);
    out.what = workflow_command{std::move(told)};
  }
  return out;
}

} // namespace tutti::engine
