#pragma once

#include "storage/postgres/connection.hpp"
#include "storage/postgres/shard_group.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>

namespace tutti::storage::postgres {

/// What the database says of a shard.
struct shard_head {
  uint64_t epoch = 0;
  /// The commit number at which that epoch began.
  uint64_t base = 0;
  uint64_t commits = 0;
  uint64_t feed_end = 0;
};

using shard_heads = std::map<uint32_t, shard_head>;

/// What `statements::heads` answered.
result<shard_heads> heads_of(const answer& rows);
/// By a connection on which `statements::heads` is prepared.
result<shard_heads> read_heads(connection& from,
                               std::span<const uint32_t> shards);

enum class fate : uint8_t {
  written,
  fenced,
  unwritten, ///< it may be sent, or sent again
  unknown,   ///< others have written since: nobody can tell
};

/// What became of a group that was sent, or would become of it now.
fate fate_of(const shard_group& x, const shard_head& now);

} // namespace tutti::storage::postgres
