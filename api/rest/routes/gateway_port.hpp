#pragma once

#include "messages/requests.hpp"

#include <variant>

namespace tutti::rest {

/// Everything that a route may ask of the gateway.
using gateway_message = std::variant<
    start_workflow, call_workflow, restart_workflow, rerun_workflow,
    remove_workflow, read_execution, list_executions, poll_tasks,
    append_task_log, read_task_logs, queue_query, event_queue_query,
    register_workflows, register_tasks, remove_definition, register_schemas,
    remove_schema, read_definitions, incident_query, check_scripts,
    advance_clock, read_history, explain_workflow>;

/// Where routes post their messages. Keeps CAF out of them: including it costs
/// more compile time than all routes together.
class gateway_port {
 public:
  virtual ~gateway_port() = default;
  /// Never blocks; the message's reply is called later, from any thread.
  virtual void send(gateway_message what) = 0;
};

} // namespace tutti::rest
