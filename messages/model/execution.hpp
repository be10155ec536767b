#pragma once

#include "messages/model/definitions.hpp"

namespace tutti {

// An execution: what reference:execution#fields and
// reference:execution#task-fields show, plus the bookkeeping of
// reference:execution#task-status that never leaves the node. Times are epoch
// milliseconds, 0 when unset; an empty string is an absent one.

struct task {
  std::string task_id;
  std::string reference_name;
  std::string task_type; ///< for workers also the name of the queue
  std::string task_def_name;
  task_status status = task_status::scheduled;
  payload input, output;
  std::string external_input_path, external_output_path;

  int64_t scheduled_time = 0, start_time = 0, end_time = 0, update_time = 0;
  /// Survives retries; totalTimeoutSeconds counts from here.
  int64_t first_scheduled_time = 0;
  int64_t first_start_time = 0;

  int32_t retry_count = 0;
  int32_t seq = 0; ///< 1-based order of creation; SKIPPED rows keep 0
  int32_t poll_count = 0;
  int32_t iteration = 0;
  int32_t forked_by
      = 0;              ///< seq of the dynamic fork whose branch it is; 0: none
  bool retried = false; ///< a newer attempt exists
  bool executed = false; ///< its successors have been computed
  bool subworkflow_changed = false;
  /// SCOPE: how many tasks of its output's `toCompensate` were begun.
  int32_t compensated = 0;
  std::string retried_task_id;

  int64_t callback_after_seconds = 0;
  int32_t start_delay_seconds = 0;
  int64_t response_timeout_seconds = 0;
  int32_t rate_limit_per_frequency = 0;
  int32_t rate_limit_frequency_in_seconds = 0;
  int32_t workflow_priority = 0;

  std::string worker_id, domain, reason;
  std::string execution_name_space, isolation_group_id;
  std::string sub_workflow_id, parent_task_id;
  workflow_task_pointer definition; ///< never null

  /// When its queue row becomes (or became) visible; 0: it has no queue row.
  /// Part of the row's key, so that the row can be deleted without a search.
  int64_t queued_at = 0;
  /// WAIT: the instant it ends by itself. SUB_WORKFLOW with a startDelay: the
  /// instant it may start its child. A queued system task (HTTP) that was
  /// handed out: the end of its lease. 0: none.
  int64_t due_at = 0;
};

/// A message in an execution's inbox, for its PULL_WORKFLOW_MESSAGES tasks.
struct workflow_message {
  std::string id;
  payload content;
  int64_t received_at = 0;
};

/// The execution without its tasks.
struct workflow {
  std::string workflow_id;
  workflow_def_pointer definition; ///< pinned copy, never null
  workflow_status status = workflow_status::running;
  std::optional<workflow_status> previous_status;
  int64_t create_time = 0, update_time = 0, end_time = 0;
  int64_t last_retried_time = 0;
  payload input, output, variables;
  std::string external_input_path, external_output_path;
  std::map<std::string, std::string> task_to_domain;
  int32_t priority = 0;
  std::string correlation_id, event, reason, rerun_from_workflow_id;
  std::string parent_workflow_id, parent_task_id;
  /// The length of the chain of executions that started one another up to this
  /// one, by SUB_WORKFLOW, START_WORKFLOW or as failure workflow. 0: a client
  /// started it.
  int32_t depth = 0;
  /// The execution at the begin of that chain; empty: this one.
  std::string family;
  std::string failed_task_id;
  std::vector<std::string> failed_reference_names, failed_task_names;
  std::string idempotency_key, rate_limit_key;
  slot_state slot = slot_state::none;
  /// Counts the execution's requests for a slot; identifies late answers.
  int32_t slot_generation = 0;
  /// The task that requested this execution with an idempotency key: a repeat
  /// of its outbox message finds this execution.
  std::string asked_by;
  /// Tasks (workflow id, task id) of other executions that follow this one
  /// (RETURN_EXISTING): they are told its end like the parent.
  std::vector<std::pair<std::string, std::string>> attached_tasks;
  std::string owner_app, created_by, updated_by;
  std::vector<workflow_message> inbox; ///< oldest first
};

} // namespace tutti
