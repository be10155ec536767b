#pragma once

#include "messages/requests.hpp"
#include "storage/store.hpp"

namespace tutti {

/// The log lines of a task as a JSON list; empty text when there are none.
result<document> read_logs(const storage::store& from,
                           const read_task_logs& what, size_t bytes_max);

} // namespace tutti
