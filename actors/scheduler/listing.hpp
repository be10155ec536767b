#pragma once

#include "messages/requests.hpp"
#include "storage/store.hpp"

namespace tutti {

/// One shard's part of a list of executions. Archived ones are left out.
result<execution_list> list_part(const storage::store& from, uint32_t shard,
                                 const list_executions& what);

} // namespace tutti
