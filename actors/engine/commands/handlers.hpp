#pragma once

#include "actors/engine/decision/decision_builder.hpp"
#include "actors/engine/definition/compiled_definition.hpp"

#include <functional>

namespace tutti::engine {

// A command has a `handle`, which refuses without having emitted anything, or
// changes the execution and calls `decision_builder::run`; and a `cause_of`,
// for the history. Both are in the file named after the command or its group. A
// command is one line here.

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

/// The decision may call `decision_context::scripts`: by default if the
/// execution's definition may run scripts.
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

/// Handles passed deadlines: workflow timeout, then task deadlines in row
/// order. Rows that ended and were not consumed count too, unless
/// `open_rows_only`.
void check_deadlines(decision_builder& t, bool open_rows_only = false);
/// Schedules the first task of a new, restarted or emptied execution.
void schedule_first(decision_builder& t);
/// A terminal execution runs again: status, times, reason.
workflow_changed running_again(const decision_builder& t);
/// Applies a validated result to an open row.
void apply_result(decision_builder& t, decision_builder::row_index i,
                  const task_result& result);
/// What the row's output becomes by an update that names the reference: the
/// given members over the present ones.
payload merged_output(const task& row, const payload& given);
/// The open row with that reference; otherwise the first open one whose
/// reference has a suffix; or `no_row`.
decision_builder::row_index open_row_of(const decision_builder& t,
                                        const std::string& reference);
/// Goes back to a task that has a row: removes what the flow reached through
/// it, and reopens what else was cancelled. `alone`: successors stay.
void rerun_from(decision_builder& t, const task& target,
                const rerun_request& request, bool alone);
/// Puts a row that was taken out of its queue back into it.
void offer_again(decision_builder& t, decision_builder::row_index i);
/// Revives the row in place: clears times, output, worker and reason, then its
/// kind starts it again. A row that chooses branches is recreated under the
/// same id.
void reopen_row(decision_builder& t, decision_builder::row_index i,
                std::optional<payload> input = {},
                bool next_retry_count = false);
/// Operator's retry of a failed row: a new attempt, at once.
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
