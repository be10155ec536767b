#pragma once

#include "messages/proto/requests.pb.h"
#include "messages/wire/command_forms.hpp"
#include "messages/wire/outbox_message_form.hpp"

// The forms of all requests and their parts.

namespace tutti::wire {

namespace pb = tutti::request;

template <class Io>
bool form(Io io, pb::Context& m, subject<Io, request_context>& x) {
  return TUTTI_FIELD_AS(principal, x.principal.name) && TUTTI_FIELD(client)
         && TUTTI_FIELD(deadline) && TUTTI_FIELD(trace);
}

// Requests of clients, as read from the wire

template <class Io>
bool form(Io io, pb::StartRequest& m, subject<Io, start_workflow_request>& x) {
  return TUTTI_FIELD(name) && TUTTI_OPTIONAL(version)
         && TUTTI_FIELD(correlation_id) && TUTTI_OPTIONAL(input)
         && TUTTI_PAIRS(task_to_domain) && TUTTI_FIELD(definition)
         && TUTTI_FIELD(external_input_path) && TUTTI_FIELD(priority)
         && TUTTI_FIELD(created_by) && TUTTI_FIELD(idempotency_key)
         && TUTTI_OPTIONAL(idempotency_strategy);
}
template <class Io>
bool form(Io io, pb::TaskLog& m, subject<Io, task_log>& x) {
  return TUTTI_FIELD(log) && TUTTI_FIELD(task_id) && TUTTI_FIELD(created_time);
}
template <class Io>
bool form(Io io, pb::TaskResult& m, subject<Io, task_result>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(task_id)
         && TUTTI_OPTIONAL(status) && TUTTI_FIELD(output) && TUTTI_FIELD(reason)
         && TUTTI_FIELD(callback_after_seconds) && TUTTI_FIELD(worker_id)
         && TUTTI_PARTS(logs) && TUTTI_FIELD(external_output_path)
         && TUTTI_FIELD(sub_workflow_id) && TUTTI_FIELD(extend_lease);
}
template <class Io>
bool form(Io io, pb::TaskMock& m, subject<Io, task_mock>& x) {
  return TUTTI_FIELD(status) && TUTTI_FIELD(output)
         && TUTTI_FIELD(execution_time_ms) && TUTTI_FIELD(queue_wait_time_ms)
         && TUTTI_FIELD(reason) && TUTTI_FIELD(callback_after_seconds);
}
bool form(writing, pb::TestRequest& m, const workflow_test_request& x);
bool form(reading, pb::TestRequest& m, workflow_test_request& x);
bool form(writing, pb::Command& m, const workflow_command& x);
bool form(reading, pb::Command& m, workflow_command& x);

// Executions

template <class Io>
bool form(Io io, pb::StartWorkflow& m, subject<Io, start_workflow>& x) {
  return TUTTI_PART(what);
}
template <class Io>
bool form(Io io, pb::CallWorkflow& m, subject<Io, call_workflow>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_PART(what)
         && TUTTI_FIELD(answer_execution);
}
template <class Io>
bool form(Io io, pb::RestartWorkflow& m, subject<Io, restart_workflow>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(use_latest);
}
template <class Io>
bool form(Io io, pb::RerunWorkflow& m, subject<Io, rerun_workflow>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_PART(what);
}
template <class Io>
bool form(Io io, pb::RemoveWorkflow& m, subject<Io, remove_workflow>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(archive);
}
template <class Io>
bool form(Io io, pb::ReadExecution& m, subject<Io, read_execution>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(what)
         && TUTTI_FIELD(include_tasks) && TUTTI_FIELD(include_output)
         && TUTTI_FIELD(include_variables) && TUTTI_FIELD(start)
         && TUTTI_FIELD(count) && TUTTI_LIST(statuses);
}
template <class Io>
bool form(Io io, pb::ReadHistory& m, subject<Io, read_history>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(from) && TUTTI_FIELD(count);
}
template <class Io>
bool form(Io io, pb::ExplainWorkflow& m, subject<Io, explain_workflow>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(count_max);
}
template <class Io>
bool form(Io io, pb::ListExecutions& m, subject<Io, list_executions>& x) {
  return TUTTI_FIELD(name) && TUTTI_OPTIONAL(version)
         && TUTTI_FIELD(running_only) && TUTTI_FIELD(created_from)
         && TUTTI_FIELD(created_to) && TUTTI_FIELD(count_max)
         && TUTTI_FIELD(summaries);
}
template <class Io>
bool form(Io io, pb::TestWorkflow& m, subject<Io, test_workflow>& x) {
  return TUTTI_PART(what) && TUTTI_FIELD(report);
}

// Tasks and queues

template <class Io>
bool form(Io io, pb::PollTasks& m, subject<Io, poll_tasks>& x) {
  return TUTTI_FIELD(task_type) && TUTTI_FIELD(domain) && TUTTI_FIELD(worker_id)
         && TUTTI_FIELD(count) && TUTTI_FIELD(timeout_ms)
         && TUTTI_FIELD(poll_id) && TUTTI_FIELD(by_node);
}
template <class Io>
bool form(Io io, pb::CancelPoll& m, subject<Io, cancel_poll>& x) {
  return TUTTI_FIELD(task_type) && TUTTI_FIELD(domain) && TUTTI_FIELD(poll_id);
}
template <class Io>
bool form(Io io, pb::AppendTaskLog& m, subject<Io, append_task_log>& x) {
  return TUTTI_FIELD(task_id) && TUTTI_FIELD(log);
}
template <class Io>
bool form(Io io, pb::ReadTaskLogs& m, subject<Io, read_task_logs>& x) {
  return TUTTI_FIELD(task_id) && TUTTI_FIELD(start) && TUTTI_FIELD(count);
}
template <class Io>
bool form(Io io, pb::ReadQueueSizes& m, subject<Io, read_queue_sizes>& x) {
  return TUTTI_LIST(task_types);
}
template <class Io>
bool form(Io io, pb::ReadQueueSize& m, subject<Io, read_queue_size>& x) {
  return TUTTI_FIELD(task_type) && TUTTI_FIELD(domain)
         && TUTTI_FIELD(isolation_group) && TUTTI_FIELD(execution_namespace);
}
template <class Io>
bool form(Io io, pb::ListQueues& m, subject<Io, list_queues>& x) {
  return TUTTI_FIELD(verbose);
}
template <class Io>
bool form(Io io, pb::DescribeQueues& m, subject<Io, describe_queues>& x) {
  return TUTTI_LIST(task_types);
}
template <class Io>
bool form(Io io, pb::ReadPollData& m, subject<Io, read_poll_data>& x) {
  return TUTTI_FIELD(task_type);
}
template <class Io>
bool form(Io io, pb::RequeueTasks& m, subject<Io, requeue_tasks>& x) {
  return TUTTI_FIELD(task_type);
}
template <class Io>
bool form(Io io, pb::PeekEventQueue& m, subject<Io, peek_event_queue>& x) {
  return TUTTI_FIELD(queue) && TUTTI_FIELD(count);
}
template <class Io>
bool form(Io io, pb::AcknowledgeEvent& m, subject<Io, acknowledge_event>& x) {
  return TUTTI_FIELD(queue) && TUTTI_FIELD(message_id);
}

// Definitions

template <class Io>
bool form(Io io, pb::RegisterWorkflows& m, subject<Io, register_workflows>& x) {
  return TUTTI_LIST(definitions) && TUTTI_FIELD(how);
}
template <class Io>
bool form(Io io, pb::RegisterTasks& m, subject<Io, register_tasks>& x) {
  return TUTTI_LIST(definitions) && TUTTI_FIELD(must_exist);
}
template <class Io>
bool form(Io io, pb::RegisterSchemas& m, subject<Io, register_schemas>& x) {
  return TUTTI_LIST(definitions) && TUTTI_FIELD(new_version);
}
template <class Io>
bool form(Io io, pb::RemoveWorkflowDefinition& m,
          subject<Io, remove_workflow_definition>& x) {
  return TUTTI_FIELD(name) && TUTTI_FIELD(version);
}
template <class Io>
bool form(Io io, pb::RemoveTaskDefinition& m,
          subject<Io, remove_task_definition>& x) {
  return TUTTI_FIELD(name);
}
template <class Io>
bool form(Io io, pb::RemoveSchema& m, subject<Io, remove_schema>& x) {
  return TUTTI_FIELD(name) && TUTTI_OPTIONAL(version);
}
template <class Io>
bool form(Io io, pb::ReadDefinitions& m, subject<Io, read_definitions>& x) {
  return TUTTI_FIELD(what) && TUTTI_FIELD(name) && TUTTI_OPTIONAL(version);
}
template <class Io>
bool form(Io io, pb::Script& m, subject<Io, script_to_check>& x) {
  return TUTTI_FIELD(path) && TUTTI_FIELD(subject) && TUTTI_FIELD(source)
         && TUTTI_FIELD(written_in);
}
template <class Io>
bool form(Io io, pb::CheckScripts& m, subject<Io, check_scripts>& x) {
  return TUTTI_PARTS(scripts);
}

// The node

template <class Io>
bool form(Io, pb::ListIncidents&, subject<Io, list_incidents>&) {
  return true;
}
template <class Io>
bool form(Io io, pb::ReleaseIncident& m, subject<Io, release_incident>& x) {
  return TUTTI_FIELD(workflow_id);
}
template <class Io>
bool form(Io io, pb::AdvanceClock& m, subject<Io, advance_clock>& x) {
  return TUTTI_FIELD(by_ms);
}

// Between shards

template <class Io>
bool form(Io io, pb::TaskLimit& m, subject<Io, task_limit>& x) {
  return TUTTI_FIELD(concurrent) && TUTTI_FIELD(grants) && TUTTI_FIELD(seconds);
}
template <class Io>
bool form(Io io, pb::WaitingTask& m, subject<Io, waiting_task>& x) {
  return TUTTI_FIELD(queue) && TUTTI_FIELD(workflow_id) && TUTTI_FIELD(task_id)
         && TUTTI_FIELD(priority) && TUTTI_FIELD(visible_at) && TUTTI_FIELD(seq)
         && TUTTI_FIELD(limited_by) && TUTTI_PART(own_limit)
         && TUTTI_FIELD(input_bytes);
}
template <class Io>
bool form(Io io, pb::PlaceInQueue& m, subject<Io, locate_in_queue>& x) {
  return TUTTI_PARTS(tasks);
}
bool form(writing, pb::AcceptOutboxMessage& m, const accept_outbox_message& x);
bool form(reading, pb::AcceptOutboxMessage& m, accept_outbox_message& x);
template <class Io>
bool form(Io io, pb::RaiseAttempt& m, subject<Io, advance_key_attempt>& x) {
  return TUTTI_FIELD(name) && TUTTI_FIELD(key) && TUTTI_FIELD(attempt);
}
template <class Io>
bool form(Io io, pb::TrySlot& m, subject<Io, try_slot>& x) {
  return TUTTI_PART(what);
}
template <class Io>
bool form(Io io, pb::ReadSlots& m, subject<Io, read_slots>& x) {
  return TUTTI_FIELD(name) && TUTTI_FIELD(key) && TUTTI_FIELD(workflow_id);
}
template <class Io>
bool form(Io io, pb::ReadExecutionHead& m,
          subject<Io, read_execution_head>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(task_id);
}

} // namespace tutti::wire
