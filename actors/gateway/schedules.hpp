#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

/// Refuses a schedule of a workflow that could not be started.
void save(const gateway_context_pointer& context, envelope<save_schedule> x);

/// A page of what all shards have, in one order.
void list(const gateway_context_pointer& context, envelope<list_schedules> x);
void list(const gateway_context_pointer& context, envelope<search_firings> x);

/// Tells every shard of this node.
void hold(const gateway_context_pointer& context, envelope<hold_schedules> x);

} // namespace tutti
