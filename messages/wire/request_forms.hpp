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
         && TUTTI_FIELD(deadline) && TUTTI_FIELD(trace)
         && TUTTI_FIELD(request_id);
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
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(archive)
         && TUTTI_FIELD(keep_record);
}
template <class Io>
bool form(Io io, pb::ReadExecution& m, subject<Io, read_execution>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(what)
         && TUTTI_FIELD(include_tasks) && TUTTI_FIELD(include_output)
         && TUTTI_FIELD(include_variables) && TUTTI_FIELD(start)
         && TUTTI_FIELD(count) && TUTTI_LIST(statuses)
         && TUTTI_FIELD(reference_name);
}
template <class Io>
bool form(Io io, pb::ReadHistory& m, subject<Io, read_history>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(from) && TUTTI_FIELD(count);
}
template <class Io>
bool form(Io io, pb::VerifyExecution& m, subject<Io, verify_execution>& x) {
  return TUTTI_FIELD(workflow_id);
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

template <class Io>
bool form(Io io, pb::FindCorrelated& m, subject<Io, find_correlated>& x) {
  return TUTTI_LIST(names) && TUTTI_LIST(correlation_ids)
         && TUTTI_FIELD(include_closed) && TUTTI_FIELD(include_tasks)
         && TUTTI_FIELD(as_list);
}

// Waits

template <class Io>
bool form(Io io, pb::WaitOptions& m, subject<Io, wait_options>& x) {
  return TUTTI_FIELD(wait_id) && TUTTI_LIST(references) && TUTTI_FIELD(wait_ms)
         && TUTTI_FIELD(strategy) && TUTTI_FIELD(output_only);
}
template <class Io>
bool form(Io io, pb::ExecuteWorkflow& m, subject<Io, execute_workflow>& x) {
  return TUTTI_PART(what) && TUTTI_PART(wait);
}
template <class Io>
bool form(Io io, pb::CallAndWait& m, subject<Io, call_and_wait>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_PART(what) && TUTTI_PART(wait);
}
template <class Io>
bool form(Io io, pb::SignalWorkflow& m, subject<Io, signal_workflow>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD_AS(status, x.what.status)
         && TUTTI_FIELD_AS(output, x.what.output) && TUTTI_FIELD(waits)
         && TUTTI_PART(wait);
}
template <class Io>
bool form(Io io, pb::CancelWait& m, subject<Io, cancel_wait>& x) {
  return TUTTI_FIELD(wait_id);
}
template <class Io>
bool form(Io io, pb::WatchExecution& m, subject<Io, watch_execution>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(watch_id)
         && TUTTI_LIST(references) && TUTTI_LIST(known_children)
         && TUTTI_FIELD(children_max) && TUTTI_FIELD(at_once)
         && TUTTI_FIELD(part);
}
template <class Io>
bool form(Io io, pb::EndWatch& m, subject<Io, end_watch>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(watch_id);
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
bool form(Io io, pb::RegisterEventHandlers& m,
          subject<Io, register_event_handlers>& x) {
  return TUTTI_LIST(definitions) && TUTTI_FIELD(must_exist);
}
template <class Io>
bool form(Io io, pb::RemoveEventHandler& m,
          subject<Io, remove_event_handler>& x) {
  return TUTTI_FIELD(name);
}
template <class Io>
bool form(Io io, pb::Tag& m, subject<Io, tag>& x) {
  return TUTTI_FIELD(key) && TUTTI_FIELD(value) && TUTTI_FIELD(type);
}
template <class Io>
bool form(Io io, pb::ChangeTags& m, subject<Io, change_tags>& x) {
  return TUTTI_FIELD(of) && TUTTI_FIELD(name) && TUTTI_PARTS(tags)
         && TUTTI_FIELD(how);
}
template <class Io>
bool form(Io io, pb::LimitWorkflow& m, subject<Io, limit_workflow>& x) {
  return TUTTI_FIELD(name) && TUTTI_OPTIONAL(limit);
}
template <class Io>
bool form(Io io, pb::ReadDefinitions& m, subject<Io, read_definitions>& x) {
  return TUTTI_FIELD(what) && TUTTI_FIELD(name) && TUTTI_OPTIONAL(version)
         && TUTTI_FIELD(active_only) && TUTTI_LIST(classifiers)
         && TUTTI_FIELD(start) && TUTTI_FIELD(count);
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

// Schedules

template <class Io>
bool form(Io io, pb::SaveSchedule& m, subject<Io, save_schedule>& x) {
  return TUTTI_FIELD(what);
}
template <class Io>
bool form(Io io, pb::RemoveSchedule& m, subject<Io, remove_schedule>& x) {
  return TUTTI_FIELD(name);
}
template <class Io>
bool form(Io io, pb::ReadSchedule& m, subject<Io, read_schedule>& x) {
  return TUTTI_FIELD(name) && TUTTI_FIELD(tags);
}
template <class Io>
bool form(Io io, pb::ControlSchedule& m, subject<Io, control_schedule>& x) {
  return TUTTI_FIELD(name) && TUTTI_FIELD(pause) && TUTTI_FIELD(reason);
}
template <class Io>
bool form(Io io, pb::TagSchedule& m, subject<Io, tag_schedule>& x) {
  return TUTTI_FIELD(name) && TUTTI_PARTS(tags) && TUTTI_FIELD(remove);
}
template <class Io>
bool form(Io io, pb::ListSchedules& m, subject<Io, list_schedules>& x) {
  return TUTTI_FIELD(workflow_name) && TUTTI_FIELD(schedule_name)
         && TUTTI_FIELD(free_text) && TUTTI_OPTIONAL(paused) && TUTTI_FIELD(tag)
         && TUTTI_FIELD(sort_by) && TUTTI_FIELD(descending)
         && TUTTI_FIELD(start) && TUTTI_FIELD(count);
}
template <class Io>
bool form(Io io, pb::FiringCondition& m, subject<Io, firing_condition>& x) {
  return TUTTI_FIELD(field) && TUTTI_FIELD(how) && TUTTI_LIST(values);
}
template <class Io>
bool form(Io io, pb::SearchFirings& m, subject<Io, search_firings>& x) {
  return TUTTI_PARTS(where) && TUTTI_FIELD(free_text) && TUTTI_FIELD(sort_by)
         && TUTTI_FIELD(descending) && TUTTI_FIELD(start) && TUTTI_FIELD(count);
}
template <class Io>
bool form(Io io, pb::BackfillSchedule& m, subject<Io, backfill_schedule>& x) {
  return TUTTI_FIELD(name) && TUTTI_FIELD(from) && TUTTI_FIELD(to);
}
template <class Io>
bool form(Io io, pb::TriggerSchedule& m, subject<Io, trigger_schedule>& x) {
  return TUTTI_FIELD(name);
}
template <class Io>
bool form(Io io, pb::HoldSchedules& m, subject<Io, hold_schedules>& x) {
  return TUTTI_FIELD(hold);
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

// Jobs and retention

template <class Io>
bool form(Io io, pb::JobOrder& m, subject<Io, job_order>& x) {
  return TUTTI_FIELD(query) && TUTTI_FIELD(free_text) && TUTTI_FIELD(all)
         && TUTTI_FIELD(action) && TUTTI_FIELD(arguments) && TUTTI_FIELD(rate)
         && TUTTI_FIELD(parallel);
}
template <class Io>
bool form(Io io, pb::PreviewJob& m, subject<Io, preview_job>& x) {
  return TUTTI_PART(what);
}
template <class Io>
bool form(Io io, pb::CreateJob& m, subject<Io, create_job>& x) {
  return TUTTI_FIELD(id) && TUTTI_PART(what);
}
template <class Io>
bool form(Io io, pb::ReadJob& m, subject<Io, read_job>& x) {
  return TUTTI_FIELD(id);
}
template <class Io>
bool form(Io io, pb::ListJobs& m, subject<Io, list_jobs>& x) {
  return TUTTI_FIELD(status) && TUTTI_FIELD(count_max);
}
template <class Io>
bool form(Io io, pb::ControlJob& m, subject<Io, control_job>& x) {
  return TUTTI_FIELD(id) && TUTTI_FIELD(what) && TUTTI_FIELD(rate);
}
template <class Io>
bool form(Io io, pb::ReadJobErrors& m, subject<Io, read_job_errors>& x) {
  return TUTTI_FIELD(id) && TUTTI_FIELD(start) && TUTTI_FIELD(count);
}
template <class Io>
bool form(Io, pb::ReadRetention&, subject<Io, read_retention>&) {
  return true;
}
template <class Io>
bool form(Io io, pb::RunRetention& m, subject<Io, run_retention>& x) {
  return TUTTI_FIELD(dry_run);
}
template <class Io>
bool form(Io io, pb::ListArchived& m, subject<Io, list_archived>& x) {
  return TUTTI_FIELD(name) && TUTTI_FIELD(end_to) && TUTTI_FIELD(count);
}

// Search

template <class Io>
bool form(Io io, pb::SearchIndex& m, subject<Io, search_index>& x) {
  return TUTTI_FIELD(what) && TUTTI_FIELD(as) && TUTTI_FIELD(query)
         && TUTTI_FIELD(free_text) && TUTTI_LIST(classifiers)
         && TUTTI_FIELD(top_level_only) && TUTTI_FIELD(sort)
         && TUTTI_FIELD(cursor) && TUTTI_FIELD(start) && TUTTI_FIELD(count)
         && TUTTI_FIELD(conductor) && TUTTI_LIST(facets) && TUTTI_FIELD(at)
         && TUTTI_FIELD(places);
}
template <class Io>
bool form(Io io, pb::SummarizeExecutions& m,
          subject<Io, summarize_executions>& x) {
  return TUTTI_FIELD(name) && TUTTI_FIELD(from) && TUTTI_FIELD(to)
         && TUTTI_FIELD(by_hour);
}
template <class Io>
bool form(Io, pb::ReadIndexStatus&, subject<Io, read_index_status>&) {
  return true;
}
template <class Io>
bool form(Io, pb::RebuildIndex&, subject<Io, rebuild_index>&) {
  return true;
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
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(task_id)
         && TUTTI_FIELD(reference_name);
}

// Between nodes

template <class Io>
bool form(Io io, pb::ScheduledExecutionEnded& m,
          subject<Io, scheduled_execution_ended>& x) {
  return TUTTI_FIELD(schedule) && TUTTI_FIELD(workflow_id);
}
template <class Io>
bool form(Io io, pb::DefinitionRow& m, subject<Io, definition_row>& x) {
  return TUTTI_FIELD(key) && TUTTI_OPTIONAL(value);
}
template <class Io>
bool form(Io io, pb::ChangeDefinitions& m, subject<Io, change_definitions>& x) {
  return TUTTI_FIELD(first_part) && TUTTI_FIELD(more) && TUTTI_PARTS(rows);
}
template <class Io>
bool form(Io io, pb::WantTasks& m, subject<Io, want_tasks>& x) {
  return TUTTI_FIELD(queue) && TUTTI_FIELD(waits);
}
template <class Io>
bool form(Io io, pb::TasksReady& m, subject<Io, tasks_ready>& x) {
  return TUTTI_FIELD(queue) && TUTTI_FIELD(count);
}

} // namespace tutti::wire
