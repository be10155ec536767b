#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <nlohmann/json_fwd.hpp>

namespace tutti::engine {

/// Removes expired messages from the inbox.
void drop_expired_messages(decision_builder& t);

/// A WorkflowMessage (reference:pull-workflow-messages#output).
nlohmann::json to_json(const workflow_message& x,
                       const std::string& workflow_id);

} // namespace tutti::engine
