#pragma once

#include "actors/metadata/published_definitions.hpp"
#include "actors/support/clock.hpp"
#include "messages/interfaces.hpp"
#include "storage/store.hpp"

#include <functional>
#include <memory>

namespace tutti {

struct metadata_context {
  std::shared_ptr<storage::store> store;
  uint64_t epoch = 0; ///< of definitions_shard
  std::shared_ptr<const tutti::clock> clock;
  std::shared_ptr<published_definitions> board;
  /// Told of each task definition that was changed or removed, once it is
  /// visible.
  std::function<void(const std::string& name)> task_changed;
  /// Told when a write failed; the process has to stop.
  std::function<void(uint32_t shard)> shard_failed;
};

using metadata_context_pointer = std::shared_ptr<const metadata_context>;

/// The one writer of definitions. Changes are decided against what was written
/// last and become visible, and are answered, when they are durable.
struct metadata_state {
  static constexpr const char* name = "metadata";

  metadata_context_pointer context;
  definition_snapshot_pointer latest; ///< with what is still being written
};

metadata_actor::behavior_type
metadata(metadata_actor::stateful_pointer<metadata_state> self,
         metadata_context_pointer context);

} // namespace tutti
