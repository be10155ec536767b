#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

/// Resolves the definition, makes the head and sends it to the shard of the new
/// id; with an idempotency key or the policy REJECT in several steps
/// (actors/idempotent_start).
void start(const gateway_context_pointer& context, envelope<start_workflow> x);

} // namespace tutti
