#pragma once

#include "actors/engine/decision/decision_builder.hpp"

namespace tutti::engine {

/// onStateChange of a task: publishes what it says about the transition the row
/// has just made, with the decision that made it. `before` is nothing for a new
/// row.
void publish_transition(decision_builder& t, const task& row,
                        std::optional<task_status> before);

} // namespace tutti::engine
