#pragma once

#include "actors/engine/task_kind.hpp"

namespace tutti::engine {

/// Calls `consider(name, instant)` for each instant at which an open row has
/// something to expect (reference:task-definition#timeouts): its timeouts, and
/// its own. ALERT_ONLY limits end nothing, so they are no deadline.
template <class Consider>
void for_each_deadline(const task& row, Consider&& consider) {
  if (row.due_at > 0)
    consider("due", row.due_at);
  auto* def = row.definition ? row.definition->definition.get() : nullptr;
  if (!def)
    return;
  bool acts = def->timeout_policy != task_timeout_policy::alert_only;
  auto delay = int64_t(row.start_delay_seconds) * 1000;
  if (acts && def->total_timeout_seconds > 0 && row.first_scheduled_time > 0)
    consider("totalTimeoutSeconds",
             row.first_scheduled_time + def->total_timeout_seconds * 1000);
  if (acts && def->timeout_seconds > 0 && row.start_time > 0)
    consider("timeoutSeconds",
             row.start_time + delay + def->timeout_seconds * 1000);
  if (acts && def->poll_timeout_seconds.value_or(0) > 0
      && row.status == task_status::scheduled)
    consider("pollTimeoutSeconds",
             row.scheduled_time + delay
                 + (*def->poll_timeout_seconds + row.callback_after_seconds)
                       * 1000);
  if (def->response_timeout_seconds > 0
      && row.status == task_status::in_progress && !answers_elsewhere(row))
    consider("responseTimeoutSeconds",
             row.update_time
                 + (def->response_timeout_seconds + row.callback_after_seconds)
                       * 1000);
}

} // namespace tutti::engine
