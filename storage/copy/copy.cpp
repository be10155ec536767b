#include "storage/copy/copy.hpp"

namespace tutti::storage {

namespace copy_detail {

result<digest> copy_shard(bulk_source& from, bulk_target& to, uint32_t shard) {
  auto epoch = from.stop(shard);
  if (!epoch)
    return std::move(epoch).failure();
  if (auto x = to.begin(shard); !x)
    return std::move(x).failure();
  digest out;
  result<done> added = done{};
  auto read = from.read(shard, [&](std::string_view key, std::string_view v) {
    out.add(key, v);
    added = to.add(key, v);
    return bool(added);
  });
  if (!read)
    return std::move(read).failure();
  if (!added)
    return std::move(added).failure();
  if (auto x = to.end(*epoch); !x)
    return std::move(x).failure();
  return out;
}

} // namespace copy_detail

result<digest> digest_of(bulk_source& from, uint32_t shard) {
  digest out;
  auto read = from.read(shard, [&](std::string_view key, std::string_view v) {
    out.add(key, v);
    return true;
  });
  if (!read)
    return std::move(read).failure();
  return out;
}

result<done> copy_store(bulk_source& from, bulk_target& to,
                        bulk_source& to_read_back, const shard_copied& told) {
  if (from.shards() != to.shards())
    return failure{errc::invalid,
                   "the source has " + std::to_string(from.shards())
                       + " shards and the target " + std::to_string(to.shards())
                       + "; the number is fixed when a store is made"};
  for (uint32_t shard = 0; shard < from.shards(); ++shard) {
    auto copied = copy_detail::copy_shard(from, to, shard);
    if (!copied)
      return std::move(copied).failure();
    auto there = digest_of(to_read_back, shard);
    if (!there)
      return std::move(there).failure();
    if (!(*there == *copied))
      return failure{errc::internal,
                     "shard " + std::to_string(shard)
                         + " differs after it was "
                           "copied: "
                         + std::to_string(copied->rows()) + " rows were read, "
                         + std::to_string(there->rows()) + " are there"};
    told(shard, *copied);
  }
  return done{};
}

} // namespace tutti::storage
