#pragma once

#include "actors/cluster/peer_settings.hpp"
#include "actors/dry_runs/dry_run_pool.hpp"
#include "actors/evaluators/evaluator_settings.hpp"
#include "actors/feed/follower_actor.hpp"
#include "actors/gateway/gateway_context.hpp"
#include "actors/node/node_environment.hpp"
#include "actors/queue/queue_context.hpp"
#include "actors/retention/retention_context.hpp"
#include "actors/schedules/schedules_context.hpp"
#include "actors/search/search_settings.hpp"
#include "actors/system_tasks/outbound/http_client.hpp"
#include "actors/system_tasks/outbound/kafka_worker.hpp"
#include "actors/system_tasks/system_tasks_actor.hpp"
#include "actors/waits/waits_context.hpp"
#include "actors/workflow/shard_context.hpp"
#include "messages/model/health.hpp"
#include "storage/index/index_store.hpp"
#include "storage/reader_pool.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace tutti {

struct node_options {
  size_t workers = 0;  ///< threads that run actors; 0: one per core
  size_t gateways = 0; ///< 0: one per two cores
  std::string owner = "node";
  execution_settings executions;
  queue_settings queues;
  gateway_settings gateway;
  waits_settings waits;
  dry_run_pool_settings dry_runs; ///< they use helpers of `scripts`
  job_settings jobs;
  retention_settings retention;
  engine::limits bounds;
  evaluators::evaluator_settings scripts;
  system_task_settings system_tasks;
  http_client_settings http;
  kafka_settings kafka;
  /// Tags of one definition.
  size_t definition_tags_max = 100;
  /// Unacknowledged messages of one internal event queue.
  size_t event_messages_max = 100'000;
  std::chrono::milliseconds event_age_max{7 * 24 * std::chrono::hours{1}};
  output_settings outputs;
  schedule_settings schedules;
  follower_settings feed;
  /// Other systems that EVENT tasks may publish to; null: there are none.
  std::shared_ptr<message_sinks> sinks;
  /// A follower that is this many entries behind in a shard keeps no more
  /// entries from being erased: it must rebuild.
  uint64_t feed_lag_max = 1'000'000;
  /// The search index, not opened yet; null: there is none.
  std::shared_ptr<index::index_store> index;
  search_settings search;
  /// Between two looks of the index for news.
  std::chrono::milliseconds index_pause{100};
  storage::reader_pool::settings readers;
  /// Threads for what takes long and needs no disk, as rendering a large
  /// execution; and how much may wait for them.
  size_t aside_threads = 1, aside_waiting_max = 64;
  node_environment::settings environment;
  node_environment::variables variables;
  /// Task types and domains whose polls are remembered, and combinations of
  /// labels in metrics; the oldest are forgotten.
  size_t poll_data_max = 20'000, metric_series_max = 10'000;
  /// reference:workers#domains
  std::chrono::milliseconds active_worker{10'000};
  /// Of the process's account of heavy things; it is shared with other nodes
  /// of the process.
  memory_account::limits heavy;
  /// Beyond so much resident memory the account gives nothing.
  size_t memory_ceiling_bytes = SIZE_MAX;
  /// What all registered definitions may take.
  uint64_t definition_bytes_max = UINT64_MAX;
  /// Soft budget of memory (memory_budget.hpp); 0: none.
  size_t memory_bytes = 0;
  /// The other nodes; without any, this one serves all shards.
  cluster_settings cluster;
  /// Called once, from any thread, with a sentence, when a shard cannot write
  /// any more: the process must stop and recover from the store.
  std::function<void(std::string)> failed;
};

/// A running node: acquires the shards of a store, starts their actors, stops
/// them in order. Drop all gateways before the node ends.
class node {
 public:
  /// Fails with a sentence when a shard cannot be acquired or the definitions
  /// cannot be read.
  static result<std::unique_ptr<node>>
  start(std::shared_ptr<storage::store> store,
        std::shared_ptr<tutti::clock> clock, node_options options);
  ~node(); ///< stops at once
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  std::vector<gateway_actor> gateways() const;
  /// Counters for operators. May outlive the node.
  std::shared_ptr<counters> metrics() const;

  /// May outlive the node, which is not healthy then.
  health_check health() const;

  /// The registered task definition of a name, or null. Callable from any
  /// thread, also after the node's end.
  std::function<task_def_pointer(std::string_view)> task_definitions() const;

  /// The nodes, their shards and the links to them, as JSON. Callable from any
  /// thread until the node ends.
  std::function<std::string()> cluster_status() const;
  /// Where it listens for other nodes; 0: it is alone.
  uint16_t cluster_port() const;

  /// Answers parked polls with nothing and parks no more.
  bool drain_polls(std::chrono::milliseconds within);
  /// Refuses requests, finishes running work, commits what was deferred. False:
  /// the time was not enough; acknowledged requests are not lost then either.
  bool drain(std::chrono::milliseconds within);

 private:
  struct impl;
  explicit node(std::unique_ptr<impl> x);
  std::unique_ptr<impl> impl_;
};

} // namespace tutti
