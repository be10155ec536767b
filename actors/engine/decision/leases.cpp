#include "actors/engine/decision/leases.hpp"

namespace tutti::engine {

bool holds_lease(const task& row) {
  return row.status == task_status::in_progress && row.poll_count > 0;
}

bool is_limited(const task& row) {
  return row.definition->rate_limited.value_or(true);
}

task_lease lease_of(const std::string& workflow_id, const task& row) {
  task_lease out;
  out.definition = row.task_def_name;
  out.workflow_id = workflow_id;
  out.task_id = row.task_id;
  out.queue = queue_name(row);
  out.worker_id = row.worker_id;
  out.since = row.update_time;
  out.limited = is_limited(row);
  return out;
}

lease_watch::lease_watch(const state& execution, const event& e) {
  auto see = [&](const task& row) {
    if (holds_lease(row))
      held_.push_back({row.task_def_name, row.task_id});
  };
  if (auto* x = event_as<task_changed>(e)) {
    if (!x->status && !x->poll_count)
      return;
    changed_ = x->task_id;
    if (auto* row = execution.find(changed_))
      see(*row);
  } else if (auto* added = std::get_if<task_added>(&e)) {
    if (holds_lease(*added->row))
      changed_ = added->row->task_id;
  } else if (auto* gone = std::get_if<tasks_removed>(&e)) {
    for (auto& id : gone->task_ids)
      if (auto* row = execution.find(id))
        see(*row);
  } else if (std::holds_alternative<workflow_created>(e)) {
    for (auto& row : execution.rows())
      see(row);
  }
}

void lease_watch::report(const state& execution, int64_t now,
                         std::vector<effect>& out) {
  auto* row = changed_.empty() ? nullptr : execution.find(changed_);
  bool holds = row && holds_lease(*row);
  if (holds && held_.empty()) {
    auto lease = lease_of(execution.head().workflow_id, *row);
    lease.since = now;
    out.push_back(take_lease{std::move(lease)});
  }
  if (!holds)
    for (auto& x : held_)
      out.push_back(std::move(x));
}

} // namespace tutti::engine
