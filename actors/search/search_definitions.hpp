#pragma once

#include "messages/model/definitions.hpp"
#include "storage/store.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tutti {

/// What the index needs of pinned definitions: name, version, maskedFields and
/// searchAttributes, without the tasks. Thread safe.
class search_definitions {
 public:
  using pointer = std::shared_ptr<const workflow_def>;

  /// `id`: the execution that has the definition for itself; empty: it is a
  /// shared one. Null when it is not stored.
  result<pointer> find(const storage::store& from, uint32_t shard,
                       std::string_view hash, std::string_view id);

  /// The definition of an execution that was indexed a while ago.
  void remember(const std::string& id, pointer what);
  void forget(const std::string& id);
  pointer recall(const std::string& id) const;

 private:
  static constexpr size_t definitions_max = 4'096, executions_max = 100'000;

  mutable std::mutex mutex_;
  std::unordered_map<std::string, pointer> by_hash_;
  std::unordered_map<std::string, pointer> by_id_;
};

} // namespace tutti
