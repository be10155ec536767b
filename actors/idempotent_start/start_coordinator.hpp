#pragma once

#include "actors/directory/actor_directory.hpp"
#include "actors/engine/decider.hpp"
#include "storage/readers.hpp"

#include <memory>
#include <optional>
#include <string>

namespace tutti {

// Starts that take more than one message: with an idempotency key, or with a
// rateLimitConfig whose policy is REJECT. Gateways use it for clients,
// schedulers for outbox messages. Each step continues on the thread that
// answers the last one.

struct start_ports {
  std::shared_ptr<const actor_directory> directory;
  storage::readers_pointer readers;
  std::shared_ptr<const engine::environment> env;
  std::string request_id = {}; ///< for log lines
};

struct begun {
  std::string workflow_id;
  /// RETURN_EXISTING: an earlier start created the execution.
  bool existed = false;
};

bool needs_coordination(const command::start& what);

/// With an idempotency key the id is computed from name and key, so that two
/// starts meet in the same shard, whichever comes first. A repeated start of
/// the same asker (`head.asked_by`) gets the same answer as the first one.
void start_with_coordination(start_ports ports, command::start what,
                             std::optional<idempotency_strategy> strategy,
                             reply<begun> done);

/// The id of the `attempt`-th execution with that key. Stored executions depend
/// on this function.
std::string keyed_workflow_id(std::string_view name, std::string_view key,
                              uint32_t attempt);

/// The attempt that the search for a key's use begins with, and its row.
result<uint32_t> first_attempt(const storage::store& store,
                               std::string_view name, std::string_view key);
storage::operation attempt_row(std::string_view name, std::string_view key,
                               uint32_t attempt);

} // namespace tutti
