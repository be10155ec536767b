#pragma once

#include "storage/postgres/connection_pool.hpp"
#include "storage/postgres/schema.hpp"
#include "storage/postgres/shard_head.hpp"

namespace tutti::storage::postgres {

struct opened_database {
  std::vector<shard_head> heads; ///< of its shards, in order
  /// What an operator should know.
  std::vector<std::string> notes;
};

/// Connects, checks the store and the user's rights, reads where shards stand.
/// A database that is away is waited for.
result<opened_database> open_database(const std::string& url,
                                      const connect_options& how,
                                      const store_facts& wanted,
                                      std::chrono::milliseconds patience);

} // namespace tutti::storage::postgres
