#pragma once

#include "actors/metadata/published_definitions.hpp"
#include "actors/metrics/counters.hpp"
#include "actors/support/clock.hpp"
#include "messages/interfaces.hpp"
#include "messages/model/bounds.hpp"
#include "storage/store.hpp"

#include <functional>
#include <memory>

namespace tutti {

struct metadata_context {
  std::shared_ptr<storage::store> store;
  uint64_t epoch = 0; ///< of definitions_shard
  std::shared_ptr<const tutti::clock> clock;
  std::shared_ptr<published_definitions> published;
  /// Tags of one definition; more are refused.
  size_t tags_max = 100;
  std::shared_ptr<tutti::counters> metrics; ///< null: nothing counts
  /// Called with the name of each task definition that was changed or removed,
  /// once readers see the change.
  std::function<void(const std::string& name)> task_changed;
  /// Called with the rows of each change, once readers here see it; calls
  /// `told` when the change may be answered. Null: nobody else has to know.
  std::function<void(const storage::batch& rows, std::function<void()> told)>
      spread;
  /// Called when a write failed; the process has to stop.
  std::function<void(std::string why)> shard_failed;
  /// What all definitions may take in memory.
  uint64_t bytes_max = UINT64_MAX;
  std::shared_ptr<reached_bounds> reached; ///< null: nobody counts
};

using metadata_context_pointer = std::shared_ptr<const metadata_context>;

/// The one writer of definitions. Decides each change against the latest
/// snapshot, also if that is not durable yet. Publishes and answers it when it
/// is durable.
struct metadata_state {
  static constexpr const char* name = "metadata";

  metadata_context_pointer context;
  definition_snapshot_pointer
      latest; ///< includes changes that are still being written
};

metadata_actor::behavior_type
metadata(metadata_actor::stateful_pointer<metadata_state> self,
         metadata_context_pointer context);

} // namespace tutti
