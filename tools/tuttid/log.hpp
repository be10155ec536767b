#pragma once

#include <string>

namespace tutti::daemon {

/// Log lines go to standard error, in that form (`log.format`), from that level
/// on (`node.log_level`).
void start_log(const std::string& format, const std::string& level);

/// While the node runs.
void set_log_level(const std::string& level);

} // namespace tutti::daemon
