#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

/// Asks every shard and merges their JSON lists; objects that tell their
/// `createTime` come out newest first.
void list(const gateway_context_pointer& context, list_executions x);

/// Lists the executions that were put aside, or lets one try again.
void incidents(const gateway_context_pointer& context, incident_query x);

} // namespace tutti
