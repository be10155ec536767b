#pragma once

#include "actors/directory/actor_directory.hpp"
#include "actors/jobs/jobs_context.hpp"

#include <memory>

namespace tutti {

/// Asks the search index of this node, or those of all nodes, in the order of
/// ids.
find_executions find_by_index(std::shared_ptr<const actor_directory> to,
                              bool everywhere);

} // namespace tutti
