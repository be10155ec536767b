#pragma once

#include "storage/records_definitions.hpp"
#include "storage/store.hpp"

#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace tutti {

/// The shared definitions of one shard: executions with the same definition
/// hold the same object, and it is written once. Thread safe.
class definition_cache {
 public:
  /// `put` is set when this process uses the definition first: the caller's
  /// batch must contain it. Later users find it written, because commits of a
  /// shard keep their order.
  struct entry {
    storage::kept_definition_pointer what;
    std::optional<storage::operation> put;
  };
  entry intern(const workflow_def_pointer& definition);

  /// Null when it is not stored or makes no sense. Reads the store when it is
  /// not known: from threads that may wait.
  result<storage::kept_definition_pointer>
  find(const storage::store& from, uint32_t shard, std::string_view hash);

 private:
  static constexpr size_t entries_max = 4096;
  void remember(const storage::kept_definition_pointer& what);

  std::mutex mutex_;
  std::unordered_map<const workflow_def*, storage::kept_definition_pointer>
      by_pointer_;
  std::unordered_map<std::string, storage::kept_definition_pointer> by_hash_;
  std::unordered_set<std::string> written_;
};

/// Parses a stored definition and names it `hash`; null when it is damaged.
storage::kept_definition_pointer read_definition(std::string_view text,
                                                 std::string hash);

} // namespace tutti
