#pragma once

#include "actors/engine/decision/decision_builder.hpp"

namespace tutti::engine {

// An operator's order to skip a task (reference:operators#skip) is a SKIPPED
// row with seq 0. Where the flow reaches the task elsewhere, in an iteration of
// a loop or in a further pass, it leaves a SKIPPED row of its own (`executed`).
// An order that is given in a later pass is the row of that pass.

/// The SKIPPED row that makes the flow step over that task at that position;
/// null: none.
const task* skip_of(const state& execution, const std::string& base,
                    const position& at);

/// Leaves a SKIPPED row of the task at that position, unless there is one.
/// False: no row may be added, and the execution ends.
bool step_over(decision_builder& t, const std::string& base,
               const position& at);

} // namespace tutti::engine
