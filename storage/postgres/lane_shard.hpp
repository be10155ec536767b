#pragma once

#include "storage/postgres/shard_head.hpp"

#include <string>

namespace tutti::storage::postgres {

/// What a lane knows of one of its shards.
struct lane_shard {
  /// The epoch for which the numbers below hold.
  uint64_t epoch = 0;
  uint64_t commits = 0; ///< acknowledged
  /// After all that was sent.
  uint64_t next_commits = 0, next_feed = 0;
  /// Why it takes no commits of this epoch; empty: it does.
  std::string broken = {};

  /// What the database says holds; `epoch` is what the next commits have.
  void begin(const shard_head& now, uint64_t with_epoch);

  /// Before it is sent, for the first time or again.
  void number(shard_group& x);

  /// Compares with what the database says, when all that was acknowledged is
  /// in `commits`: a sentence when it has lost or got commits behind our back.
  std::string check(uint32_t shard, const shard_head& now) const;
};

} // namespace tutti::storage::postgres
