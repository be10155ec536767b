#pragma once

#include "messages/model/copy_on_write.hpp"
#include "messages/model/execution.hpp"

#include <type_traits>
#include <variant>

namespace tutti {

// The only ways an execution changes. A decision is a list of these; the state
// is their fold (`engine::state::apply`), live and after a restart alike, and
// the list kept per revision is the history an operator reads.

struct workflow_created {
  copy_on_write<workflow> head;
};

/// Fields that are set replace what the head holds.
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
  /// Restart with the latest definitions; a DYNAMIC task took its name.
  std::optional<workflow_def_pointer> definition;
};

/// A row is appended. Its `seq` is already assigned. The state that it is added
/// to shares the row.
struct task_added {
  copy_on_write<task> row;
};

/// Fields that are set replace what the row holds.
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

/// So many of the oldest messages left the inbox (taken, or too old), then
/// these came in.
struct inbox_changed {
  int32_t removed = 0;
  std::vector<workflow_message> added;
};

/// Small, whatever it says: a wide fork makes one for each of its branches.
using event = std::variant<workflow_created, copy_on_write<workflow_changed>,
                           task_added, copy_on_write<task_changed>,
                           tasks_removed, inbox_changed>;

/// What kind of event it is: null when it is another.
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

/// Who made an execution change.
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
  /// The worker, the command, the other workflow.
  std::string what;
  /// Who asked, when a client named itself (`X-Client-Id`).
  std::string by = {};
};

/// One decision as it is stored. Revisions count from 1 without gaps.
struct revision {
  int64_t number = 0;
  int64_t at = 0;
  cause why;
  std::vector<event> events;
};

} // namespace tutti
