#pragma once

#include "tools/tutti/session.hpp"

#include <string>

namespace tutti::cli {

/// Reads an execution again and again until it ends; `changes`: prints each
/// change of a task's status, by time. Exit code: done when it COMPLETED, 130
/// after Ctrl-C, failed otherwise. Waits while the node restarts.
int follow(session& s, const std::string& workflow_id, bool changes);

} // namespace tutti::cli
