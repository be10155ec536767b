#pragma once

#include "actors/metrics/metric.hpp"
#include "storage/store.hpp"

#include <memory>

namespace tutti::daemon {

/// What a store in PostgreSQL counts; empty for other engines.
metric_source database_metrics(const std::shared_ptr<storage::store>& of);

} // namespace tutti::daemon
