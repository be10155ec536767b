#pragma once

#include "messages/model/boxed_optional.hpp"
#include "messages/model/enums.hpp"
#include "messages/model/payload.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tutti {

// Definitions as users write them: reference:workflow-definition,
// reference:workflow-task and reference:task-definition, field for field. An
// empty string means "absent" (null) wherever the wire omits nulls. Maps of
// free JSON are payloads. Times are epoch milliseconds.

struct audit {
  std::string owner_app, created_by, updated_by;
  int64_t create_time = 0, update_time = 0;
};

struct schema_def {
  std::string name;
  int32_t version = 1;
  schema_type type = schema_type::json;
  std::optional<payload> data;
  std::string external_ref;
  audit trail;
};

struct rate_limit_config {
  std::string key;
  int32_t concurrent_exec_limit = 0;
  rate_limit_policy policy = rate_limit_policy::queue;
};

/// What the search index keeps of an execution's data: the value at a path such
/// as `input.order.id`, `output.total` or `variables.region`.
struct search_attribute {
  std::string path;
  attribute_type type = attribute_type::text;
  friend bool operator==(const search_attribute&, const search_attribute&)
      = default;
};

struct cache_config {
  std::string key;
  int32_t ttl_in_second = 0;
};

struct task_def {
  std::string name, description;
  int32_t retry_count = 3;
  tutti::retry_logic retry_logic = tutti::retry_logic::fixed;
  int32_t retry_delay_seconds = 60;
  int32_t backoff_scale_factor = 1;
  int32_t max_retry_delay_seconds = 0; ///< 0: no limit
  int32_t backoff_jitter_ms = 0;
  int64_t timeout_seconds = 0; ///< 0: no timeout
  task_timeout_policy timeout_policy = task_timeout_policy::time_out_wf;
  int64_t response_timeout_seconds = 3600;
  std::optional<int32_t> poll_timeout_seconds;
  int64_t total_timeout_seconds = 0;
  std::vector<std::string> input_keys, output_keys;
  payload input_template;
  std::optional<int32_t> concurrent_exec_limit;
  int32_t rate_limit_per_frequency = 0;
  int32_t rate_limit_frequency_in_seconds = 1;
  std::string isolation_group_id, execution_name_space;
  std::string owner_email, base_type;
  std::vector<std::string> runtime_metadata;
  bool task_status_listener_enabled = true;
  std::optional<schema_def> input_schema, output_schema;
  bool enforce_schema = false;
  audit trail;
};

struct state_change_event {
  std::string type;
  payload data;
};

struct workflow_def;

struct sub_workflow_params {
  std::string name;
  std::optional<int32_t> version; ///< absent: latest, pinned at start
  std::optional<std::map<std::string, std::string>> task_to_domain;
  /// An inline definition ...
  std::shared_ptr<const workflow_def> definition;
  /// ... or an expression that yields one.
  std::string definition_expression;
  std::string idempotency_key;
  std::optional<tutti::idempotency_strategy> idempotency_strategy;
  /// A number or an expression; absent when null.
  std::optional<payload> priority;
};

struct error_handler;

/// A wide fork has one per branch, so fields that few tasks use are boxed.
struct workflow_task {
  std::string name, reference_name;
  rare_text description;
  std::string type = "SIMPLE";
  payload input_parameters;
  int32_t start_delay_seconds = 0;
  bool optional = false, permissive = false;
  std::optional<int32_t> retry_count; ///< overrides the task definition
  bool async_complete = false;
  std::optional<bool> rate_limited;
  /// Inline, or filled in when the workflow starts.
  std::shared_ptr<const task_def> definition;
  payload metadata;
  boxed_optional<cache_config> cache;
  std::map<std::string, std::vector<state_change_event>> on_state_change;
  /// In the order of the definition.
  std::vector<std::pair<std::string, std::vector<workflow_task>>>
      decision_cases;
  std::vector<workflow_task> default_case;
  rare_text case_value_param, case_expression;
  rare_text evaluator_type, expression, script_expression;
  std::vector<std::vector<workflow_task>> fork_tasks;
  std::vector<std::string> join_on;
  rare_text join_status;
  std::optional<tutti::join_mode> join_mode;
  std::vector<std::string> default_exclusive_join_task;
  rare_text dynamic_fork_tasks_param, dynamic_fork_tasks_input_param_name;
  rare_text dynamic_fork_join_tasks_param;
  rare_text dynamic_task_name_param;
  boxed_optional<sub_workflow_params> sub_workflow;
  rare_text sink;
  rare_text loop_condition;
  std::vector<workflow_task> loop_over;
  rare_text items;
  /// SCOPE: handlers of failures in its body; the first match counts.
  std::vector<error_handler> on_error;
  /// Compensates this task when the SCOPE around it compensates.
  std::vector<workflow_task> compensate;
};

/// A handler of failures inside of a SCOPE. Empty conditions match anything.
struct error_handler {
  std::vector<task_status> statuses;
  std::string reason; ///< a regular expression, searched in the task's reason
  std::vector<std::string> tasks; ///< references of the failed task
  error_resolution then = error_resolution::fail;
  /// COMPENSATE only: after compensation fail with the caught failure.
  bool then_fail = false;
  /// Runs after compensation, before the SCOPE completes or fails.
  std::vector<workflow_task> run;
};

struct workflow_def {
  std::string name, description;
  int32_t version = 1;
  std::vector<workflow_task> tasks;
  std::vector<std::string> input_parameters;
  payload output_parameters;
  std::string failure_workflow;
  std::optional<int32_t> failure_workflow_version;
  int32_t schema_version = 2;
  bool restartable = true;
  bool workflow_status_listener_enabled = false;
  std::string workflow_status_listener_sink;
  std::string owner_email;
  workflow_timeout_policy timeout_policy = workflow_timeout_policy::alert_only;
  int64_t timeout_seconds = 0;
  payload variables, input_template;
  std::optional<rate_limit_config> rate_limit;
  std::optional<schema_def> input_schema, output_schema;
  bool enforce_schema = true;
  payload metadata;
  std::optional<cache_config> cache;
  std::vector<std::string> masked_fields;
  std::vector<search_attribute> search_attributes;
  audit trail;
};

/// Calls `visit(list, path)` for every list of tasks that the task holds, in
/// the order of the definition; `path` is the list's JSON path. All walks over
/// definitions use it, so a new kind of list is added here only.
template <class Task, class Visit>
void for_each_list(Task& task, Visit&& visit) {
  auto at = [](const char* field, size_t index) {
    return field + ("[" + std::to_string(index) + "]");
  };
  for (auto& [value, branch] : task.decision_cases)
    visit(branch, "decisionCases[" + value + "]");
  visit(task.default_case, std::string("defaultCase"));
  for (size_t i = 0; i < task.fork_tasks.size(); ++i)
    visit(task.fork_tasks[i], at("forkTasks", i));
  visit(task.loop_over, std::string("loopOver"));
  for (size_t i = 0; i < task.on_error.size(); ++i)
    visit(task.on_error[i].run, at("onError", i) + ".run");
  visit(task.compensate, std::string("compensate"));
}

using workflow_def_pointer = std::shared_ptr<const workflow_def>;
using task_def_pointer = std::shared_ptr<const task_def>;
/// Usually points into a workflow_def and keeps the whole definition alive.
using workflow_task_pointer = std::shared_ptr<const workflow_task>;

} // namespace tutti
