#pragma once

#include "tools/tutti/session.hpp"

#include <functional>
#include <optional>
#include <string>

namespace tutti::cli {

struct follow_options {
  bool changes = true; ///< print each change of a status, by time
  std::optional<int64_t> timeout_ms = {};
  /// Called when a signal already ends the waiting and nothing else: who reads
  /// what it prints may send one.
  std::function<void()> begun = {};
};

/// Reads an execution again and again until it ends. Exit code: done when it
/// COMPLETED, unsuccessful when it ended otherwise, timed out, 130 after
/// Ctrl-C. Waits while the node restarts.
int follow(session& s, const std::string& workflow_id,
           const follow_options& how);

} // namespace tutti::cli
