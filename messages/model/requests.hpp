#pragma once

#include "messages/model/execution.hpp"

namespace tutti {

// Requests of clients (reference:start-request#fields,
// reference:workers#update), read from the wire.

struct start_workflow_request {
  std::string name;
  std::optional<int32_t> version;
  std::string correlation_id;
  std::optional<payload> input; ///< absent only for an explicit null
  std::map<std::string, std::string> task_to_domain;
  workflow_def_pointer definition; ///< an inline definition
  std::string external_input_path;
  int32_t priority = 0;
  std::string created_by;
  std::string idempotency_key;
  std::optional<tutti::idempotency_strategy> idempotency_strategy;
};

struct task_log {
  std::string log;
  std::string task_id;
  int64_t created_time = 0;
};

struct task_result {
  std::string workflow_id, task_id;
  std::optional<task_status> status; ///< one of the five a worker may send
  payload output;
  std::string reason;
  int64_t callback_after_seconds = 0;
  std::string worker_id;
  std::vector<task_log> logs;
  std::string external_output_path, sub_workflow_id;
  bool extend_lease = false;
};

struct rerun_request {
  std::string from_task_id;
  std::optional<payload> workflow_input, task_input;
  std::string correlation_id;
};

struct skip_task_request {
  std::optional<payload> task_input, task_output;
};

struct poll_data {
  std::string queue_name; ///< the task type
  std::string domain, worker_id;
  int64_t last_poll_time = 0;
};

} // namespace tutti
