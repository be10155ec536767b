#pragma once

#include "actors/engine/decision/decision_builder.hpp"

namespace tutti::engine {

/// onStateChange of a task: publishes the events for the row's status change in
/// the decision that makes it. `before`: nullopt for a new row.
void publish_transition(decision_builder& t, const task& row,
                        std::optional<task_status> before);

} // namespace tutti::engine
