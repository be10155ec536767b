#pragma once

#include "actors/engine/decision/decision_builder.hpp"
#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/scope/scope_rows.hpp"

namespace tutti::engine {

// SCOPE rows at run time: reference:scope. scopes.cpp catches failures,
// scope_lists.cpp runs the lists, scope_closing.cpp closes scopes that ended
// from outside, scope_retry.cpp serves operators' commands.

/// Called when a row failed, has no retry left, and is neither optional nor
/// permissive. True: a scope around it caught the failure or failed with it,
/// and the workflow goes on.
bool catch_failure(decision_builder& t, decision_builder::row_index failed);

/// The task that caused the failure: the row itself, or the row inside of it (a
/// SCOPE) whose failure it reports.
const task& blamed(const decision_builder& t, const task& failed);

/// The last task of the scope's list at `ended` is done; the list ran at `at`.
void scope_list_ended(decision_builder& t,
                      const compiled_definition::location& ended,
                      const position& at);

/// Starts the body of a scope's row.
void begin_scope(decision_builder& t, decision_builder::row_index scope);
/// Compensates the next task, or begins the handler when none is left.
void next_compensation(decision_builder& t, decision_builder::row_index scope);
/// A GOTO left the scope: it completes with state LEFT.
void leave_scope(decision_builder& t, decision_builder::row_index scope);
/// Cancels the open rows of a scope that is being cancelled.
void cancel_scope(decision_builder& t, decision_builder::row_index scope);

/// The scope was ended from outside: its timeout or an update ended it, not its
/// own lists.
bool is_closed(const task& row);
/// A scope around the row was closed in this decision: the row gets no retry
/// and no successors.
bool is_in_closed(const state& execution, const task& row);
/// Supersedes the rows inside of a closed scope.
void close_scope(decision_builder& t, decision_builder::row_index scope);

/// Cancels open rows and marks all of them executed. Failed and cancelled ones
/// become superseded (`retried`): later retries and revivals skip them.
void supersede(decision_builder& t,
               const std::vector<decision_builder::row_index>& rows);

/// A loop around the row completed successfully all the same: the loop is
/// optional and failed, or a GOTO left it.
bool was_passed_over(const state& execution, const task& row);
/// An operator's command may revive this failed row: no newer row replaced it,
/// and no scope around it superseded it, unless that scope is reopened in the
/// list that holds the row.
bool can_be_revived(const state& execution, const task& failed);
/// The scope around the row, innermost first, that has begun to compensate
/// tasks of the body that holds the row; null: none. The row cannot go back to
/// work alone: what was undone would stand as done.
const task* undone_by(const state& execution, const task& row);
/// Operator's retry: a failed scope continues in the list in which it failed,
/// or begins again when its body was compensated.
void retry_scope(decision_builder& t, decision_builder::row_index scope);
/// Operator's rerun of the task `inner` in an ended scope: the scope continues
/// in the list that holds it. Rows of its later lists are removed.
void reopen_scope(decision_builder& t, decision_builder::row_index scope,
                  const std::string& inner);
/// Called after rows were revived: scopes whose list has not begun begin it,
/// and rows that were superseded before their successors were scheduled get
/// them now.
void advance_scopes(decision_builder& t);

} // namespace tutti::engine
