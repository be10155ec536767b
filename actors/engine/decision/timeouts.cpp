#include "actors/engine/decision/deadlines.hpp"
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
  row_deadlines at(row, *def);
  auto is_over
      = [now](int64_t instant) { return instant != 0 && now >= instant; };
  auto about = "task '" + row.reference_name + "' (" + row.task_id + ") ";

  if (is_over(at.total()))
    return expire(t, i,
                  about + "exceeded its totalTimeoutSeconds: "
                      + std::to_string(def->total_timeout_seconds));
  if (is_over(at.work()))
    return expire(t, i,
                  about + "was not done within its timeout: "
                      + std::to_string(def->timeout_seconds) + " seconds");
  if (is_over(at.poll()))
    return expire(t, i,
                  about + "was not polled within its pollTimeout: "
                      + std::to_string(*def->poll_timeout_seconds)
                      + " seconds");
  if (is_over(at.response()))
    t.finish_row(i, task_status::timed_out, {},
                 about + std::string(response_timeout_words)
                     + std::to_string(def->response_timeout_seconds)
                     + " seconds");
}

} // namespace tutti::engine
