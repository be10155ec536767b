#pragma once

#include "actors/engine/decision/decision_builder.hpp"

namespace tutti::engine {

// RETURN_EXISTING for a SUB_WORKFLOW: the task follows an execution that
// somebody else started with the same idempotency key.

/// True: `parent_task_id` was a follower, and is removed.
bool leave(decision_builder& t, const std::string& parent_task_id);

/// Tells the end to the parent's task and to all followers.
void tell_end(decision_builder& t);

} // namespace tutti::engine
