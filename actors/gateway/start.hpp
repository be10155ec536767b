#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

/// Resolves the definition, makes the head and hands it to the shard of the
/// new id; with an idempotency key or a limit that rejects in several steps
/// (actors/starting).
void start(const gateway_context_pointer& context, envelope<start_workflow> x);

} // namespace tutti
