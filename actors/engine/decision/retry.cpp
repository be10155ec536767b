#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "messages/model/saturating.hpp"

#include <algorithm>
#include <limits>

// The retry rule (reference:task-definition#retries) and the attempts it makes.

namespace tutti::engine {

namespace retry_detail {

constexpr int64_t seconds_max = std::numeric_limits<int32_t>::max();

int64_t delay_seconds(const task_def& def, int32_t retry_count) {
  int64_t delay = def.retry_delay_seconds;
  switch (def.retry_logic) {
    case retry_logic::fixed:
      break;
    case retry_logic::linear_backoff:
      delay = saturating_product(
          saturating_product(delay, def.backoff_scale_factor),
          int64_t(retry_count) + 1);
      break;
    case retry_logic::exponential_backoff:
      delay = retry_count >= 31 ? seconds_max : delay << retry_count;
      break;
  }
  if (delay < 0 || delay > seconds_max)
    delay = seconds_max;
  if (def.max_retry_delay_seconds > 0)
    delay = std::min<int64_t>(delay, def.max_retry_delay_seconds);
  return delay;
}

workflow_status status_after(task_status status) {
  switch (status) {
    case task_status::canceled:
      return workflow_status::terminated;
    case task_status::timed_out:
      return workflow_status::timed_out;
    default:
      return workflow_status::failed;
  }
}

/// Attempts are left, and the status allows one.
bool may_retry(const task& failed) {
  auto& definition = *failed.definition;
  auto* def = definition.definition.get();
  int32_t limit = !def ? 0 : definition.retry_count.value_or(def->retry_count);
  return is_retriable(failed.status) && !traits_of(failed).built_in
         && failed.retry_count < limit;
}

} // namespace retry_detail

std::optional<ending> decision_builder::end_by(row_index i) const {
  using namespace retry_detail;
  auto& failed = row(i);
  auto& definition = *failed.definition;
  if (!is_terminal(failed.status) || is_successful(failed.status))
    return std::nullopt;
  auto because = [&](workflow_status status, const std::string& why) {
    auto& origin = blamed(*this, failed);
    return ending{status,
                  "Task " + origin.task_id
                      + " failed with status: " + std::string(to_text(status))
                      + " and reason: '" + why + failed.reason + "'",
                  origin.task_id,
                  {}};
  };
  if (!may_retry(failed)) {
    if (definition.optional || definition.permissive)
      return std::nullopt;
    return because(status_after(failed.status), "");
  }
  // timeoutPolicy and optional do not matter here, as upstream.
  auto& def = *definition.definition;
  if (def.total_timeout_seconds > 0
      && now() >= instant_after(failed.first_scheduled_time,
                                ms_of_seconds(def.total_timeout_seconds)))
    return because(failed.status == task_status::timed_out
                       ? workflow_status::timed_out
                       : workflow_status::failed,
                   "no time is left of its totalTimeoutSeconds: "
                       + std::to_string(def.total_timeout_seconds) + ": ");
  return std::nullopt;
}

/// True: a new attempt exists, or the execution ends. False: an optional or
/// permissive task, the flow goes on as if it had succeeded.
bool decision_builder::retry(row_index i) {
  using namespace retry_detail;
  auto& failed = row(i);
  if (auto how = end_by(i)) {
    if (!caught(i))
      end(std::move(*how));
    return true;
  }
  if (!may_retry(failed)) {
    pass_optional(i);
    return false;
  }
  auto* def = failed.definition->definition.get();
  int64_t jitter
      = def->backoff_jitter_ms > 0
            ? int64_t(context_.ids.random(uint64_t(def->backoff_jitter_ms) + 1))
            : 0;
  add_attempt(i, delay_seconds(*def, failed.retry_count), jitter);
  return true;
}

/// An optional task failed for good: it becomes COMPLETED_WITH_ERRORS and the
/// flow goes on.
void decision_builder::pass_optional(row_index i) {
  if (is_successful(row(i).status) || retry_detail::may_retry(row(i))
      || !row(i).definition->optional)
    return;
  auto change = edit(i);
  change.status = task_status::completed_with_errors;
  change.update_time = now();
  emit(std::move(change));
}

bool decision_builder::caught(row_index i) {
  auto rows = row_index(execution_.rows().size());
  if (!catch_failure(*this, i))
    return false;
  consume_first_ = true;
  // The compensation or handler cannot be scheduled: its rows are removed.
  if (ended())
    drop_rows_from(rows);
  if (!row(i).executed) {
    auto change = edit(i);
    change.executed = true;
    emit(std::move(change));
  }
  return true;
}

decision_builder::row_index decision_builder::add_attempt(row_index old,
                                                          int64_t delay_seconds,
                                                          int64_t jitter_ms) {
  budget_.steps.begin_value();
  task next = row(old);
  next.task_id = context_.ids.task_id(head().workflow_id);
  next.seq = execution_.next_seq();
  next.retry_count += 1;
  next.retried_task_id = row(old).task_id;
  next.status = task_status::scheduled;
  next.scheduled_time = next.update_time = now();
  next.start_time = next.end_time = next.first_start_time = 0;
  next.poll_count = 0;
  next.executed = next.retried = next.subworkflow_changed = false;
  next.output = payload();
  next.worker_id.clear();
  next.sub_workflow_id.clear();
  next.external_output_path.clear();
  next.queued_at = next.due_at = 0;
  next.callback_after_seconds = delay_seconds;
  next.start_delay_seconds = int32_t(delay_seconds);

  at_ = position_of(next);
  begin_text(bounds::task_input);
  next.input = kind_of(next).input_of_attempt(*this, next);
  // Who was active when the last attempt was made may be so no longer.
  if (traits_of(next).worker)
    next.domain = choose_domain(*this, next.task_type);

  auto change = edit(old);
  change.retried = true;
  change.executed = true;
  auto i = add(std::move(next));
  emit(std::move(change));
  kind_of(row(i)).attempt(*this, i, delay_seconds * 1000 + jitter_ms);
  return i;
}

} // namespace tutti::engine
