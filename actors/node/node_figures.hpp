#pragma once

#include "actors/limits/task_limits.hpp"
#include "actors/metrics/metric.hpp"
#include "actors/queue/queue_figures.hpp"
#include "storage/store.hpp"

#include <vector>

namespace tutti {

/// Of the queues, under Conductor's names: their owners are those of the
/// registered task definitions.
std::vector<metric> task_metrics(const queue_table& queues,
                                 const task_limits& limits,
                                 const definition_source& definitions);

/// Messages that wait in the mailboxes of this process.
std::vector<metric> mailbox_metrics();

} // namespace tutti
