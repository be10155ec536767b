#pragma once

#include "messages/model/definitions.hpp"

namespace tutti {

// The wire names of definitions (reference:workflow-definition,
// reference:workflow-task, reference:task-definition), once for reading,
// writing and comparing with defaults. A visitor is called as
// `visit("wireName", &type::member)` and answers true to stop; `visit.always`
// marks text that is written even when empty, `visit.part` fields that lie
// flat in the same object.

template <class Visit>
bool members_of(const audit*, Visit& visit) {
  using x = audit;
  return visit("ownerApp", &x::owner_app) || visit("createdBy", &x::created_by)
         || visit("updatedBy", &x::updated_by)
         || visit("createTime", &x::create_time)
         || visit("updateTime", &x::update_time);
}

template <class Visit>
bool members_of(const schema_def*, Visit& visit) {
  using x = schema_def;
  return visit("name", &x::name) || visit("version", &x::version)
         || visit("type", &x::type) || visit("data", &x::data)
         || visit("externalRef", &x::external_ref) || visit.part(&x::trail);
}

template <class Visit>
bool members_of(const rate_limit_config*, Visit& visit) {
  using x = rate_limit_config;
  return visit("rateLimitKey", &x::key)
         || visit("concurrentExecLimit", &x::concurrent_exec_limit)
         || visit("policy", &x::policy);
}

template <class Visit>
bool members_of(const cache_config*, Visit& visit) {
  using x = cache_config;
  return visit("key", &x::key) || visit("ttlInSecond", &x::ttl_in_second);
}

template <class Visit>
bool members_of(const search_attribute*, Visit& visit) {
  using x = search_attribute;
  return visit("path", &x::path) || visit("type", &x::type);
}

template <class Visit>
bool members_of(const state_change_event*, Visit& visit) {
  using x = state_change_event;
  return visit("type", &x::type) || visit("payload", &x::data);
}

template <class Visit>
bool members_of(const task_def*, Visit& visit) {
  using x = task_def;
  return visit("name", &x::name) || visit("description", &x::description)
         || visit("retryCount", &x::retry_count)
         || visit("retryLogic", &x::retry_logic)
         || visit("retryDelaySeconds", &x::retry_delay_seconds)
         || visit("backoffScaleFactor", &x::backoff_scale_factor)
         || visit("maxRetryDelaySeconds", &x::max_retry_delay_seconds)
         || visit("backoffJitterMs", &x::backoff_jitter_ms)
         || visit("timeoutSeconds", &x::timeout_seconds)
         || visit("timeoutPolicy", &x::timeout_policy)
         || visit("responseTimeoutSeconds", &x::response_timeout_seconds)
         || visit("pollTimeoutSeconds", &x::poll_timeout_seconds)
         || visit("totalTimeoutSeconds", &x::total_timeout_seconds)
         || visit("inputKeys", &x::input_keys)
         || visit("outputKeys", &x::output_keys)
         || visit("inputTemplate", &x::input_template)
         || visit("concurrentExecLimit", &x::concurrent_exec_limit)
         || visit("rateLimitPerFrequency", &x::rate_limit_per_frequency)
         || visit("rateLimitFrequencyInSeconds",
                  &x::rate_limit_frequency_in_seconds)
         || visit("isolationGroupId", &x::isolation_group_id)
         || visit("executionNameSpace", &x::execution_name_space)
         || visit("ownerEmail", &x::owner_email)
         || visit("baseType", &x::base_type)
         || visit("runtimeMetadata", &x::runtime_metadata)
         || visit("taskStatusListenerEnabled", &x::task_status_listener_enabled)
         || visit("inputSchema", &x::input_schema)
         || visit("outputSchema", &x::output_schema)
         || visit("enforceSchema", &x::enforce_schema) || visit.part(&x::trail);
}

/// Without `workflowDefinition`, which is an object or an expression.
template <class Visit>
bool members_of(const sub_workflow_params*, Visit& visit) {
  using x = sub_workflow_params;
  return visit("name", &x::name) || visit("version", &x::version)
         || visit("taskToDomain", &x::task_to_domain)
         || visit("idempotencyKey", &x::idempotency_key)
         || visit("idempotencyStrategy", &x::idempotency_strategy);
}

template <class Visit>
bool members_of(const workflow_task*, Visit& visit) {
  using x = workflow_task;
  return visit("name", &x::name)
         || visit("taskReferenceName", &x::reference_name)
         || visit("description", &x::description)
         || visit.always("type", &x::type)
         || visit("inputParameters", &x::input_parameters)
         || visit("startDelay", &x::start_delay_seconds)
         || visit("optional", &x::optional)
         || visit("permissive", &x::permissive)
         || visit("retryCount", &x::retry_count)
         || visit("asyncComplete", &x::async_complete)
         || visit("rateLimited", &x::rate_limited)
         || visit("taskDefinition", &x::definition)
         || visit("metadata", &x::metadata) || visit("cacheConfig", &x::cache)
         || visit("onStateChange", &x::on_state_change)
         || visit("decisionCases", &x::decision_cases)
         || visit("defaultCase", &x::default_case)
         || visit("caseValueParam", &x::case_value_param)
         || visit("caseExpression", &x::case_expression)
         || visit("evaluatorType", &x::evaluator_type)
         || visit("expression", &x::expression)
         || visit("scriptExpression", &x::script_expression)
         || visit("forkTasks", &x::fork_tasks) || visit("joinOn", &x::join_on)
         || visit("joinStatus", &x::join_status)
         || visit("joinMode", &x::join_mode)
         || visit("defaultExclusiveJoinTask", &x::default_exclusive_join_task)
         || visit("dynamicForkTasksParam", &x::dynamic_fork_tasks_param)
         || visit("dynamicForkTasksInputParamName",
                  &x::dynamic_fork_tasks_input_param_name)
         || visit("dynamicForkJoinTasksParam",
                  &x::dynamic_fork_join_tasks_param)
         || visit("dynamicTaskNameParam", &x::dynamic_task_name_param)
         || visit("subWorkflowParam", &x::sub_workflow)
         || visit("sink", &x::sink)
         || visit("loopCondition", &x::loop_condition)
         || visit("loopOver", &x::loop_over) || visit("items", &x::items)
         || visit.extension("onError", &x::on_error)
         || visit.extension("compensate", &x::compensate);
}

template <class Visit>
bool members_of(const error_handler*, Visit& visit) {
  using x = error_handler;
  return visit("statuses", &x::statuses) || visit("reason", &x::reason)
         || visit("tasks", &x::tasks) || visit("then", &x::then)
         || visit("thenFail", &x::then_fail) || visit("run", &x::run);
}

template <class Visit>
bool members_of(const workflow_def*, Visit& visit) {
  using x = workflow_def;
  return visit("name", &x::name) || visit("description", &x::description)
         || visit("version", &x::version) || visit("tasks", &x::tasks)
         || visit("inputParameters", &x::input_parameters)
         || visit("outputParameters", &x::output_parameters)
         || visit("failureWorkflow", &x::failure_workflow)
         || visit("failureWorkflowVersion", &x::failure_workflow_version)
         || visit("schemaVersion", &x::schema_version)
         || visit("restartable", &x::restartable)
         || visit("workflowStatusListenerEnabled",
                  &x::workflow_status_listener_enabled)
         || visit("workflowStatusListenerSink",
                  &x::workflow_status_listener_sink)
         || visit("ownerEmail", &x::owner_email)
         || visit("timeoutPolicy", &x::timeout_policy)
         || visit("timeoutSeconds", &x::timeout_seconds)
         || visit("variables", &x::variables)
         || visit("inputTemplate", &x::input_template)
         || visit("rateLimitConfig", &x::rate_limit)
         || visit("inputSchema", &x::input_schema)
         || visit("outputSchema", &x::output_schema)
         || visit("enforceSchema", &x::enforce_schema)
         || visit("metadata", &x::metadata) || visit("cacheConfig", &x::cache)
         || visit("maskedFields", &x::masked_fields)
         || visit.extension("searchAttributes", &x::search_attributes)
         || visit.part(&x::trail);
}

} // namespace tutti
