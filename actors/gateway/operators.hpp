#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

/// Sends operators' requests on behalf of jobs, as gateways do for clients.
operator_pointer make_operators(gateway_context_pointer context);

} // namespace tutti
