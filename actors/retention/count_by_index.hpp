#pragma once

#include "actors/directory/actor_directory.hpp"
#include "actors/retention/retention_context.hpp"

#include <memory>

namespace tutti {

/// Asks the search index of this node.
std::function<void(std::string query, reply<retention_count>)>
count_by_index(std::shared_ptr<const actor_directory> to);

} // namespace tutti
