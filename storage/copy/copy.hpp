#pragma once

#include "storage/copy/bulk.hpp"
#include "storage/copy/digest.hpp"

namespace tutti::storage {

/// What became of a shard.
using shard_copied = std::function<void(uint32_t shard, const digest& what)>;

result<digest> digest_of(bulk_source& from, uint32_t shard);

/// Copies every shard of a store into an empty one and compares. Ends at the
/// first trouble: the target is then to be thrown away.
result<done> copy_store(bulk_source& from, bulk_target& to,
                        bulk_source& to_read_back, const shard_copied& told);

} // namespace tutti::storage
