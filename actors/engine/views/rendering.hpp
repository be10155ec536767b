#pragma once

#include "actors/engine/inputs/expression/environment.hpp"
#include "actors/engine/state/state.hpp"

#include <string>
#include <vector>

namespace tutti::engine {

/// The execution as JSON (reference:execution#fields), with all tasks or none.
std::string render_execution(const state& x, bool include_tasks);

/// The execution as clients that wait for it see it
/// (reference:waiting#answer).
std::string render_run(const state& x);
/// The same for one of its tasks.
std::string render_run(const state& x, const task& row);
/// Its output.
payload render_output(const state& x);

/// Appends one row as clients see it (reference:execution#task-fields).
void render_task(std::string& out, const state& x, const task& row);

/// Appends a JSON list of rows.
void render_tasks(std::string& out, const state& x,
                  const std::vector<const task*>& rows);

/// The task as workers see it: secrets resolved, `runtimeMetadata` added.
std::string render_for_worker(const state& x, const task& row,
                              const name_lookup& secrets,
                              const name_lookup& environment);

} // namespace tutti::engine
