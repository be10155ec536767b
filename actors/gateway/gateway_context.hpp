#pragma once

#include "actors/directory/actor_directory.hpp"
#include "actors/engine/decider.hpp"
#include "actors/jobs/jobs_context.hpp"
#include "actors/metadata/published_definitions.hpp"
#include "actors/metrics/counters.hpp"
#include "actors/support/clock.hpp"
#include "actors/support/memory_budget.hpp"
#include "messages/model/threads/work_pool.hpp"
#include "storage/readers.hpp"

#include <atomic>
#include <memory>

namespace tutti {

class dry_run_pool;
class script_pool;

/// Settings of requests.
struct gateway_settings {
  /// Starts that wait for their commit. Further ones are refused at once, so
  /// that a flood is answered quickly instead of piling up.
  size_t starts_in_flight_max = 20'000;
  /// Size of a start's input.
  size_t input_bytes_max = 10 << 20;
  /// Beyond it a list is cut.
  size_t answer_bytes_max = size_t{64} << 20;
  bool test_clock = false;
};

/// Shared by the gateways of a node. Used on answering threads, where requests
/// with several steps continue.
struct gateway_context {
  gateway_settings settings;
  storage::readers_pointer readers;
  std::shared_ptr<tutti::clock> clock;
  std::shared_ptr<const actor_directory> directory;
  std::shared_ptr<const published_definitions> definitions;
  std::shared_ptr<engine::id_source> ids;
  std::shared_ptr<const engine::environment> env;
  metadata_actor metadata;
  /// Checks scripts; null: scripts are not checked.
  std::shared_ptr<script_pool> scripts;
  std::shared_ptr<memory_budget> memory;    ///< null: no budget
  std::shared_ptr<tutti::counters> metrics; ///< null: nothing counts
  /// Lists definitions; null: the gateway does.
  std::shared_ptr<work_pool> aside;
  /// Finds the executions of jobs.
  find_executions find;
  job_settings jobs;
  bool has_index = false;
  /// Runs dry runs; null: none.
  std::shared_ptr<dry_run_pool> dry_runs;

  mutable std::atomic<size_t> starts_in_flight{0};
};

using gateway_context_pointer = std::shared_ptr<const gateway_context>;

} // namespace tutti
