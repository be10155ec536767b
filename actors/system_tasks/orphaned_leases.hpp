#pragma once

#include "actors/directory/actor_directory.hpp"
#include "storage/store.hpp"

#include <memory>
#include <string>

namespace tutti {

/// The worker id of this node's own hand-outs. `owner` names the node; `epoch`
/// grows with every start, which identifies leases of earlier starts.
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
