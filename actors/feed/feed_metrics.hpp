#pragma once

#include "actors/feed/execution_counter.hpp"
#include "actors/feed/feed_retention.hpp"
#include "actors/metrics/metric.hpp"

#include <memory>
#include <vector>

namespace tutti {

/// The feed's metrics: the counts, and each follower's position.
std::vector<metric> feed_metrics(const execution_counter& counter,
                                 const feed_retention& retention);

} // namespace tutti
