#include "actors/gateway/execution_reads.hpp"

#include <nlohmann/json.hpp>

namespace tutti {

namespace execution_reads_detail {

std::string text_of(const nlohmann::json& from, const char* property) {
  auto i = from.find(property);
  return i != from.end() && i->is_string() ? i->get<std::string>()
                                           : std::string();
}

result<execution_head> to_head(const std::string& text) {
  auto json = parse_json(text);
  if (!json)
    return json.failure();
  execution_head out;
  out.workflow_id = text_of(*json, "workflowId");
  out.name = text_of(*json, "workflowName");
  out.parent_workflow_id = text_of(*json, "parentWorkflowId");
  out.parent_task_id = text_of(*json, "parentWorkflowTaskId");
  auto status = from_text<workflow_status>(text_of(*json, "status"));
  out.terminal = status && is_terminal(*status);
  return out;
}

} // namespace execution_reads_detail

void read_head(const gateway_context& context, const std::string& workflow_id,
               std::function<void(result<execution_head>)> then) {
  read_execution ask;
  ask.workflow_id = workflow_id;
  ask.include_tasks = false;
  ask.done = reply<answer>([then = std::move(then)](result<answer> x) {
    if (x)
      then(execution_reads_detail::to_head(x->text));
    else
      then(std::move(x).failure());
  });
  context.directory->tell(workflow_id, std::move(ask));
}

void read_task(const gateway_context& context, const std::string& task_id,
               std::function<void(result<task_head>)> then) {
  read_execution ask;
  ask.workflow_id = task_id;
  ask.what = read_execution::part::task;
  ask.done = reply<answer>([then = std::move(then)](result<answer> x) {
    if (!x)
      return then(std::move(x).failure());
    auto json = parse_json(x->text);
    if (!json)
      return then(json.failure());
    using execution_reads_detail::text_of;
    then(task_head{text_of(*json, "workflowInstanceId"),
                   text_of(*json, "subWorkflowId")});
  });
  context.directory->tell(task_id, std::move(ask));
}

} // namespace tutti
