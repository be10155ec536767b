#pragma once

#include "actors/gateway/gateway_context.hpp"

#include <functional>
#include <string>

namespace tutti {

/// Resolves the definition, makes the head and sends it to the shard of the new
/// id; with an idempotency key or the policy REJECT in several steps
/// (actors/idempotent_start).
void start(const gateway_context_pointer& context, envelope<start_workflow> x);

/// The same; `sent` is called with the id once the start is on its way to its
/// shard, unless it takes several steps.
void start_watched(const gateway_context_pointer& context,
                   envelope<start_workflow> x,
                   const std::function<void(const std::string& id)>& sent);

} // namespace tutti
