#pragma once

#include "tools/tutti/session.hpp"

#include <string>

namespace tutti::cli {

/// Looks at an execution until it ends and prints each change of a task's
/// status (`changes`). Exit code: done when it COMPLETED, failed otherwise.
/// A node that is restarted meanwhile is waited for.
int follow(session& s, const std::string& workflow_id, bool changes);

} // namespace tutti::cli
