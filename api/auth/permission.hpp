#pragma once

#include <cstdint>
#include <string_view>

namespace tutti::api {

/// Permissions. Every route names one; none is enforced yet.
enum class permission : uint8_t {
  public_,          ///< health, version, documentation, unknown paths
  metadata_read,    ///< definitions and schemas
  metadata_write,   ///< the same, changed
  workflow_start,   ///< start executions
  workflow_read,    ///< executions, their tasks, logs and histories
  workflow_control, ///< pause, retry, skip, terminate, remove, messages, ...
  task_poll,        ///< take tasks as a worker
  task_update,      ///< report results and logs as a worker
  queue_read,       ///< queues, polls, event queues
  queue_control,    ///< take tasks out of queues and return them
  schedule_read,    ///< schedules and their firings
  schedule_write,   ///< the same, changed; also those that fire now
  admin,            ///< incidents, metrics, the test clock
};

std::string_view to_text(permission x);
/// Requests with it change nothing that is stored.
bool is_read(permission x);

} // namespace tutti::api
