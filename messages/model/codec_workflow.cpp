#include "messages/model/codec.hpp"
#include "messages/model/codec_write.hpp"

namespace tutti {

void write(std::string& out, const workflow& x, std::string_view tasks) {
  json_object_writer object(out);
  object.text("ownerApp", x.owner_app); // "" for starts over REST
  object.number("createTime", x.create_time);
  object.number("updateTime", x.update_time);
  object.text_if("createdBy", x.created_by);
  object.text_if("updatedBy", x.updated_by);
  object.text("status", to_text(x.status));
  object.number("endTime", x.end_time);
  object.text("workflowId", x.workflow_id);
  object.text_if("parentWorkflowId", x.parent_workflow_id);
  object.text_if("parentWorkflowTaskId", x.parent_task_id);
  object.raw("tasks", tasks);
  object.raw("input", x.input.text());
  object.raw("output", x.output.text());
  object.text_if("correlationId", x.correlation_id);
  object.text_if("reRunFromWorkflowId", x.rerun_from_workflow_id);
  object.text_if("reasonForIncompletion", x.reason);
  object.text_if("event", x.event);
  write_value<false>(object.key("taskToDomain"), x.task_to_domain);
  write_value<false>(object.key("failedReferenceTaskNames"),
                     x.failed_reference_names);
  write_value<false>(object.key("failedTaskNames"), x.failed_task_names);
  write(object.key("workflowDefinition"), *x.definition);
  object.text_if("externalInputPayloadStoragePath", x.external_input_path);
  object.text_if("externalOutputPayloadStoragePath", x.external_output_path);
  object.number("priority", x.priority);
  object.raw("variables", x.variables.text());
  object.number("lastRetriedTime", x.last_retried_time);
  object.text_if("idempotencyKey", x.idempotency_key);
  object.text_if("rateLimitKey", x.rate_limit_key);
  object.boolean("rateLimited", x.slot == slot_state::waiting);
  object.raw("history", "[]");
  object.number("startTime", x.create_time);
  object.text("workflowName", x.definition->name);
  object.number("workflowVersion", x.definition->version);
  object.close();
}

void write_run(std::string& out, const workflow& x, std::string_view tasks) {
  json_object_writer object(out);
  object.text("workflowId", x.workflow_id);
  object.text_if("correlationId", x.correlation_id);
  object.text("status", to_text(x.status));
  object.text_if("reasonForIncompletion", x.reason);
  object.raw("input", x.input.text());
  object.raw("output", x.output.text());
  object.raw("variables", x.variables.text());
  object.raw("tasks", tasks);
  object.number("priority", x.priority);
  object.text_if("createdBy", x.created_by);
  object.number("createTime", x.create_time);
  object.number("updateTime", x.update_time);
  object.close();
}

void write_status(std::string& out, const workflow& x, bool with_output,
                  bool with_variables) {
  json_object_writer object(out);
  object.text("workflowId", x.workflow_id);
  object.text_if("correlationId", x.correlation_id);
  if (with_output)
    object.raw("output", x.output.text());
  if (with_variables)
    object.raw("variables", x.variables.text());
  object.text("status", to_text(x.status));
  object.close();
}

} // namespace tutti
