#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <functional>

namespace tutti::engine {

// One function per command; each is found in the file named after it (or after
// the group it belongs to). They either refuse, having emitted nothing, or
// change the execution and let `decision_builder::run` draw the consequences.

void handle(decision_builder& t, const command::start& c);
void handle(decision_builder& t, const command::update_task& c);
void handle(decision_builder& t, const command::update_by_reference& c);
void handle(decision_builder& t, const command::signal& c);
void handle(decision_builder& t, const command::hand_out& c);
void handle(decision_builder& t, const command::leave_queue& c);
void handle(decision_builder& t, const command::queue_again& c);
void handle(decision_builder& t, const command::worker_lost& c);
void handle(decision_builder& t, const command::timer_fired& c);
void handle(decision_builder& t, const command::decide& c);
void handle(decision_builder& t, const command::pause& c);
void handle(decision_builder& t, const command::resume& c);
void handle(decision_builder& t, const command::terminate& c);
void handle(decision_builder& t, const command::retry& c);
void handle(decision_builder& t, const command::restart& c);
void handle(decision_builder& t, const command::rerun& c);
void handle(decision_builder& t, const command::skip_task& c);
void handle(decision_builder& t, const command::reset_callbacks& c);
void handle(decision_builder& t, const command::child_started& c);
void handle(decision_builder& t, const command::child_not_started& c);
void handle(decision_builder& t, const command::child_ended& c);
void handle(decision_builder& t, const command::child_revived& c);
void handle(decision_builder& t,
            const command::failure_workflow_not_started& c);
void handle(decision_builder& t, const command::push_message& c);
void handle(decision_builder& t, const command::attach& c);
void handle(decision_builder& t, const command::slot_granted& c);

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
