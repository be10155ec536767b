#pragma once

#include "actors/engine/decision/decision_builder.hpp"

namespace tutti::engine {

// RETURN_EXISTING for a SUB_WORKFLOW: the task waits for an execution that
// somebody else started with the same idempotency key.

/// True: `parent_task_id` was none but a follower, and is one no more.
bool leave(decision_builder& t, const std::string& parent_task_id);

/// The end, to every task that waits for it: the parent's and the followers'.
void tell_end(decision_builder& t);

} // namespace tutti::engine
