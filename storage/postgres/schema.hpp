#pragma once

#include "storage/postgres/connection.hpp"

#include <span>

namespace tutti::storage::postgres {

/// What is stored about the store itself. A store may be spread over several
/// databases: each holds a range of its shards.
struct store_facts {
  uint32_t version = 0;
  uint32_t shards = 0;      ///< of the whole store
  uint32_t first_shard = 0; ///< of this database
  uint32_t shard_count = 0; ///< of this database
};

inline constexpr uint32_t schema_version = 1;
inline constexpr uint32_t shards_max = 0xffff;

/// What `upgrade` does to a schema of version `from`, to make the next one.
struct migration {
  uint32_t from;
  const char* sql;
};
std::span<const migration> migrations();

/// What one finds; errc::not_found when there is no store.
result<store_facts> read_facts(connection& in);

/// Fails with a sentence when this version of Tutti cannot use it as it is.
result<done> check_facts(const connection& in, const store_facts& found,
                         const store_facts& wanted);

/// Makes the tables. Two at once: one makes them, the other one finds them.
/// True: they were made; false: such a store is there.
result<bool> initialize(connection& in, const store_facts& wanted);

/// Brings the tables up to `version`, in one transaction and under a lock;
/// answers the version that was there.
result<uint32_t> upgrade(connection& in,
                         std::span<const migration> steps = migrations(),
                         uint32_t version = schema_version);

} // namespace tutti::storage::postgres
