#pragma once

#include "tools/tutti/rendering/view.hpp"

namespace tutti::cli {

/// A page of the history: a row per event.
view history_view();
/// What an execution waits for: a row per open task.
view explain_view();
/// Queues with their limits: a row per queue and limit.
view queue_limits_view();

/// A list that is a member of an answer; empty when it is not there.
const nlohmann::json& list_at(const nlohmann::json& from, const char* key);

} // namespace tutti::cli
