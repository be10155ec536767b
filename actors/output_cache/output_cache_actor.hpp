#pragma once

#include "actors/support/self_timer.hpp"
#include "actors/support/clock.hpp"
#include "actors/output_cache/output_cache.hpp"
#include "messages/interfaces.hpp"

#include <chrono>
#include <memory>

namespace tutti {

struct outputs_context {
  std::shared_ptr<output_shelf> shelf;
  std::shared_ptr<storage::store> store;
  std::shared_ptr<const tutti::clock> clock;
  std::vector<uint64_t> epochs; ///< by shard
};

/// Erases the rows of outputs that expired. A row that is erased although the
/// same key has just been written again costs one output after a restart.
struct outputs_state {
  static constexpr const char* name = "outputs";

  void look();

  outputs_actor::pointer self;
  std::shared_ptr<const outputs_context> context;

 private:
  alarm alarm_;
};

outputs_actor::behavior_type
outputs_janitor(outputs_actor::stateful_pointer<outputs_state> self,
                std::shared_ptr<const outputs_context> context);

} // namespace tutti
