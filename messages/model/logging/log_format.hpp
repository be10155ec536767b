#pragma once

#include "messages/model/logging/log.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace tutti::logging {

/// One line of the log, complete.
struct line {
  int64_t time_ms = 0;
  std::string_view level; ///< "info"
  std::string_view area = {};
  subject about = {};
  std::string_view sentence;
};

enum class format : uint8_t { text, json };
/// Of the setting `log.format`.
std::optional<format> to_format(std::string_view name);

/// Appends it and a line end. Whatever the sentence holds, it stays one line:
///
///   time=2026-01-31T12:00:00.123Z level=info area=workflow
///       request_id=... workflow_id=... task_id=... msg="..."
///   {"time":"...","level":"info","area":"workflow","request_id":"...",
///       "workflow_id":"...","task_id":"...","message":"..."}
///
/// Fields that are not known are left out.
void append(std::string& out, const line& x, format how);

} // namespace tutti::logging
