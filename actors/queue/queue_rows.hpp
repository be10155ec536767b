#pragma once

#include "actors/queue/queue_window.hpp"
#include "storage/store.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tutti {

/// The stored rows of all queues, in all shards of this node. Reads are
/// bounded: the cost follows the page, not the queue. For threads that may
/// block.
class queue_rows {
 public:
  queue_rows(std::vector<uint32_t> shards, size_t page_rows)
      : shards_(std::move(shards)), page_rows_(page_rows) {}

  /// A page of rows from `from` on, best first per shard; without `from` from
  /// the first row, with delayed rows.
  result<queue_page> read(const storage::store& store, const std::string& queue,
                          const std::optional<queue_rank>& from,
                          int64_t now) const;
  /// Whether it has a row.
  result<bool> any(const storage::store& store, const std::string& queue) const;
  /// Reads every row.
  result<size_t> count(const storage::store& store,
                       const std::string& queue) const;
  result<bool> holds(const storage::store& store,
                     const waiting_task& row) const;
  /// Number of rows before this one, up to a bound.
  result<size_t> position(const storage::store& store, const waiting_task& row,
                          size_t counted_max) const;
  /// Names of queues with rows, sorted.
  result<std::vector<std::string>> names(const storage::store& store) const;

 private:
  result<done> read_shard(queue_page& page, const storage::store& store,
                          uint32_t shard, const std::string& queue,
                          const std::optional<queue_rank>& from, int64_t now,
                          size_t rows_max) const;

  std::vector<uint32_t> shards_;
  size_t page_rows_;
};

} // namespace tutti
