#pragma once

#include "actors/engine/compiled_definition.hpp"
#include "actors/engine/turn.hpp"

namespace tutti::engine {

// SCOPE rows at work: README.md, "SCOPE". What a scope is doing stands in the
// output of its row, so that it goes on after a restart, and clients see it.

/// A row failed for good and neither optional nor permissive says go on. True:
/// a scope around it took care of it.
bool catch_failure(turn& t, turn::row_index failed);

/// The last task of one of a scope's lists is done: the list at `ended`, run
/// at `at`.
void scope_list_ended(turn& t, const compiled_definition::place& ended,
                      const position& at);

/// Starts the body of a scope's row.
void begin_scope(turn& t, turn::row_index scope);
/// A jump leads out of it: it is done.
void leave_scope(turn& t, turn::row_index scope);
/// Ends what is open inside of a scope that is cancelled itself.
void cancel_scope(turn& t, turn::row_index scope);

/// An operator retries: a scope that failed goes on where that makes sense.
void retry_scope(turn& t, turn::row_index scope);
/// An operator reran a task inside of an ended scope: it goes on in the list
/// that holds the task. True: failures of the body count again.
bool reopen_scope(turn& t, turn::row_index scope, const task& inner);
/// The row stands in the body of that scope.
bool in_body(const turn& t, turn::row_index scope, const task& row);

/// Who is to blame for the failure of a row: the row, or what its scope could
/// not handle.
const task& blamed(const turn& t, const task& failed);

/// The row of a container around something that stands at `at`.
state::row_index container_row(const state& execution,
                               const workflow_task& container,
                               const position& from);

} // namespace tutti::engine
