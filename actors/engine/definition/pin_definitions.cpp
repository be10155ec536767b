#include "actors/engine/definition/pin_definitions.hpp"

#include "actors/engine/definition/schema/contract.hpp"
#include "actors/engine/inputs/expression/input_template.hpp"
#include "actors/engine/task_traits.hpp"

namespace tutti::engine {

namespace pin_definitions_detail {

task_def_pointer ad_hoc(const workflow_task& task) {
  auto made = std::make_shared<task_def>();
  made->name = task.name;
  if (!traits_of(task).names_queue) {
    made->retry_count = 0;
    made->response_timeout_seconds = 0;
  }
  return made;
}

result<done> fill(std::vector<workflow_task>& tasks,
                  const definition_source& source, const std::string& name) {
  for (auto& task : tasks) {
    if (!task.definition && !traits_of(task).picks_task) {
      task.definition = source.find_task(task.name);
      if (!task.definition)
        task.definition = ad_hoc(task);
    }
    if (task.definition)
      if (auto embedded = with_schemas(*task.definition, source))
        task.definition = std::move(embedded);
    if (auto& child = task.sub_workflow;
        child && !child->version && !child->definition
        && child->definition_expression.empty()) {
      auto latest = source.find_workflow(child->name, std::nullopt);
      if (!latest)
        return failure{errc::not_found,
                       "workflow '" + name + "': the sub-workflow '"
                           + child->name + "' of task '" + task.reference_name
                           + "' does not exist"};
      child.edit().version = latest->version;
    }
    result<done> filled = done{};
    for_each_list(task, [&](auto& list, auto&&) {
      if (filled)
        filled = fill(list, source, name);
    });
    if (!filled)
      return filled;
  }
  return done{};
}

} // namespace pin_definitions_detail

failure no_such_workflow(std::string_view name,
                         std::optional<int32_t> version) {
  auto which = version.value_or(0);
  return {errc::not_found,
          "No such workflow defined. name=" + std::string(name) + ", version="
              + (which == 0 ? std::string("latest") : std::to_string(which))};
}

result<workflow_def_pointer> pin_definitions(const workflow_def& definition,
                                             const definition_source& source) {
  auto copy = std::make_shared<workflow_def>(definition);
  embed_schemas(*copy, source);
  if (auto ok = pin_definitions_detail::fill(copy->tasks, source, copy->name);
      !ok)
    return ok.failure();
  return workflow_def_pointer(std::move(copy));
}

result<done> pin_inside(workflow_task& task, const definition_source& source) {
  result<done> filled = done{};
  for_each_list(task, [&](auto& list, auto&&) {
    if (filled)
      filled = pin_definitions_detail::fill(list, source, "of a dynamic fork");
  });
  return filled;
}

result<workflow> make_head(const start_workflow_request& request,
                           workflow_def_pointer pinned, std::string id,
                           int64_t now) {
  if (!request.input && request.external_input_path.empty())
    return failure{errc::invalid,
                   "workflow '" + pinned->name
                       + "' cannot be started: its input is null and no "
                         "external payload is named"};
  workflow head;
  head.workflow_id = std::move(id);
  head.input = with_defaults(request.input.value_or(payload()),
                             pinned->input_template);
  // An external payload's content is not known here.
  if (request.input)
    if (auto why = input_misfit(*pinned, head.input))
      return failure{errc::invalid, std::move(*why)};
  head.variables = pinned->variables;
  head.definition = std::move(pinned);
  head.create_time = head.update_time = now;
  head.external_input_path = request.external_input_path;
  head.task_to_domain = request.task_to_domain;
  head.priority = request.priority;
  head.correlation_id = request.correlation_id;
  head.created_by = request.created_by;
  head.idempotency_key = request.idempotency_key;
  return head;
}

} // namespace tutti::engine
