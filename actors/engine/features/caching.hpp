#pragma once

#include "actors/engine/decision/decision_builder.hpp"

namespace tutti::engine {

// cacheConfig: an output is reused by tasks or executions whose input gives the
// same key, until it expires. Tasks share it by the name of their task
// definition, executions by workflow name and version.

/// Adds the row as completed if the cache has its output; false: the task must
/// run.
bool add_from_cache(decision_builder& t, task& row);
/// Called when the row completed: puts its output into the cache.
void keep_task_output(decision_builder& t, decision_builder::row_index i);

/// Ends a newly created execution if the cache has its output.
bool end_from_cache(decision_builder& t);
/// Called when the execution completed: puts its output into the cache.
void keep_workflow_output(decision_builder& t);

} // namespace tutti::engine
