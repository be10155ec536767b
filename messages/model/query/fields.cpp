#include "messages/model/query/fields.hpp"

#include "messages/model/suggestion.hpp"

#include <algorithm>
#include <array>

namespace tutti::query {

namespace fields_detail {

using enum field;
constexpr auto text = value_kind::text, number = value_kind::number,
               time = value_kind::time;
constexpr auto w = subject::workflows, t = subject::tasks;

// In the order of the enumeration.
constexpr field_info all[] = {
    {workflow_id, w, "workflowId", text, false},
    {workflow_type, w, "workflowType", text, false, true},
    {version, w, "version", number, false, true},
    {field::status, w, "status", value_kind::status, false, true},
    {correlation_id, w, "correlationId", text},
    {start_time, w, "startTime", time},
    {update_time, w, "updateTime", time},
    {end_time, w, "endTime", time},
    {execution_time, w, "executionTime", number, false},
    {priority, w, "priority", number, false, true},
    {parent_workflow_id, w, "parentWorkflowId", text},
    {created_by, w, "createdBy", text, true, true},
    {idempotency_key, w, "idempotencyKey", text},
    {event, w, "event", text, true, true},
    {reason, w, "reasonForIncompletion", text},
    {failed_reference_names, w, "failedReferenceTaskNames", text},
    {failed_task_names, w, "failedTaskNames", text},
    {task_id, t, "taskId", text, false},
    {task_type, t, "taskType", text, false, true},
    {task_def_name, t, "taskDefName", text, true, true},
    {reference_name, t, "referenceTaskName", text, false},
    {task_status, t, "status", value_kind::status, false, true},
    {scheduled_time, t, "scheduledTime", time},
    {task_start_time, t, "startTime", time},
    {task_update_time, t, "updateTime", time},
    {task_end_time, t, "endTime", time},
    {task_execution_time, t, "executionTime", number, false},
    {queue_wait_time, t, "queueWaitTime", number, false},
    {task_reason, t, "reasonForIncompletion", text},
    {worker_id, t, "workerId", text, true, true},
    {domain, t, "domain", text, true, true},
    {retry_count, t, "retryCount", number, false, true},
};

/// What a task has of its execution, under the execution's names.
constexpr field shared[] = {workflow_id, workflow_type, correlation_id};

const std::vector<field_info>& of_tasks() {
  static const auto out = [] {
    std::vector<field_info> out;
    for (auto x : shared)
      out.push_back(all[size_t(x)]);
    for (auto& x : all)
      if (x.of == t)
        out.push_back(x);
    return out;
  }();
  return out;
}

constexpr std::pair<std::string_view, std::string_view> other_names[] = {
    {"modifiedTime", "updateTime"},
    {"createTime", "startTime"},
    {"workflowName", "workflowType"},
    {"workflowVersion", "version"},
    {"reason", "reasonForIncompletion"},
    {"workflowPriority", "priority"},
    {"taskReferenceName", "referenceTaskName"},
    {"taskName", "taskDefName"},
};

} // namespace fields_detail

std::span<const field_info> fields_of(subject x) {
  using namespace fields_detail;
  if (x == subject::tasks)
    return of_tasks();
  static const auto count
      = size_t(std::ranges::find(all, subject::tasks, &field_info::of)
               - std::begin(all));
  return std::span(all, count);
}

const field_info& info_of(field x) { return fields_detail::all[size_t(x)]; }

const field_info* find_field(subject of, std::string_view name) {
  for (auto& [other, meant] : fields_detail::other_names)
    if (name == other)
      name = meant;
  for (auto& x : fields_of(of))
    if (x.name == name)
      return &x;
  return nullptr;
}

bool is_attribute(subject of, std::string_view name) {
  return of == subject::workflows
         && (name.starts_with("input.") || name.starts_with("output.")
             || name.starts_with("variables."));
}

bool is_field(subject of, std::string_view name) {
  return name == "text" || is_attribute(of, name) || find_field(of, name)
         || (of == subject::workflows && name == "classifier");
}

std::string no_such_field(subject of, std::string_view name) {
  std::vector<std::string> known;
  for (auto& x : fields_of(of))
    known.emplace_back(x.name);
  auto out = "there is no field '" + std::string(name.substr(0, 100)) + "'";
  if (auto best = closest(name, known); !best.empty())
    out += "; did you mean '" + std::string(best) + "'?";
  return out;
}

} // namespace tutti::query
