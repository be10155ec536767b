#pragma once

#include "tools/tutti/session.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace tutti::cli {

/// Whether the job has ended.
bool job_ended(const nlohmann::json& job);

/// The exit code of a job that has ended: partly when some executions failed,
/// failed when all did or the job itself, unsuccessful when it was cancelled.
int job_exit_code(const nlohmann::json& job);

/// Shows the job's progress until it ends or pauses. Ctrl-C leaves it at work.
/// Then prints the job, and its first errors. Returns its exit code.
int follow_job(session& s, const std::string& id);

} // namespace tutti::cli
