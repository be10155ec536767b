#pragma once

#include "tools/tutti/client.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace tutti::cli {

// What may stand where an id is asked for (reference:command-line#references).

/// The id of an execution: itself, or a beginning of four or more characters
/// that only one execution has. Several: errc::conflict with the first of
/// them. A server without a search index is asked for its newest executions.
result<std::string> execution_id(client& api, const std::string& given);

/// A task of an execution as the node tells it: by its own id, or by
/// "EXECUTION/REFERENCE", the last attempt of that reference.
result<nlohmann::json> find_task(client& api, const std::string& given);

/// The id of an execution's task, by reference or by id.
result<std::string> task_id_in(client& api, const std::string& workflow_id,
                               const std::string& reference_or_id);

/// Whether it is written like an id that nodes give: it is not looked up.
bool is_full_id(std::string_view text);

} // namespace tutti::cli
