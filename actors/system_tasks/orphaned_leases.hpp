#pragma once

#include "actors/directory/actor_directory.hpp"
#include "storage/store.hpp"

#include <memory>
#include <string>

namespace tutti {

/// Whom the node's own hand-outs go to: `owner` names the node, `epoch` grows
/// with every start, so that what an earlier start was given can be told.
std::string system_worker_id(const std::string& owner, uint64_t epoch);

/// Tells the executions of system tasks that earlier starts of this node had
/// been given that nobody works on them any more. Looks at every lease of the
/// store: on a reader. One that cannot be told now is left to its
/// lease. How many were told.
result<size_t> give_up_orphaned_leases(const storage::store& store,
                                       const actor_directory& to,
                                       const std::string& owner,
                                       uint64_t epoch);

} // namespace tutti
