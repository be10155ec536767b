#pragma once

#include "messages/model/result.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// The bytes the RocksDB engine adds around the caller's keys:
///
///   row       shard(2, big-endian) key
///   reserved  FF FF name               the store's own, family `default`
///     format  FF FF 'F'              = "TUTTI" version(2) shards(2)
///     epoch   FF FF 'E' shard(2)     = version(1) epoch(8) owner
///
/// All numbers are big-endian. storage/FORMAT.md has the whole picture.
namespace tutti::storage::layout {

/// Shard FFFF holds the store's own rows.
inline constexpr uint32_t shards_max = 0xffff;
inline constexpr uint16_t format_version = 1;

using shard_prefix = std::array<char, 2>;

shard_prefix prefix(uint32_t shard);
std::string row_key(uint32_t shard, std::string_view key);

/// First key after a range that ends at `to`; an empty `to` is the end of the
/// shard.
std::string row_bound(uint32_t shard, std::string_view to);

std::string format_key();
std::string format_record(uint32_t shards);

/// Fails when it is not a format record, or a newer format.
result<uint32_t> shards_of_format(std::string_view record);

std::string epoch_key(uint32_t shard);
std::string epoch_record(uint64_t epoch, std::string_view owner);
result<uint64_t> epoch_of(std::string_view record);

} // namespace tutti::storage::layout
