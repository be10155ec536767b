#pragma once

#include "storage/store.hpp"

namespace tutti::storage {

/// Where all rows of a store come from.
class bulk_source {
 public:
  virtual ~bulk_source() = default;
  virtual uint32_t shards() const = 0;
  /// Fences whoever writes the shard; the epoch that was reached.
  virtual result<uint64_t> stop(uint32_t shard) = 0;
  /// All rows of one moment, in the order of their keys; the visitor answers
  /// whether to go on.
  virtual result<done> read(uint32_t shard, const store::row& each) = 0;
};

/// Where they go. Shards come one after another, rows in the order of their
/// keys.
class bulk_target {
 public:
  virtual ~bulk_target() = default;
  virtual uint32_t shards() const = 0;
  /// Refuses a shard that holds rows.
  virtual result<done> begin(uint32_t shard) = 0;
  virtual result<done> add(std::string_view key, std::string_view value) = 0;
  /// The rows are durable; the shard's epoch is `epoch` at least.
  virtual result<done> end(uint64_t epoch) = 0;
};

} // namespace tutti::storage
