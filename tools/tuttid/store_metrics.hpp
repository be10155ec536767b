#pragma once

#include "actors/metrics/metric.hpp"
#include "storage/commit_figures.hpp"
#include "storage/store.hpp"

#include <memory>

namespace tutti::daemon {

/// Commits of a store on disk, and what it takes there.
metric_source commit_metrics(std::shared_ptr<const storage::commit_figures> of,
                             const std::shared_ptr<storage::store>& in);

} // namespace tutti::daemon
