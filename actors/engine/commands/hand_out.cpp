#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/task_kind.hpp"

namespace tutti::engine {

// A worker polled (reference:workers#poll). The event may wait for the next
// durable write: if it is lost, the queue row is still there and the task is
// offered again. If a limit counts the task, the event is durable before the
// worker gets the task, so that a crash loses no count. For a row that no
// longer waits nothing happens.
void handle(decision_builder& t, const command::hand_out& c) {
  auto* row = t.execution().find(c.task_id);
  if (!row || row->status != task_status::scheduled || row->queued_at == 0
      || row->queued_at > t.now() || is_terminal(t.head().status))
    return t.idle();
  auto i = t.execution().index_of(*row);
  t.out().task_id = row->task_id;
  auto change = t.edit(i);
  t.dequeue(i, change);
  change.status = task_status::in_progress;
  if (row->start_time == 0)
    change.start_time = change.first_start_time = t.now();
  change.update_time = t.now();
  change.poll_count = row->poll_count + 1;
  change.callback_after_seconds = 0;
  change.worker_id = c.worker_id;
  if (auto lease = kind_of(*row).lease_ms(t, i); lease > 0)
    change.due_at = t.now() + lease;
  t.emit(std::move(change));
  t.out().may_wait = !c.limited;
}

cause cause_of(const command::hand_out& c) {
  return {cause_kind::worker, c.worker_id};
}

// Changes one row and schedules nothing.
bool calls_scripts(const state&, const command::hand_out&) { return false; }

} // namespace tutti::engine
