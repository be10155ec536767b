#pragma once

#include "actors/metrics/metric.hpp"
#include "api/rest/server/route_figures.hpp"
#include "api/rest/server/server.hpp"

#include <memory>
#include <vector>

namespace tutti::daemon {

/// What the HTTP server counts (reference:metrics); works after it ended, too.
metric_source http_metrics(const rest::server& from);

/// What was asked of each route and answered; of those that were asked at all.
metric_source
route_metrics(std::vector<std::shared_ptr<const rest::route_figures>> routes);

} // namespace tutti::daemon
