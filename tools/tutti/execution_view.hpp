#pragma once

#include "tools/tutti/table.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace tutti::cli {

/// The JSON of GET /workflow/{id} as text for people.
std::string header_of(const nlohmann::json& workflow, bool colour = false);
table tasks_of(const nlohmann::json& workflow);

bool is_terminal_workflow(std::string_view status);
bool is_terminal_task(std::string_view status);

} // namespace tutti::cli
