#pragma once

#include "actors/output_cache/output_cache.hpp"
#include "actors/support/clock.hpp"
#include "actors/support/self_timer.hpp"
#include "messages/interfaces.hpp"

#include <chrono>
#include <memory>

namespace tutti {

struct outputs_context {
  std::shared_ptr<output_cache> cache;
  std::shared_ptr<storage::store> store;
  std::shared_ptr<const tutti::clock> clock;
  std::vector<uint64_t> epochs; ///< by shard
};

/// Erases the rows of outputs that left the cache. Such a row may just have
/// been rewritten for the same key; then that output is missing after a
/// restart.
struct outputs_state {
  static constexpr const char* name = "outputs";

  void look();

  output_cache_actor::pointer self;
  std::shared_ptr<const outputs_context> context;

 private:
  self_timer self_timer_;
};

output_cache_actor::behavior_type
outputs_janitor(output_cache_actor::stateful_pointer<outputs_state> self,
                std::shared_ptr<const outputs_context> context);

} // namespace tutti
