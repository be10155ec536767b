#pragma once

#include "actors/workflow/shard_context.hpp"
#include "messages/requests.hpp"

namespace tutti {

/// One shard's part of a list of executions: a JSON list of ids, or of
/// `{workflowId, workflowType, version, status, createTime}`. Archived ones are
/// left out.
std::string list_part(const shard_context& of, const list_executions& what);

} // namespace tutti
