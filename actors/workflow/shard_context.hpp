#pragma once

#include "actors/directory/actor_directory.hpp"
#include "actors/engine/decider.hpp"
#include "actors/event/event_queue_registry.hpp"
#include "actors/event/message_sinks.hpp"
#include "actors/limits/task_limits.hpp"
#include "actors/metrics/counters.hpp"
#include "actors/outbox/sink_figures.hpp"
#include "actors/output_cache/output_cache.hpp"
#include "actors/support/clock.hpp"
#include "actors/support/memory_budget.hpp"
#include "actors/workflow/deferred_commits.hpp"
#include "actors/workflow/definition_cache.hpp"
#include "actors/workflow/execution_watches.hpp"
#include "actors/workflow/task_log_room.hpp"
#include "messages/model/threads/work_pool.hpp"
#include "storage/readers.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace tutti {

class script_service;

/// Executions beyond this size hold memory of the account (memory_account.hpp).
constexpr size_t heavy_execution_bytes = size_t{1} << 20;

/// Settings of executions.
struct execution_settings {
  /// How long a hand-out's event may wait for the execution's next commit.
  std::chrono::milliseconds defer_max{200};
  /// An idle execution leaves memory after this time ...
  std::chrono::milliseconds idle_sleep{10'000};
  /// ... or after this time when it has ended.
  std::chrono::milliseconds terminal_sleep{1'000};
  /// Bound on a shard's executions in memory; beyond it the longest idle ones
  /// leave at the scheduler's next check.
  size_t active_max = 50'000;
  /// This many crashes within the window park an execution as an incident.
  size_t crash_limit = 5;
  std::chrono::milliseconds crash_window{60'000};
  /// A snapshot is written after this many revisions at the earliest.
  size_t snapshot_revisions_min = 64;
  /// A hand-out waits no longer for a decision that waits for a script; its
  /// task is offered again.
  std::chrono::milliseconds hand_out_patience{100};
  /// How many deadlines and outbox messages a shard holds in memory.
  size_t timer_window = 10'000;
  size_t outbox_credit = 32;
  uint64_t outbox_bytes = 256 << 10;
  /// Of one task's log.
  uint64_t log_lines_max = 10'000, log_bytes_max = uint64_t{10} << 20;
  /// Beyond it, what an execution is asked for is cut or refused.
  size_t answer_bytes_max = size_t{64} << 20;
  /// Families that start one another, of one shard; the small ones are
  /// forgotten first.
  size_t families_known_max = 100'000;
  /// How long a heavy execution waits for memory before it wakes.
  std::chrono::milliseconds memory_wait{10'000};
  /// Clients that wait for one execution.
  size_t waits_max = 100;
  /// Messages to other systems that are under way at a time.
  size_t sink_credit = 100;
  uint64_t sink_bytes = 16 << 20;
};

/// Shared by all actors of one shard. The node fills the upper part before it
/// spawns them; the lower part is for the actors.
struct shard_context {
  std::shared_ptr<storage::store> store;
  storage::readers_pointer readers; ///< of that store
  uint32_t shard = 0;
  uint64_t epoch = 0; ///< from `store::acquire`
  execution_settings settings;
  std::shared_ptr<tutti::clock> clock;
  std::shared_ptr<const actor_directory> directory;
  std::shared_ptr<engine::id_source> ids; ///< thread safe
  /// The currently published definitions.
  std::function<std::shared_ptr<const definition_source>()> definitions;
  /// The pinned copy of a registered definition
  /// (`published_definitions::pinned`); null: each start pins its own copy.
  std::function<result<workflow_def_pointer>(std::string_view name,
                                             std::optional<int32_t> version)>
      pinned;
  std::shared_ptr<const engine::domain_activity> domains;
  std::shared_ptr<const engine::environment> env;
  /// Values of `${workflow.secrets.X}` and `runtimeMetadata`; null: none.
  std::function<std::optional<std::string>(std::string_view)> secret;
  /// Cached outputs (cacheConfig); null: nothing is cached.
  std::shared_ptr<output_cache> outputs;
  /// Hears of hand-outs and their ends; null: no limits.
  std::shared_ptr<task_limits> limits;
  std::shared_ptr<tutti::counters> metrics;    ///< null: no metrics
  std::shared_ptr<const memory_budget> memory; ///< null: no budget
  engine::limits bounds;
  /// Null: event queues are not bounded.
  std::shared_ptr<event_queue_registry> events;
  /// Other systems; null: there are none.
  std::shared_ptr<message_sinks> sinks;
  std::shared_ptr<tutti::sink_figures> sink_figures; ///< null: nothing counts
  /// Renders large executions; null: they do it themselves.
  std::shared_ptr<work_pool> aside;
  /// Runs scripts; null: no scripts.
  std::shared_ptr<script_service> scripts;
  /// Called once, from any thread, with a sentence, when a write failed and the
  /// shard refuses further requests.
  std::function<void(std::string why)> shard_failed;
  /// Called before each decision; tests throw from it.
  std::function<void(std::string_view workflow_id)> before_decision;

  /// The number of the next outbox message.
  std::atomic<uint64_t> next_outbox_number{1};
  /// Distinguishes log lines of the same millisecond.
  std::atomic<uint32_t> next_log{0};
  /// A write failed: see `fail`.
  std::atomic<bool> failed{false};
  std::shared_ptr<task_log_room> logs = std::make_shared<task_log_room>();
  definition_cache cached_definitions;
  deferred_commits deferred;
  execution_watches watches;

  /// What a commit that is neither durable nor refused means: the shard takes
  /// no more requests until it is recovered. Callable from any thread.
  void fail(const storage::outcome& how);
  /// Why it failed; only if it has.
  const std::string& why_failed() const { return why_failed_; }

 private:
  std::atomic<bool> failing_{false};
  std::string why_failed_; ///< written once, before `failed`
};

using shard_context_pointer = std::shared_ptr<shard_context>;

} // namespace tutti
