#pragma once

#include "actors/directory/actor_directory.hpp"
#include "actors/engine/decider.hpp"
#include "storage/readers.hpp"

#include <memory>
#include <optional>
#include <string>

namespace tutti {

// Starts that take more than one message: with an idempotency key, and with a
// rateLimitConfig that rejects. Gateways begin them for clients, schedulers for
// outbox messages; each step goes on where the last one was answered.

struct start_ports {
  std::shared_ptr<const actor_directory> directory;
  storage::readers_pointer readers;
  std::shared_ptr<const engine::environment> env;
};

struct begun {
  std::string workflow_id;
  /// RETURN_EXISTING: somebody else's start made it.
  bool existed = false;
};

bool needs_coordination(const command::start& what);

/// With an idempotency key the id follows from name and key, so that a second
/// start meets the first one in its own shard, whoever comes first. A start of
/// the same asker (`head.asked_by`) is answered as the first one was.
void start_with_coordination(start_ports ports, command::start what,
                             std::optional<idempotency_strategy> strategy,
                             reply<begun> done);

/// The id of the `attempt`-th execution with that key; stored executions depend
/// on it.
std::string keyed_workflow_id(std::string_view name, std::string_view key,
                              uint32_t attempt);

/// The attempt that the search for a key's use begins with, and its row.
result<uint32_t> first_attempt(const storage::store& store,
                               std::string_view name, std::string_view key);
storage::operation attempt_row(std::string_view name, std::string_view key,
                               uint32_t attempt);

} // namespace tutti
