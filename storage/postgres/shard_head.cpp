#include "storage/postgres/shard_head.hpp"

#include "storage/keys.hpp"
#include "storage/postgres/statements.hpp"

namespace tutti::storage::postgres {

result<shard_heads> heads_of(const answer& rows) {
  shard_heads out;
  for (int i = 0; i < rows.rows(); ++i) {
    shard_head x;
    x.epoch = rows.number(i, 1);
    x.base = rows.number(i, 2);
    x.commits = rows.number(i, 3);
    if (!rows.is_null(i, 4)) {
      auto position = keys::read_feed(rows.bytes(i, 4));
      if (!position)
        return failure{errc::internal,
                       "the feed of shard " + std::to_string(rows.integer(i, 0))
                           + " has a row whose key cannot be read"};
      x.feed_end = *position;
    }
    out[rows.integer(i, 0)] = x;
  }
  return out;
}

result<shard_heads> read_heads(connection& from,
                               std::span<const uint32_t> shards) {
  auto rows = from.run_prepared(statements::heads.name,
                                parameters().integers(shards));
  if (!rows.good())
    return from.failure_of(rows);
  auto out = heads_of(rows);
  if (out && out->size() != shards.size())
    return failure{errc::internal, "the database " + from.name()
                                       + " has lost rows of 'tutti.shard'"};
  return out;
}

fate fate_of(const shard_group& x, const shard_head& now) {
  if (now.epoch <= x.epoch)
    return x.doubtful && now.commits >= x.after() ? fate::written
                                                  : fate::unwritten;
  // Somebody took the shard over. His epoch began after all that we wrote.
  if (!x.doubtful || now.base < x.after())
    return fate::fenced;
  return now.epoch == x.epoch + 1 ? fate::written : fate::unknown;
}

} // namespace tutti::storage::postgres
