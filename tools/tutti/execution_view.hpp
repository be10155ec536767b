#pragma once

#include "tools/tutti/rendering/view.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace tutti::cli {

/// The JSON of GET /workflow/{id} as text for people.
std::string header_of(const nlohmann::json& workflow, bool colour = false);
/// `-o wide` has the ids and times of its tasks, too.
view tasks_view();
/// One of its tasks: header, input and output.
view task_view();

/// A line of `workflow list`.
view executions_view();
/// A whole execution: header, tasks, output; `with_input`: and its input.
view execution_view(bool with_input);

bool is_terminal_workflow(std::string_view status);
bool is_terminal_task(std::string_view status);

} // namespace tutti::cli
