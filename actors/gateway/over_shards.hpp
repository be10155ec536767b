#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

/// Asks every shard and merges the answers; summaries are sorted newest first.
void list(const gateway_context_pointer& context, envelope<list_executions> x);

/// The jobs of all shards, newest first.
void list(const gateway_context_pointer& context, envelope<list_jobs> x);

/// The parked executions of all shards.
void list(const gateway_context_pointer& context, envelope<list_incidents> x);

} // namespace tutti
