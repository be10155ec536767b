#pragma once

#include "actors/feed/feed_consumer.hpp"
#include "actors/search/search_definitions.hpp"
#include "storage/index/index_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tutti {

// What the index gets, read from the store; on threads that may wait.

/// The changes that a page of the feed tells of, one per execution: of all its
/// commits in the page only what came out of them.
result<index::batch> read_changes(const storage::store& from, uint32_t shard,
                                  const storage::feed_page& page,
                                  search_definitions& definitions);

/// Everything of one execution; `removed` if there is none, or it is hidden
/// from lists.
result<index::execution_change> read_whole(const storage::store& from,
                                           uint32_t shard,
                                           const std::string& id,
                                           search_definitions& definitions);

struct executions_page {
  std::vector<index::execution_change> items;
  /// The key where the next page begins; nullopt: this was the last one.
  std::optional<std::string> next;
};

/// The executions of a shard in the order of their ids.
result<executions_page> read_executions(const storage::store& from,
                                        uint32_t shard, std::string_view begin,
                                        size_t count_max,
                                        search_definitions& definitions);
/// Where the first page begins.
std::string first_execution();

} // namespace tutti
