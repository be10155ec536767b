#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tutti {

/// reference:execution#task-status. The wire names are the enumerators in upper
/// case.
enum class task_status : uint8_t {
  scheduled,
  in_progress,
  completed,
  completed_with_errors,
  failed,
  failed_with_terminal_error,
  timed_out,
  canceled,
  skipped,
};

enum class workflow_status : uint8_t {
  running,
  paused,
  completed,
  failed,
  timed_out,
  terminated,
};

enum class retry_logic : uint8_t {
  fixed,
  exponential_backoff,
  linear_backoff,
};

/// What a task timeout does (reference:task-definition#timeouts).
enum class task_timeout_policy : uint8_t { retry, time_out_wf, alert_only };
/// What a workflow timeout does (reference:workflow-definition#timeout).
enum class workflow_timeout_policy : uint8_t { time_out_wf, alert_only };

enum class join_mode : uint8_t { sync, async };
enum class rate_limit_policy : uint8_t { queue, reject };
enum class schema_type : uint8_t { json, avro, protobuf };

/// How the search index compares an attribute.
enum class attribute_type : uint8_t { text, number, boolean, time };

enum class idempotency_strategy : uint8_t {
  fail,
  return_existing,
  fail_on_running,
};

/// Does the limit of the definition (rateLimitConfig) let the execution work?
enum class slot_state : uint8_t {
  none,    ///< no limit applies, or the execution has ended
  waiting, ///< for a slot
  held,
};

/// What a client that waits for an execution gets.
enum class return_strategy : uint8_t {
  target_workflow,   ///< the execution that it addressed
  blocking_workflow, ///< the one whose task blocks
  blocking_task,
  blocking_task_input,
};

/// What a SCOPE does with a failure it caught (actors/engine/scope).
enum class error_resolution : uint8_t { continue_, compensate, fail };

std::string_view to_text(task_status x);
std::string_view to_text(workflow_status x);
std::string_view to_text(retry_logic x);
std::string_view to_text(task_timeout_policy x);
std::string_view to_text(workflow_timeout_policy x);
std::string_view to_text(join_mode x);
std::string_view to_text(rate_limit_policy x);
std::string_view to_text(schema_type x);
std::string_view to_text(attribute_type x);
std::string_view to_text(idempotency_strategy x);
std::string_view to_text(return_strategy x);
std::string_view to_text(error_resolution x);

/// The value of a wire name, which must match exactly; nullopt otherwise.
/// Instantiated for every enumeration above.
template <class Enum>
std::optional<Enum> from_text(std::string_view text);

constexpr bool is_terminal(task_status x) {
  return x != task_status::scheduled && x != task_status::in_progress;
}
/// In Conductor's sense, which includes open states
/// (reference:execution#task-status).
constexpr bool is_successful(task_status x) {
  return x == task_status::scheduled || x == task_status::in_progress
         || x == task_status::completed
         || x == task_status::completed_with_errors
         || x == task_status::skipped;
}
constexpr bool is_retriable(task_status x) {
  return x != task_status::failed_with_terminal_error
         && x != task_status::canceled && x != task_status::skipped;
}
constexpr bool is_terminal(workflow_status x) {
  return x != workflow_status::running && x != workflow_status::paused;
}
constexpr bool is_successful(workflow_status x) {
  return x == workflow_status::completed || x == workflow_status::paused;
}

} // namespace tutti
