#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

/// Asks the search index for the executions of each correlation id, and reads
/// them, one after another.
void find_by_correlation(const gateway_context_pointer& context,
                         envelope<find_correlated> x);

} // namespace tutti
