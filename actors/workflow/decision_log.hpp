#pragma once

#include "actors/engine/decider.hpp"

#include <string>
#include <string_view>

namespace tutti {

/// As log lines name it: "update_task".
std::string_view name_of(const workflow_command& x);

/// Debug lines of one decision: what it did, for which request.
void log_decision(const engine::state& execution, std::string_view workflow_id,
                  std::string_view request_id, const workflow_command& what,
                  const engine::decision& decided);

} // namespace tutti
