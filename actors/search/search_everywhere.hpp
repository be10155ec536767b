#pragma once

#include "actors/directory/actor_directory.hpp"

namespace tutti {

/// Searches the indexes of all nodes and answers what one index would: items
/// in the order of the search, exact totals and counts, a cursor that holds at
/// every node. Fails if one of them cannot be asked. From any thread.
void search_everywhere(const std::shared_ptr<const actor_directory>& to,
                       envelope<search_index> x);

} // namespace tutti
