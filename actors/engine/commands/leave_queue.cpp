#include "actors/engine/commands/handlers.hpp"
#include "messages/model/saturating.hpp"

// Takes a waiting task out of its queue (conformance case 191). Upstream's
// sweeper would put it back some time later; here the row's `due_at` does.

namespace tutti::engine {

namespace leave_queue_detail {

bool is_out(const task& row) {
  return row.status == task_status::scheduled && row.queued_at == 0
         && row.due_at != 0;
}

} // namespace leave_queue_detail

void handle(decision_builder& t, const command::leave_queue& c) {
  auto* row = t.execution().find(c.task_id);
  if (!row)
    return t.refuse(errc::not_found, "No such task found by id: " + c.task_id);
  t.out().task_id = row->task_id;
  if (row->queued_at == 0)
    return t.idle();
  auto i = t.execution().index_of(*row);
  auto change = t.edit(i);
  // Not before its own delay has passed.
  change.due_at = instant_after(std::max(row->queued_at, t.now()),
                                t.context().bounds.queue_repair_ms);
  t.dequeue(i, change);
  t.emit(std::move(change));
}

void handle(decision_builder& t, const command::queue_again& c) {
  auto* row = t.execution().find(c.task_id);
  if (!row || !leave_queue_detail::is_out(*row) || is_terminal(t.head().status))
    return t.idle();
  t.out().task_id = row->task_id;
  offer_again(t, t.execution().index_of(*row));
}

void offer_again(decision_builder& t, decision_builder::row_index i) {
  auto change = t.edit(i);
  change.due_at = 0;
  t.emit(std::move(change));
  t.enqueue(i, 0);
}

cause cause_of(const command::leave_queue&) {
  return {cause_kind::operator_, "remove from queue"};
}

// Changes one row and schedules nothing.
bool calls_scripts(const state&, const command::leave_queue&) { return false; }

cause cause_of(const command::queue_again&) {
  return {cause_kind::operator_, "requeue"};
}

} // namespace tutti::engine
