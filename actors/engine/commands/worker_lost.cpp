#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/task_kind.hpp"

namespace tutti::engine {

// Like the end of the lease. Ignored when the task was updated, handed out
// again or left open (asyncComplete) since. A paused execution leaves it to the
// lease.
void handle(decision_builder& t, const command::worker_lost& c) {
  auto* row = t.execution().find(c.task_id);
  if (!row || t.head().status != workflow_status::running
      || row->status != task_status::in_progress || row->due_at == 0
      || row->worker_id != c.worker_id)
    return t.idle();
  auto i = t.execution().index_of(*row);
  auto& kind = kind_of(*row);
  if (kind.lease_ms(t, i) == 0)
    return t.idle();
  t.out().task_id = row->task_id;
  kind.due(t, i);
}

cause cause_of(const command::worker_lost&) {
  return {cause_kind::node, "restart of the node"};
}

// Changes one row and schedules nothing.
bool calls_scripts(const state&, const command::worker_lost&) { return false; }

} // namespace tutti::engine
