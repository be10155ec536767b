#include "actors/search/summaries.hpp"

#include "actors/engine/features/masking.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/instants.hpp"
#include "messages/model/json_writer.hpp"

#include <algorithm>

namespace tutti {

namespace summaries_detail {

void put_list(json_object_writer& out, const char* name,
              const std::vector<std::string>& all) {
  auto& text = out.key(name);
  text += '[';
  for (auto& x : all) {
    if (&x != all.data())
      text += ',';
    write_string(text, x);
  }
  text += ']';
}

std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (auto& x : all) {
    if (!out.empty())
      out += ',';
    out += x;
  }
  return out;
}

int64_t span(int64_t from, int64_t to) {
  return from > 0 && to > 0 ? std::max<int64_t>(to - from, 0) : 0;
}

} // namespace summaries_detail

// Conductor prints input and output as one text each; here it is JSON.
void write_summary(std::string& out, const engine::state& x) {
  using namespace summaries_detail;
  engine::masking mask(*x.head().definition);
  auto& head = x.head();
  auto input = mask.of(head.input).text(), output = mask.of(head.output).text();
  json_object_writer object(out);
  object.text("workflowType", head.definition->name);
  object.number("version", head.definition->version);
  object.text("workflowId", head.workflow_id);
  object.text_if("correlationId", head.correlation_id);
  object.text("startTime", instant_text(head.create_time));
  object.text("updateTime", instant_text(head.update_time));
  if (head.end_time > 0)
    object.text("endTime", instant_text(head.end_time));
  object.text("status", to_text(head.status));
  object.text("input", input);
  object.text("output", output);
  object.number("inputSize", int64_t(input.size()));
  object.number("outputSize", int64_t(output.size()));
  object.text_if("reasonForIncompletion", head.reason);
  object.number("executionTime", span(head.create_time, head.end_time));
  object.text_if("event", head.event);
  object.text("failedReferenceTaskNames", joined(head.failed_reference_names));
  put_list(object, "failedTaskNames", head.failed_task_names);
  object.text_if("externalInputPayloadStoragePath", head.external_input_path);
  object.text_if("externalOutputPayloadStoragePath", head.external_output_path);
  object.number("priority", head.priority);
  object.text_if("createdBy", head.created_by);
  auto& domains = object.key("taskToDomain");
  domains += '{';
  for (auto& [task, domain] : head.task_to_domain) {
    if (domains.back() != '{')
      domains += ',';
    write_string(domains, task);
    domains += ':';
    write_string(domains, domain);
  }
  domains += '}';
  object.text_if("idempotencyKey", head.idempotency_key);
  object.text("parentWorkflowId", head.parent_workflow_id);
  object.text("classifier", "workflow");
  object.close();
}

void write_summary(std::string& out, const engine::state& x, const task& row) {
  using namespace summaries_detail;
  engine::masking mask(*x.head().definition);
  auto& head = x.head();
  json_object_writer object(out);
  object.text("workflowId", head.workflow_id);
  object.text("workflowType", head.definition->name);
  object.text_if("correlationId", head.correlation_id);
  // A time that is not set is the year 1970 here.
  object.text("scheduledTime", instant_text(row.scheduled_time));
  object.text("startTime", instant_text(row.start_time));
  object.text("updateTime", instant_text(row.update_time));
  object.text("endTime", instant_text(row.end_time));
  object.text("status", to_text(row.status));
  object.text_if("reasonForIncompletion", row.reason);
  object.number("executionTime", span(row.start_time, row.end_time));
  object.number("queueWaitTime", span(row.scheduled_time, row.start_time));
  object.text("taskDefName", row.task_def_name);
  object.text("taskType", row.task_type);
  object.text("input", mask.of(row.input).text());
  object.text("output", mask.of(x.visible_output(row)).text());
  object.text("taskId", row.task_id);
  object.text("taskReferenceName", row.reference_name);
  object.text_if("externalInputPayloadStoragePath", row.external_input_path);
  object.text_if("externalOutputPayloadStoragePath", row.external_output_path);
  object.number("workflowPriority", row.workflow_priority);
  object.text_if("domain", row.domain);
  object.close();
}

} // namespace tutti
