#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

/// Resolves the definition, makes the head and hands it to the shard of the
/// new id. With an idempotency key the id follows from the name and the key, so
/// that a second start meets the first one in its own shard.
void start(const gateway_context_pointer& context, start_workflow x);

/// The id of the `attempt`-th execution with that key; stored executions depend
/// on it.
std::string keyed_workflow_id(std::string_view name, std::string_view key,
                              uint32_t attempt);

} // namespace tutti
