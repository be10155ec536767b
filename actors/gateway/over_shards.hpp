#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

/// Asks every shard and merges what they answer; summaries come out newest
/// first.
void list(const gateway_context_pointer& context, envelope<list_executions> x);

/// The executions that were put aside, of all shards.
void list(const gateway_context_pointer& context, envelope<list_incidents> x);

} // namespace tutti
