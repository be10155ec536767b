#pragma once

#include "actors/engine/task_kind.hpp"
#include "messages/model/saturating.hpp"

namespace tutti::engine {

/// In the reason of a task whose worker was silent for too long: tells it from
/// one that took too long.
inline constexpr std::string_view response_timeout_words
    = "got no answer from its worker within its responseTimeout: ";

/// The instants at which an open row meets the timeouts of its definition
/// (reference:task-definition#timeouts); 0: it has none. ALERT_ONLY limits end
/// nothing, so they are no deadline.
class row_deadlines {
 public:
  row_deadlines(const task& row, const task_def& def)
      : row_(row), def_(def),
        acts_(def.timeout_policy != task_timeout_policy::alert_only) {}

  int64_t total() const {
    bool has = acts_ && def_.total_timeout_seconds > 0
               && row_.first_scheduled_time > 0;
    return has ? after(row_.first_scheduled_time, def_.total_timeout_seconds, 0)
               : 0;
  }
  int64_t work() const {
    bool has = acts_ && def_.timeout_seconds > 0 && row_.start_time > 0;
    return has ? after(row_.start_time, def_.timeout_seconds,
                       row_.start_delay_seconds)
               : 0;
  }
  int64_t poll() const {
    int64_t seconds = def_.poll_timeout_seconds.value_or(0);
    bool has = acts_ && seconds > 0 && row_.status == task_status::scheduled;
    return has ? after(row_.scheduled_time, seconds + row_.start_delay_seconds,
                       row_.callback_after_seconds)
               : 0;
  }
  int64_t response() const {
    bool has = def_.response_timeout_seconds > 0
               && row_.status == task_status::in_progress
               && !answers_elsewhere(row_);
    return has ? after(row_.update_time, def_.response_timeout_seconds,
                       row_.callback_after_seconds)
               : 0;
  }

 private:
  static int64_t after(int64_t since, int64_t seconds, int64_t more_seconds) {
    return instant_after(since,
                         ms_of_seconds(saturating_sum(seconds, more_seconds)));
  }

  const task& row_;
  const task_def& def_;
  bool acts_;
};

/// Calls `consider(name, instant)` for each instant at which an open row has
/// something to expect: its timeouts, and its own.
template <class Consider>
void for_each_deadline(const task& row, Consider&& consider) {
  if (row.due_at > 0)
    consider("due", row.due_at);
  auto* def = row.definition ? row.definition->definition.get() : nullptr;
  if (!def)
    return;
  row_deadlines at(row, *def);
  if (auto x = at.total(); x != 0)
    consider("totalTimeoutSeconds", x);
  if (auto x = at.work(); x != 0)
    consider("timeoutSeconds", x);
  if (auto x = at.poll(); x != 0)
    consider("pollTimeoutSeconds", x);
  if (auto x = at.response(); x != 0)
    consider("responseTimeoutSeconds", x);
}

/// When an execution is TIMED_OUT (reference:workflow-definition#timeout); 0:
/// never.
inline int64_t workflow_deadline(const workflow& head) {
  auto& def = *head.definition;
  if (def.timeout_seconds <= 0
      || def.timeout_policy != workflow_timeout_policy::time_out_wf)
    return 0;
  auto since
      = head.last_retried_time > 0 ? head.last_retried_time : head.create_time;
  return instant_after(since, ms_of_seconds(def.timeout_seconds));
}

} // namespace tutti::engine
