#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tutti {

/// Ids are lower-case UUIDs. A task id repeats the first 23 characters (the
/// first four groups) of its workflow's id; both hash to the same shard by
/// that prefix, so no index from task to workflow is stored.
constexpr size_t id_prefix_length = 23;

/// From 128 random bits; the version and variant bits are set.
std::string make_workflow_id(uint64_t high, uint64_t low);
std::string make_task_id(std::string_view workflow_id, uint64_t random48);

/// FNV-1a over the prefix, mod `shards`. Stored data depends on it: never
/// change it.
uint32_t shard_of(std::string_view id, uint32_t shards);

/// False for ids that we never make (empty, longer than 64, control bytes):
/// they are unknown without a lookup.
bool is_plausible_id(std::string_view id);

} // namespace tutti
