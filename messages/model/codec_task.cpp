#include "messages/model/codec.hpp"
#include "messages/model/json_writer.hpp"
#include "messages/model/saturating.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstring>
#include <unordered_map>

namespace tutti {

struct rendered_tasks::cache {
  struct entry {
    workflow_task_pointer
        definition; ///< holds on to the address that is the key
    std::string text, task_def;
  };
  std::unordered_map<const workflow_task*, entry> entries;

  entry& of(const workflow_task_pointer& definition) {
    auto [at, is_new] = entries.try_emplace(definition.get());
    auto& found = at->second;
    if (is_new) {
      found.definition = definition;
      write(found.text, *definition);
      if (definition->definition)
        write(found.task_def, *definition->definition);
      else
        found.task_def = "null";
    }
    return found;
  }
};

rendered_tasks::rendered_tasks() : cache_(std::make_unique<cache>()) {}
rendered_tasks::~rendered_tasks() = default;
rendered_tasks::rendered_tasks(rendered_tasks&&) noexcept = default;
rendered_tasks& rendered_tasks::operator=(rendered_tasks&&) noexcept = default;

const std::string& rendered_tasks::of(const workflow_task_pointer& x) {
  return cache_->of(x).text;
}

const std::string& rendered_tasks::task_def_of(const workflow_task_pointer& x) {
  return cache_->of(x).task_def;
}

void rendered_tasks::clear() { cache_->entries.clear(); }

namespace task_codec_detail {

// As Conductor computes it: with a callback pending it is how late the task is
// now, by this machine's clock.
int64_t queue_wait_time(const task& x) {
  if (x.start_time <= 0 || x.scheduled_time <= 0)
    return 0;
  if (x.update_time <= 0 || x.callback_after_seconds <= 0)
    return std::max<int64_t>(0, x.start_time - x.scheduled_time);
  using namespace std::chrono;
  auto now
      = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
  auto due
      = instant_after(x.update_time, ms_of_seconds(x.callback_after_seconds));
  return std::max<int64_t>(0, now.count() - due);
}

constexpr std::string_view sub_workflow_key = "\"subWorkflowId\"";

// START_WORKFLOW and the like report the execution they started in their
// output.
std::string sub_workflow_in(const payload& data) {
  auto& text = data.text();
  if (!memmem(text.data(), text.size(), sub_workflow_key.data(),
              sub_workflow_key.size()))
    return {};
  auto& value = data.json();
  auto found = value.find("subWorkflowId");
  if (found == value.end() || !found->is_string())
    return {};
  return found->get<std::string>();
}

std::string sub_workflow_id(const task& x) {
  auto id = sub_workflow_in(x.output);
  return id.empty() ? sub_workflow_in(x.input) : id;
}

} // namespace task_codec_detail

void write(std::string& out, const task& x, const task_context& context,
           rendered_tasks& cache) {
  using namespace task_codec_detail;
  auto& input = context.input ? *context.input : x.input;
  auto& output = context.output ? *context.output : x.output;
  auto& task_definition = cache.task_def_of(x.definition);
  auto& workflow_task = cache.of(x.definition);
  out.reserve(out.size() + 1200 + input.text().size() + output.text().size()
              + task_definition.size() + workflow_task.size());
  json_object_writer object(out);
  object.text_if("taskType", x.task_type);
  object.text("status", to_text(x.status));
  object.raw("inputData", input.text());
  object.text_if("referenceTaskName", x.reference_name);
  object.number("retryCount", x.retry_count);
  object.number("seq", x.seq);
  object.text_if("correlationId", context.correlation_id);
  object.number("pollCount", x.poll_count);
  object.text_if("taskDefName",
                 x.task_def_name.empty() ? x.task_type : x.task_def_name);
  object.number("scheduledTime", x.scheduled_time);
  object.number("startTime", x.start_time);
  object.number("endTime", x.end_time);
  object.number("updateTime", x.update_time);
  object.number("firstStartTime", x.first_start_time);
  object.number("startDelayInSeconds", x.start_delay_seconds);
  object.text_if("retriedTaskId", x.retried_task_id);
  object.boolean("retried", x.retried);
  object.boolean("executed", x.executed);
  object.boolean("callbackFromWorker", true);
  object.number("responseTimeoutSeconds", x.response_timeout_seconds);
  object.text_if("workflowInstanceId", context.workflow_id);
  object.text_if("workflowType", context.workflow_type);
  object.text_if("taskId", x.task_id);
  object.text_if("reasonForIncompletion", x.reason);
  object.number("callbackAfterSeconds", x.callback_after_seconds);
  object.text_if("workerId", x.worker_id);
  object.raw("outputData", output.text());
  object.raw("workflowTask", workflow_task);
  object.text_if("domain", x.domain);
  object.number("rateLimitPerFrequency", x.rate_limit_per_frequency);
  object.number("rateLimitFrequencyInSeconds",
                x.rate_limit_frequency_in_seconds);
  object.text_if("externalInputPayloadStoragePath", x.external_input_path);
  object.text_if("externalOutputPayloadStoragePath", x.external_output_path);
  object.number("workflowPriority", x.workflow_priority);
  object.text_if("executionNameSpace", x.execution_name_space);
  object.text_if("isolationGroupId", x.isolation_group_id);
  object.number("iteration", x.iteration);
  if (x.sub_workflow_id.empty())
    object.text_if("subWorkflowId", sub_workflow_id(x));
  else
    object.text("subWorkflowId", x.sub_workflow_id);
  object.boolean("subworkflowChanged", x.subworkflow_changed);
  object.text_if("parentTaskId", x.parent_task_id);
  if (context.runtime_metadata && !context.runtime_metadata->is_empty_object())
    object.raw("runtimeMetadata", context.runtime_metadata->text());
  object.boolean("loopOverTask", x.iteration > 0);
  object.number("queueWaitTime", queue_wait_time(x));
  object.raw("taskDefinition", task_definition);
  object.close();
}

// Of a task, `createdBy` is its worker and `createTime` when it began.
void write_run(std::string& out, const task& x, const task_context& context,
               int32_t priority) {
  json_object_writer object(out);
  object.text("workflowId", context.workflow_id);
  object.text_if("correlationId", context.correlation_id);
  object.text("status", to_text(x.status));
  object.text_if("reasonForIncompletion", x.reason);
  object.raw("input", (context.input ? *context.input : x.input).text());
  object.raw("output", (context.output ? *context.output : x.output).text());
  object.text("taskType", x.task_type);
  object.text("taskId", x.task_id);
  object.text("referenceTaskName", x.reference_name);
  object.number("retryCount", x.retry_count);
  object.text("taskDefName",
              x.task_def_name.empty() ? x.task_type : x.task_def_name);
  object.text_if("retriedTaskId", x.retried_task_id);
  object.text("workflowType", context.workflow_type);
  object.number("priority", priority);
  object.text_if("createdBy", x.worker_id);
  object.number("createTime", x.start_time);
  object.number("updateTime", x.update_time);
  object.close();
}

} // namespace tutti
