#include "actors/engine/decision/deadlines.hpp"
#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/features/slots.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_kind.hpp"

#include <set>

namespace tutti::engine {

void check_deadlines(decision_builder& t, bool open_rows_only) {
  auto& head = t.head();
  if (is_terminal(head.status))
    return;
  if (auto at = workflow_deadline(head); at != 0 && t.now() >= at)
    return t.end({workflow_status::timed_out,
                  "Workflow timed out after "
                      + std::to_string(head.definition->timeout_seconds)
                      + " seconds.",
                  {},
                  {}});
  if (head.status != workflow_status::running || waits_for_slot(head))
    return;
  // Rows are checked one after another: an earlier failure ends the execution
  // first, also one that was left unconsumed by a pause.
  auto& left = t.execution().unconsumed();
  auto due = t.execution().due(t.now());
  std::set<decision_builder::row_index> rows(due.begin(), due.end());
  if (!open_rows_only)
    rows.insert(left.begin(), left.end());
  for (auto i : rows) {
    if (t.ended())
      return;
    if (!is_terminal(t.row(i).status))
      check_timeouts(t, i);
    else if (!t.execution().in_open_loop(t.row(i)))
      continue;
    if (auto how = t.end_by(i); how && !t.ended() && !t.row(i).executed
                                && !is_in_closed(t.execution(), t.row(i))
                                && !t.caught(i))
      return t.end(std::move(*how));
    if (!t.ended() && !is_terminal(t.row(i).status) && t.row(i).due_at > 0
        && t.row(i).due_at <= t.now()) {
      t.set_position(position_of(t.row(i)));
      kind_of(t.row(i)).due(t, i);
    }
  }
}

void handle(decision_builder& t, const command::timer_fired&) {
  check_deadlines(t);
  t.run();
}

void handle(decision_builder& t, const command::decide&) {
  check_deadlines(t);
  t.run();
}

cause cause_of(const command::timer_fired&) { return {cause_kind::timer, ""}; }

cause cause_of(const command::decide&) {
  return {cause_kind::operator_, "decide"};
}

} // namespace tutti::engine
