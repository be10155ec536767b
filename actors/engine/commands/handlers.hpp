#pragma once

#include "actors/engine/decision/decision_builder.hpp"
#include "actors/engine/definition/compiled_definition.hpp"

#include <functional>

namespace tutti::engine {

// What a command is: `handle` either refuses, having emitted nothing, or
// changes the execution and lets `decision_builder::run` draw the consequences;
// `cause_of` is what the history says of it. Both stand in the file named after
// the command, or after the group it belongs to. A command is one line here.

#define TUTTI_COMMAND(name)                                                    \
  void handle(decision_builder& t, const command::name& c);                    \
  cause cause_of(const command::name& c);

TUTTI_COMMAND(start)
TUTTI_COMMAND(update_task)
TUTTI_COMMAND(update_by_reference)
TUTTI_COMMAND(signal)
TUTTI_COMMAND(hand_out)
TUTTI_COMMAND(leave_queue)
TUTTI_COMMAND(queue_again)
TUTTI_COMMAND(worker_lost)
TUTTI_COMMAND(timer_fired)
TUTTI_COMMAND(decide)
TUTTI_COMMAND(pause)
TUTTI_COMMAND(resume)
TUTTI_COMMAND(terminate)
TUTTI_COMMAND(retry)
TUTTI_COMMAND(restart)
TUTTI_COMMAND(rerun)
TUTTI_COMMAND(skip_task)
TUTTI_COMMAND(reset_callbacks)
TUTTI_COMMAND(child_started)
TUTTI_COMMAND(child_not_started)
TUTTI_COMMAND(child_ended)
TUTTI_COMMAND(child_revived)
TUTTI_COMMAND(failure_workflow_not_started)
TUTTI_COMMAND(push_message)
TUTTI_COMMAND(attach)
TUTTI_COMMAND(slot_granted)
TUTTI_COMMAND(operation)

#undef TUTTI_COMMAND

/// The decision about it may call `decision_context::scripts`: what follows is
/// as the definition of the execution says, unless the command knows better.
template <class Command>
bool calls_scripts(const state& execution, const Command&) {
  return execution.exists() && execution.definition().may_run_scripts();
}
bool calls_scripts(const state&, const command::start& c);
bool calls_scripts(const state&, const command::restart& c);
bool calls_scripts(const state&, const command::hand_out& c);
bool calls_scripts(const state&, const command::leave_queue& c);
bool calls_scripts(const state&, const command::worker_lost& c);
bool calls_scripts(const state& execution, const command::operation& c);

/// Evaluates what became due: workflow timeout, task deadlines; what ended and
/// was not consumed counts in the order of rows, unless only open rows do.
void check_deadlines(decision_builder& t, bool open_rows_only = false);
/// First task of a new, restarted or emptied execution.
void schedule_first(decision_builder& t);
/// A terminal execution runs again: status, times, reason.
workflow_changed running_again(const decision_builder& t);
/// Applies a validated result to an open row.
void apply_result(decision_builder& t, decision_builder::row_index i,
                  const task_result& result);
/// A row that was taken out of its queue waits there once more.
void offer_again(decision_builder& t, decision_builder::row_index i);
/// Back to work in place: times, output, worker and reason are cleared, then
/// the kind starts the row again. What chooses branches is made anew under the
/// same id.
void reopen_row(decision_builder& t, decision_builder::row_index i,
                std::optional<payload> input = {},
                bool next_retry_count = false);
/// An operator wants a failed row tried again: a new attempt, at once.
void attempt_again(decision_builder& t, decision_builder::row_index i);
/// An ended row that waits for others (JOIN, DO_WHILE, SUB_WORKFLOW) waits for
/// them again, where it was.
void wait_again(decision_builder& t, decision_builder::row_index i,
                bool next_retry_count = false);
/// A completed TERMINATE ends an execution again that was made to run
/// (reference:terminate#ending).
void reapply_terminate(decision_builder& t);
void remove_rows(decision_builder& t,
                 const std::function<bool(const task&)>& unwanted);

} // namespace tutti::engine
