#pragma once

#include "actors/metrics/metric.hpp"
#include "api/rest/server/server.hpp"

namespace tutti::daemon {

/// What the HTTP server counts (reference:metrics); works after it ended, too.
metric_source http_metrics(const rest::server& from);

} // namespace tutti::daemon
