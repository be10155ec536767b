#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_kind.hpp"

// reference:task-definition#timeouts: the checks, in this order, on an open
// row.

namespace tutti::engine {

namespace timeouts_detail {

/// A timeout passed: what happens depends on the task's timeoutPolicy.
void expire(decision_builder& t, decision_builder::row_index i,
            std::string reason) {
  auto policy = t.row(i).definition->definition->timeout_policy;
  if (policy == task_timeout_policy::alert_only)
    return;
  t.finish_row(i, task_status::timed_out, {}, reason);
  if (policy == task_timeout_policy::time_out_wf
      && !is_in_closed(t.execution(), t.row(i)) && !t.caught(i))
    t.end(
        {workflow_status::timed_out, std::move(reason), t.row(i).task_id, {}});
}

} // namespace timeouts_detail

void check_timeouts(decision_builder& t, decision_builder::row_index i) {
  using timeouts_detail::expire;
  auto& row = t.row(i);
  auto* def = row.definition->definition.get();
  if (!def)
    return;
  auto now = t.now();
  auto delay = int64_t(row.start_delay_seconds) * 1000;
  auto about = "task '" + row.reference_name + "' (" + row.task_id + ") ";
  bool acts = def->timeout_policy != task_timeout_policy::alert_only;

  if (acts && def->total_timeout_seconds > 0 && row.first_scheduled_time > 0
      && now - row.first_scheduled_time >= def->total_timeout_seconds * 1000)
    return expire(t, i,
                  about + "exceeded its totalTimeoutSeconds: "
                      + std::to_string(def->total_timeout_seconds));
  if (acts && def->timeout_seconds > 0 && row.start_time > 0
      && now - (row.start_time + delay) >= def->timeout_seconds * 1000)
    return expire(t, i,
                  about + "was not done within its timeout: "
                      + std::to_string(def->timeout_seconds) + " seconds");
  if (acts && def->poll_timeout_seconds.value_or(0) > 0
      && row.status == task_status::scheduled
      && now - (row.scheduled_time + delay)
             >= (*def->poll_timeout_seconds + row.callback_after_seconds)
                    * 1000)
    return expire(t, i,
                  about + "was not polled within its pollTimeout: "
                      + std::to_string(*def->poll_timeout_seconds)
                      + " seconds");
  if (def->response_timeout_seconds > 0
      && row.status == task_status::in_progress && !answers_elsewhere(row)
      && now - row.update_time
             >= (def->response_timeout_seconds + row.callback_after_seconds)
                    * 1000)
    t.finish_row(i, task_status::timed_out, {},
                 about
                     + "got no answer from its worker within its "
                       "responseTimeout: "
                     + std::to_string(def->response_timeout_seconds)
                     + " seconds");
}

} // namespace tutti::engine
