#include "actors/scheduler/other_start.hpp"

#include "actors/engine/populate.hpp"

namespace tutti {

namespace other_start_detail {

result<workflow_def_pointer> definition_of(const shard_context& in,
                                           const start_other& what) {
  auto source = in.definitions();
  if (what.definition)
    return engine::populate(*what.definition, *source);
  if (in.populated)
    return in.populated(what.name, what.version);
  auto found = source->find_workflow(what.name, what.version);
  if (!found)
    return failure{errc::not_found,
                   "No such workflow defined. name=" + what.name + ", version="
                       + std::to_string(what.version.value_or(0))};
  return engine::populate(*found, *source);
}

} // namespace other_start_detail

result<command::start> begin_other(const shard_context& in,
                                   const start_other& what) {
  auto definition = other_start_detail::definition_of(in, what);
  if (!definition)
    return definition.failure();
  start_workflow_request request;
  request.name = what.name;
  request.version = what.version;
  request.correlation_id = what.correlation_id;
  request.input = what.input;
  request.task_to_domain = what.task_to_domain;
  request.definition = what.definition;
  request.priority = what.priority;
  request.idempotency_key = what.idempotency_key;
  request.idempotency_strategy = what.idempotency_strategy;
  auto head = engine::make_head(request, std::move(*definition),
                                what.workflow_id, in.clock->now_ms());
  if (!head)
    return head.failure();
  command::start out;
  out.head = std::move(*head);
  out.own_definition = what.definition != nullptr;
  // A failure workflow is on its own: nobody waits for its end.
  if (!what.parent_task_id.empty()) {
    out.head.parent_workflow_id = what.parent_workflow_id;
    out.head.parent_task_id = what.parent_task_id;
  }
  return out;
}

letter not_started(const start_other& what, std::string reason) {
  letter out;
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

} // namespace tutti
