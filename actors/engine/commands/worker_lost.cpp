#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/task_kind.hpp"

namespace tutti::engine {

// As if the lease were over. What has been answered, given out anew or handed
// on (asyncComplete) since is not this worker's; what is paused is left to its
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

// One row changes, and nothing follows from it.
bool calls_scripts(const state&, const command::worker_lost&) { return false; }

} // namespace tutti::engine
