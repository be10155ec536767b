#pragma once

#include "actors/metrics/metric.hpp"

#include <string>
#include <vector>

namespace tutti {

/// In the text format of Prometheus.
std::string exposition(std::vector<metric> x);

} // namespace tutti
