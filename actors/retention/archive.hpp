#pragma once

#include "messages/requests.hpp"
#include "storage/store.hpp"

#include <string>
#include <vector>

namespace tutti {

// Executions that retention has removed. For threads that may wait.

/// What the request asks of an archived execution; `unknown` when it is not in
/// the archive.
result<document> read_archived(const storage::store& from,
                               const read_execution& what, failure unknown);

/// Newest end first; `document::next` is where the next page ends, as `end_to`.
result<document> list_archive(const storage::store& from,
                              const list_archived& what);

/// Rows of archived executions of a shard that ended before, oldest first.
struct old_archive {
  storage::batch rows; ///< erases them
  size_t executions = 0;
  bool more = false;
};
result<old_archive> archived_before(const storage::store& from, uint32_t shard,
                                    int64_t ended);

} // namespace tutti
