#include "actors/engine/inputs/execution_variables.hpp"

#include "actors/engine/inputs/loop_variables.hpp"

#include <nlohmann/json.hpp>

#include <unordered_map>

namespace tutti::engine {

namespace execution_variables_detail {

value_ref text_or_null(const std::string& text) {
  if (text.empty())
    return nullptr;
  return std::string_view(text);
}

using workflow_field = value_ref (*)(const workflow&);
using task_field = value_ref (*)(const state&, const task&);

const std::unordered_map<std::string_view, workflow_field>& workflow_fields() {
  using w = const workflow&;
  static const std::unordered_map<std::string_view, workflow_field> fields = {
      {"input", [](w x) -> value_ref { return &x.input; }},
      {"output", [](w x) -> value_ref { return &x.output; }},
      {"variables", [](w x) -> value_ref { return &x.variables; }},
      {"status", [](w x) -> value_ref { return to_text(x.status); }},
      {"workflowId", [](w x) { return text_or_null(x.workflow_id); }},
      {"parentWorkflowId",
       [](w x) { return text_or_null(x.parent_workflow_id); }},
      {"parentWorkflowTaskId",
       [](w x) { return text_or_null(x.parent_task_id); }},
      {"workflowType", [](w x) { return text_or_null(x.definition->name); }},
      {"version",
       [](w x) -> value_ref { return int64_t(x.definition->version); }},
      {"correlationId", [](w x) { return text_or_null(x.correlation_id); }},
      {"reasonForIncompletion", [](w x) { return text_or_null(x.reason); }},
      {"schemaVersion",
       [](w x) -> value_ref { return int64_t(x.definition->schema_version); }},
  };
  return fields;
}

const std::unordered_map<std::string_view, task_field>& task_fields() {
  using s = const state&;
  using t = const task&;
  static const std::unordered_map<std::string_view, task_field> fields = {
      {"input", [](s, t x) -> value_ref { return &x.input; }},
      {"output",
       [](s e, t x) -> value_ref {
         if (e.shows_more(x))
           return e.visible_output(x);
         return &x.output;
       }},
      {"taskType", [](s, t x) { return text_or_null(x.task_type); }},
      {"status", [](s, t x) -> value_ref { return to_text(x.status); }},
      {"referenceTaskName",
       [](s, t x) { return text_or_null(x.reference_name); }},
      {"retryCount",
       [](s, t x) -> value_ref { return int64_t(x.retry_count); }},
      {"correlationId",
       [](s e, t) { return text_or_null(e.head().correlation_id); }},
      {"pollCount", [](s, t x) -> value_ref { return int64_t(x.poll_count); }},
      {"taskDefName", [](s, t x) { return text_or_null(x.task_def_name); }},
      {"scheduledTime", [](s, t x) -> value_ref { return x.scheduled_time; }},
      {"startTime", [](s, t x) -> value_ref { return x.start_time; }},
      {"endTime", [](s, t x) -> value_ref { return x.end_time; }},
      {"workflowInstanceId",
       [](s e, t) { return text_or_null(e.head().workflow_id); }},
      {"taskId", [](s, t x) { return text_or_null(x.task_id); }},
      {"reasonForIncompletion", [](s, t x) { return text_or_null(x.reason); }},
      {"callbackAfterSeconds",
       [](s, t x) -> value_ref { return x.callback_after_seconds; }},
      {"workerId", [](s, t x) { return text_or_null(x.worker_id); }},
      {"iteration", [](s, t x) -> value_ref { return int64_t(x.iteration); }},
  };
  return fields;
}

} // namespace execution_variables_detail

std::optional<value_ref> head_field(const workflow& head,
                                    std::string_view field) {
  auto& known = execution_variables_detail::workflow_fields();
  auto it = known.find(field);
  if (it == known.end())
    return std::nullopt;
  return it->second(head);
}

std::optional<value_ref>
execution_variables::field(std::string_view root,
                           std::string_view field) const {
  using namespace execution_variables_detail;
  auto& execution = builder_.execution();
  if (root == "workflow")
    return head_field(execution.head(), field);
  auto* row = execution.visible(root, builder_.at());
  if (!row)
    return std::nullopt;
  auto it = task_fields().find(field);
  if (it != task_fields().end())
    return it->second(execution, *row);
  return loop_field(execution, *row, builder_.at(), field);
}

std::optional<value_ref>
execution_variables::member(std::string_view root, std::string_view field,
                            std::string_view name) const {
  auto& execution = builder_.execution();
  auto* row = field == "output" && root != "workflow"
                  ? execution.visible(root, builder_.at())
                  : nullptr;
  if (row && is_loop(*row)
      && (execution.shows_more(*row)
          || reads_earlier_iteration(execution, *row, builder_.at())))
    return loop_member(execution, *row, builder_.at(), name);
  // Other members of a SCOPE's output do not change while it compensates: read
  // them from the row, without building the view.
  if (row && row->compensated > 0 && name != "compensated"
      && name != "toCompensate") {
    auto& output = row->output.json();
    auto part = nlohmann::json::object();
    if (auto it = output.find(name); it != output.end())
      part[std::string(name)] = *it;
    return payload(std::move(part));
  }
  return this->field(root, field);
}

std::vector<std::string> execution_variables::roots() const {
  auto out = builder_.execution().references();
  out.push_back("workflow");
  return out;
}

std::optional<std::string>
execution_variables::system_name(std::string_view name) const {
  if (name == "CPEWF_TASK_ID")
    return task_id_.empty() ? std::nullopt
                            : std::optional(std::string(task_id_));
  return builder_.context().env.system_name(name);
}

std::optional<std::string>
execution_variables::environment(std::string_view name) const {
  return builder_.context().env.variable(name);
}

} // namespace tutti::engine
