#pragma once

#include "actors/feed/execution_counter.hpp"
#include "actors/feed/feed_retention.hpp"
#include "actors/metrics/metric.hpp"

#include <memory>
#include <vector>

namespace tutti {

/// What the feed shows under /metrics: what was counted, and how far each
/// follower has come.
std::vector<metric> feed_metrics(const execution_counter& counter,
                                 const feed_retention& retention);

} // namespace tutti
