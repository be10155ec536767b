#pragma once

#include "actors/engine/commands/operation.hpp"

namespace tutti::engine {

// Operations that every node has; operation.cpp knows their names.

/// "update_state": {"variables", "taskReferenceName", "taskResult"}, each
/// optional: merges the variables, and updates the open task of that reference.
const operation_kind& update_state_operation();
/// "jump": {"taskReferenceName", "input"}: the flow goes on at that task.
const operation_kind& jump_operation();

} // namespace tutti::engine
