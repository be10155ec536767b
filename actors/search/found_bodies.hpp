#pragma once

#include "actors/engine/state/state.hpp"
#include "actors/workflow/shard_context.hpp"
#include "messages/requests.hpp"
#include "storage/index/index_store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tutti {

/// Reads what a search has found from the store and renders it. The index holds
/// no bodies. Thread safe; reads wait for the disk.
class found_bodies {
 public:
  explicit found_bodies(uint32_t shards);

  struct page {
    std::vector<std::string> items;
    std::vector<size_t> hits; ///< of each item: which one it is
    uint64_t gone = 0;        ///< removed since the index saw them
  };
  /// errc::too_large beyond `bytes_max`.
  result<page> read(const storage::store& from,
                    const std::vector<index::hit>& hits, search_index::form as,
                    size_t bytes_max);

 private:
  /// Null: it is gone.
  result<std::unique_ptr<engine::state>> read_head(const storage::store& from,
                                                   const std::string& id);
  result<std::unique_ptr<engine::state>> load(const storage::store& from,
                                              const std::string& id);
  shard_context_pointer context_of(const std::string& id) const;

  /// For each shard the little that reading needs.
  std::vector<shard_context_pointer> shards_;
};

} // namespace tutti
