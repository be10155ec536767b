#pragma once

#include "actors/engine/decision/decision_builder.hpp"
#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/scope/scope_rows.hpp"

namespace tutti::engine {

// SCOPE rows at work: OWN_TASKS.md, "SCOPE". scopes.cpp catches,
// scope_lists.cpp runs the lists of a scope, scope_closing.cpp ends what
// something else ends, scope_retry.cpp is for operators.

/// A row failed for good and neither optional nor permissive says go on. True:
/// a scope around it took care of it.
bool catch_failure(decision_builder& t, decision_builder::row_index failed);

/// Who is to blame for the failure of a row: the row, or what its scope could
/// not handle.
const task& blamed(const decision_builder& t, const task& failed);

/// The last task of one of a scope's lists is done: the list at `ended`, run
/// at `at`.
void scope_list_ended(decision_builder& t,
                      const compiled_definition::location& ended,
                      const position& at);

/// Starts the body of a scope's row.
void begin_scope(decision_builder& t, decision_builder::row_index scope);
/// The next list of a scope that undoes something, or its end.
void next_compensation(decision_builder& t, decision_builder::row_index scope);
/// A jump leads out of it: it is done.
void leave_scope(decision_builder& t, decision_builder::row_index scope);
/// Ends what is open inside of a scope that is cancelled itself.
void cancel_scope(decision_builder& t, decision_builder::row_index scope);

/// The row is a scope that ended otherwise than by what happens inside: its
/// time limit ended it, or somebody who updated it.
bool is_closed(const task& row);
/// A scope around the row was closed in this decision: whatever the row has
/// come to leads nowhere.
bool is_in_closed(const state& execution, const task& row);
/// Takes what is inside of a closed scope with it.
void close_scope(decision_builder& t, decision_builder::row_index scope);

/// Nothing of it goes on. What failed there is taken care of: it counts as
/// superseded, so that no retry and no revival touches it.
void supersede(decision_builder& t,
               const std::vector<decision_builder::row_index>& rows);

/// It stands in a loop that ended well in spite of it: an optional one that
/// failed, or one that a GOTO has left.
bool was_passed_over(const state& execution, const task& row);
/// An operator who has the execution go on may have this failed row tried
/// again: no newer row replaced it, and no scope has taken care of it, or that
/// scope goes on in the list that holds the row.
bool counts_again(const state& execution, const task& failed);
/// An operator retries: a scope that failed goes on where that makes sense.
void retry_scope(decision_builder& t, decision_builder::row_index scope);
/// An operator reran a task inside of an ended scope: it goes on in the list
/// that holds the task, and what it ran after that list is gone.
void reopen_scope(decision_builder& t, decision_builder::row_index scope,
                  const std::string& inner);
/// After the rows were put back to work: a scope that stands before a list
/// begins that.
void go_on_in_scopes(decision_builder& t);

} // namespace tutti::engine
