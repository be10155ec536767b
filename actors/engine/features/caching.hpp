#pragma once

#include "actors/engine/decision/decision_builder.hpp"

namespace tutti::engine {

// cacheConfig: an output is used again by whatever evaluates to the same key
// within its time. Tasks share by the name of their definition, executions by
// workflow name and version.

/// Adds the row as completed when its output is kept; false: it has to run.
bool add_from_cache(decision_builder& t, task& row);
/// The row completed: others may use its output.
void keep_task_output(decision_builder& t, decision_builder::row_index i);

/// Ends an execution that has just been created with a kept output.
bool end_from_cache(decision_builder& t);
/// It completed with that output.
void keep_workflow_output(decision_builder& t);

} // namespace tutti::engine
