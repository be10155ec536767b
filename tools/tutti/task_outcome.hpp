#pragma once

#include "tools/tutti/child_process.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace tutti::cli {

/// The task update for a finished command. Exit 0 with a JSON object on stdout
/// (or nothing) completes the task; anything else fails it, with the last line
/// of stderr as the reason. The last lines of stderr become the task's log.
nlohmann::json outcome_of(const nlohmann::json& task,
                          const std::string& worker_id,
                          const result<finished_process>& end);

/// The update that extends the lease.
nlohmann::json lease_extension(const nlohmann::json& task,
                               const std::string& worker_id);

/// How often to extend: at 80 % of the response timeout; 0: never.
std::chrono::milliseconds lease_interval(const nlohmann::json& task);

/// TUTTI_TASK_ID and other variables for the command.
std::vector<std::pair<std::string, std::string>>
task_environment(const nlohmann::json& task, const std::string& server);

} // namespace tutti::cli
