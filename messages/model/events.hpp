#pragma once

#include "messages/model/copy_on_write.hpp"
#include "messages/model/execution.hpp"

#include <type_traits>
#include <variant>

namespace tutti {

// The only changes of an execution. A decision is a list of events, the state
// their fold (`engine::state::apply`), live and after a restart alike. The
// stored events per revision are the history that operators read.

struct workflow_created {
  copy_on_write<workflow> head;
};

/// Set fields replace those of the head.
struct workflow_changed {
  std::optional<workflow_status> status, previous_status;
  std::optional<int64_t> create_time, update_time, end_time, last_retried_time;
  std::optional<payload> input, output, variables;
  std::optional<std::string> external_output_path;
  std::optional<std::string> correlation_id, reason, failed_task_id;
  std::optional<std::string> rerun_from_workflow_id;
  std::optional<std::vector<std::string>> failed_reference_names,
      failed_task_names;
  std::optional<std::string> rate_limit_key;
  std::optional<slot_state> slot;
  std::optional<int32_t> slot_generation;
  std::optional<std::vector<std::pair<std::string, std::string>>>
      attached_tasks;
  /// Set by a restart with the latest definition, or when a DYNAMIC task took
  /// its name.
  std::optional<workflow_def_pointer> definition;
};

/// Appends a row with its `seq` assigned. The event and the state share the
/// row.
struct task_added {
  copy_on_write<task> row;
};

/// Set fields replace those of the row.
struct task_changed {
  std::string task_id;
  std::optional<task_status> status;
  std::optional<payload> input, output;
  std::optional<std::string> external_output_path;
  std::optional<int64_t> scheduled_time, start_time, end_time, update_time;
  std::optional<int64_t> first_start_time, first_scheduled_time;
  std::optional<int32_t> retry_count, poll_count, iteration, compensated;
  std::optional<bool> retried, executed, subworkflow_changed;
  std::optional<int64_t> callback_after_seconds;
  std::optional<int32_t> start_delay_seconds;
  std::optional<std::string> worker_id, reason, sub_workflow_id, domain;
  std::optional<int64_t> queued_at, due_at;
};

struct tasks_removed {
  std::vector<std::string> task_ids;
};

/// Removes that many of the oldest messages from the inbox (taken or expired),
/// then appends the new ones.
struct inbox_changed {
  int32_t removed = 0;
  std::vector<workflow_message> added;
};

/// Small whatever it holds: a wide fork makes one per branch.
using event = std::variant<workflow_created, copy_on_write<workflow_changed>,
                           task_added, copy_on_write<task_changed>,
                           tasks_removed, inbox_changed>;

/// The event as a `T`, or null.
template <class T>
const T* event_as(const event& e) {
  if constexpr (std::is_same_v<
                    T, workflow_changed> || std::is_same_v<T, task_changed>) {
    auto* x = std::get_if<copy_on_write<T>>(&e);
    return x ? &**x : nullptr;
  } else {
    return std::get_if<T>(&e);
  }
}

/// Who caused a change.
enum class cause_kind : uint8_t {
  client,    ///< a start request
  worker,    ///< a poll or an update
  timer,     ///< a deadline passed
  operator_, ///< pause, retry, terminate, ...
  parent,    ///< the execution that started this one
  child,     ///< a sub-workflow
  node,      ///< the node itself (recovery, failure workflow)
};

struct cause {
  cause_kind kind = cause_kind::client;
  /// The worker, the command or the other workflow.
  std::string what;
  /// The client's name, if it gave one (`X-Client-Id`).
  std::string by = {};
};

/// One stored decision. Revisions count from 1 without gaps.
struct revision {
  int64_t number = 0;
  int64_t at = 0;
  cause why;
  std::vector<event> events;
  /// Of a snapshot: the bytes of all events that it stands for; 0: not known.
  uint64_t history_bytes = 0;
};

} // namespace tutti
