#pragma once

#include "storage/index/sqlite/sqlite.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tutti::index {

/// Raised by every change of the tables or of what they hold: another version's
/// file is built anew.
constexpr int64_t schema_version = 3;

/// What an index was built with. Another one's file is built anew.
struct index_identity {
  int64_t version = schema_version;
  int64_t shards = 0;
  int64_t task_policy = 0;
  friend bool operator==(const index_identity&, const index_identity&)
      = default;
};

/// What `tally` counts by: days since 1970, as the millisecond when they begin.
constexpr int64_t day_ms = 86'400'000;
constexpr int64_t day_of(int64_t ms) { return ms > 0 ? ms - ms % day_ms : 0; }

void create_tables(database& in, const index_identity& as);
/// Searched by: made after the rows when the index is built.
void create_trees(database& in);

/// nullopt: it is no index, or was not built to its end.
std::optional<index_identity> read_identity(const database& in);
/// The feed's positions by shard; also says that the index is whole.
void write_positions(database& in, const std::vector<uint64_t>& by_shard);
std::vector<uint64_t> read_positions(const database& in, size_t shards);

/// What changes whenever the index is built: cursors hold it.
int64_t read_generation(const database& in);

/// False: `PRAGMA quick_check` has found damage.
bool is_sound(const database& in);

void set_options(database& in, int64_t cache_mib);

} // namespace tutti::index
