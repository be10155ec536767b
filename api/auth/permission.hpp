#pragma once

#include <cstdint>
#include <string_view>

namespace tutti::api {

/// What a caller has to be allowed to do. Every route names one; nobody is
/// refused for one yet.
enum class permission : uint8_t {
  public_,          ///< health, version, documentation, unknown paths
  metadata_read,    ///< definitions and schemas
  metadata_write,   ///< the same, changed
  workflow_start,   ///< begins executions
  workflow_read,    ///< executions, their tasks, logs and histories
  workflow_control, ///< pause, retry, skip, terminate, remove, messages, ...
  task_poll,        ///< takes tasks, as a worker
  task_update,      ///< reports results and logs, as a worker
  queue_read,       ///< queues, who polls them, event queues
  queue_control,    ///< moves tasks in and out of queues
  admin,            ///< incidents, metrics, the test clock
};

std::string_view to_text(permission x);
/// It changes nothing that is stored.
bool is_read(permission x);

} // namespace tutti::api
