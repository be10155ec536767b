#include "actors/system_tasks/outbound/system_task.hpp"

namespace tutti {

namespace system_task_detail {

using nlohmann::json;

std::string text_at(const json& from, const char* key) {
  auto it = from.find(key);
  return it != from.end() && it->is_string() ? it->get<std::string>()
                                             : std::string();
}

bool flag_at(const json& from, const char* key, bool otherwise) {
  auto it = from.find(key);
  return it != from.end() && it->is_boolean() ? it->get<bool>() : otherwise;
}

task_result result_of(const system_task& task, task_status status,
                      payload output) {
  task_result out;
  out.workflow_id = task.workflow_id;
  out.task_id = task.task_id;
  out.status = status;
  out.output = std::move(output);
  return out;
}

} // namespace system_task_detail

result<system_task> read_system_task(std::string_view text) {
  using namespace system_task_detail;
  auto value = parse_json(text);
  if (!value)
    return value.failure();
  system_task out;
  out.task_id = text_at(*value, "taskId");
  out.workflow_id = text_at(*value, "workflowInstanceId");
  if (out.task_id.empty() || out.workflow_id.empty())
    return failure{errc::internal, "a polled task without ids"};
  bool by_definition = false;
  if (auto it = value->find("workflowTask");
      it != value->end() && it->is_object())
    by_definition = flag_at(*it, "asyncComplete", false);
  if (auto it = value->find("inputData"); it != value->end() && it->is_object())
    out.input = std::move(*it);
  out.async_complete = flag_at(out.input, "asyncComplete", by_definition);
  return out;
}

task_result success_of(const system_task& task, payload output) {
  return system_task_detail::result_of(
      task,
      task.async_complete ? task_status::in_progress : task_status::completed,
      std::move(output));
}

task_result failure_of(const system_task& task, std::string reason,
                       payload output) {
  auto out = system_task_detail::result_of(task, task_status::failed,
                                           std::move(output));
  out.reason = std::move(reason);
  return out;
}

} // namespace tutti
