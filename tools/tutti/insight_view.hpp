#pragma once

#include "tools/tutti/table.hpp"

#include <nlohmann/json_fwd.hpp>

namespace tutti::cli {

/// One line per event of a page of the history.
table history_rows(const nlohmann::json& page);
/// One line per open task: what it waits for.
table explain_rows(const nlohmann::json& said);
/// One line per queue and limit.
table queue_rows(const nlohmann::json& queues);

} // namespace tutti::cli
