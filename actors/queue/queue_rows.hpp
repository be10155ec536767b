#pragma once

#include "actors/queue/queue_window.hpp"
#include "storage/store.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tutti {

/// The stored rows of all queues, over all shards of this node. Reads are
/// bounded: of a queue with a million rows, a page costs what it holds.
class queue_rows {
 public:
  queue_rows(std::shared_ptr<const storage::store> store,
             std::vector<uint32_t> shards, size_t page_rows)
      : store_(std::move(store)), shards_(std::move(shards)),
        page_rows_(page_rows) {}

  /// Rows from `from` on, best first per shard; without it from the first one,
  /// and the delayed ones as well.
  queue_page read(const std::string& queue,
                  const std::optional<queue_rank>& from, int64_t now) const;
  /// Looks at every row.
  size_t count(const std::string& queue) const;
  bool holds(const waiting_task& row) const;
  /// Rows that stand before this one, as far as they are counted.
  size_t position(const waiting_task& row, size_t counted_max) const;
  /// Queues that have rows, sorted.
  std::vector<std::string> names() const;

 private:
  void read_shard(queue_page& page, uint32_t shard, const std::string& queue,
                  const std::optional<queue_rank>& from, int64_t now,
                  size_t rows_max) const;

  std::shared_ptr<const storage::store> store_;
  std::vector<uint32_t> shards_;
  size_t page_rows_;
};

} // namespace tutti
