#pragma once

#include "actors/workflow/shard_context.hpp"
#include "messages/requests.hpp"

namespace tutti {

/// One shard's part of a list of executions. Archived ones are left out.
execution_list list_part(const shard_context& of, const list_executions& what);

} // namespace tutti
