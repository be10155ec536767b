#pragma once

#include "actors/cluster/peers.hpp"
#include "actors/feed/execution_counter.hpp"
#include "actors/feed/follower_actor.hpp"
#include "actors/metadata/definition_copies.hpp"
#include "actors/metadata/metadata_actor.hpp"
#include "actors/node/node.hpp"
#include "actors/node/node_watch.hpp"
#include "actors/node/peer_requests.hpp"
#include "actors/node/random_ids.hpp"
#include "actors/node/running_executions.hpp"
#include "actors/output_cache/output_cache_actor.hpp"
#include "actors/queue/polls_elsewhere.hpp"
#include "actors/scripts/script_pool.hpp"
#include "actors/search/index_keeper.hpp"
#include "actors/search/search_service.hpp"
#include "messages/model/deciding_thread.hpp"
#include "messages/register.hpp"
#include "storage/reader_pool.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/thread_hook.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <thread>

namespace tutti {

// Private to this folder.

namespace node_detail {

inline size_t or_half_the_cores(size_t x) {
  return x > 0 ? x : std::max(1u, std::thread::hardware_concurrency() / 2);
}

// Two at least: a long step of one execution must not hold up all others. What
// that costs on a small machine is in tests/bench/README.md.
inline size_t or_all_cores(size_t x) {
  return x > 0 ? x : std::max(2u, std::thread::hardware_concurrency());
}

/// Marks CAF's workers as deciding threads.
class mark_threads final : public caf::thread_hook {
 public:
  void init(caf::actor_system&) override {}
  void thread_started() override { deciding_thread::mark_for_ever(); }
  void thread_terminates() override {}
};

struct system_config : caf::actor_system_config {
  static constexpr size_t messages_per_turn = 32;

  explicit system_config(size_t workers) {
    register_messages(*this);
    add_thread_hook<mark_threads>();
    set("scheduler.policy", caf::atom_from_string("sharing"));
    set("scheduler.max-threads", workers);
    // Without it an actor keeps its thread until its mailbox is empty.
    set("scheduler.max-throughput", messages_per_turn);
  }
};

/// Reports the first failure; others follow from it.
class failure_notifier {
 public:
  explicit failure_notifier(std::function<void(std::string)> told)
      : told_(std::move(told)) {}

  /// Empty while all shards write.
  std::string why() const {
    std::lock_guard guard{mutex_};
    return why_;
  }

  void shard_failed(const std::string& why) {
    if (notified_.exchange(true))
      return;
    auto sentence = why
                    + ". The node takes no more requests that change "
                      "anything; it recovers from what is stored when it is "
                      "started again";
    {
      std::lock_guard guard{mutex_};
      why_ = why;
    }
    spdlog::critical("{}", sentence);
    if (told_)
      told_(std::move(sentence));
  }

 private:
  std::function<void(std::string)> told_;
  std::atomic<bool> notified_{false};
  mutable std::mutex mutex_;
  std::string why_;
};

} // namespace node_detail

struct node::impl {
  impl(std::shared_ptr<storage::store> store,
       std::shared_ptr<tutti::clock> clock, node_options options)
      : store(std::move(store)), clock(std::move(clock)),
        options(std::move(options)),
        config(node_detail::or_all_cores(this->options.workers)),
        system(config) {}

  std::optional<failure> open();
  std::optional<failure> restore_time();
  shard_context_pointer context_of(uint32_t shard) const;
  void stop();

  // Creates the actors (node_assembly.cpp).

  // The other nodes (node_cluster.cpp). This node has rows of its own in every
  // shard of its store: what it knows for itself is in `definitions_shard`.

  /// Before any actor is there: it may fail.
  std::optional<failure> prepare_cluster();
  void join_cluster();
  void begin_cluster();
  void leave_cluster();
  bool serves(uint32_t shard) const {
    return owners.shards() == 0
           || owners.owner(shard) == options.cluster.link.node;
  }
  bool is_alone() const { return owners.shards() == 0; }

  void spawn(std::vector<uint64_t> acquired, std::vector<std::string> waiting);
  void spawn_shards();
  schedules_actor spawn_schedules(const shard_context_pointer& context);
  void spawn_system_tasks();
  /// `waiting`: names of queues with tasks.
  void spawn_queues(const std::vector<std::string>& waiting);
  void spawn_metadata();
  void spawn_outputs();
  void spawn_event_janitor();
  void spawn_waits();
  void spawn_gateways();
  gateway_context_pointer make_gateway_context() const;
  void spawn_jobs();
  void spawn_retention();
  void spawn_followers();
  void spawn_follower(std::shared_ptr<feed_consumer> consumer,
                      std::vector<storage::follower_mark> marks,
                      follower_settings how);
  void spawn_search();
  /// The directory is filled: actors with work of their own begin.
  void wake(const std::vector<std::string>& waiting_queues);
  void give_up_orphaned_leases();
  void begin_watch();
  std::vector<node_health::part> health_parts();
  std::vector<std::string> health_notes() const;
  /// The time goes on from here after a restart, whatever the host's clock says
  /// then.
  void keep_time();

  std::shared_ptr<storage::store> store;
  std::shared_ptr<tutti::clock> clock;
  node_options options;

  std::vector<uint64_t> epochs, next_outbox_numbers; ///< by shard
  std::shared_ptr<storage::reader_pool> readers;
  std::shared_ptr<work_pool> aside;
  std::shared_ptr<const queue_rows> rows;
  shard_map owners; ///< of no shards: this node serves all
  std::vector<shard_actors> shards;
  node_actors services;
  std::shared_ptr<actor_directory> directory
      = std::make_shared<actor_directory>();
  std::shared_ptr<published_definitions> published
      = std::make_shared<published_definitions>();
  std::shared_ptr<random_ids> ids = std::make_shared<random_ids>();
  std::shared_ptr<node_detail::failure_notifier> notifier;
  std::shared_ptr<poll_registry> polls;
  std::shared_ptr<output_cache> outputs;
  std::shared_ptr<task_limits> limits;
  std::shared_ptr<counters> metrics
      = std::make_shared<counters>(options.metric_series_max);
  std::shared_ptr<const node_environment> environment;
  std::shared_ptr<event_queue_registry> events;
  std::shared_ptr<tutti::sink_figures> sink_figures
      = std::make_shared<tutti::sink_figures>();
  std::shared_ptr<tutti::schedule_figures> schedule_figures
      = std::make_shared<tutti::schedule_figures>();
  std::shared_ptr<feed_retention> retention;
  std::shared_ptr<execution_counter> counter;
  std::vector<storage::follower_mark> counter_marks; ///< by shard, at the start
  std::shared_ptr<index_keeper> keeper;     ///< null: there is no index
  std::shared_ptr<search_service> searches; ///< the same
  std::vector<std::shared_ptr<system_task_worker>> workers;

  node_detail::system_config config;
  caf::actor_system system;
  script_pool_pointer scripts;
  std::shared_ptr<tutti::dry_run_pool> dry_runs;
  metadata_actor metadata;
  gateway_context_pointer requests;
  std::vector<gateway_actor> gateways;
  std::vector<feed_follower_actor> feed_followers;
  std::shared_ptr<memory_budget> memory;
  std::shared_ptr<node_health> health;
  std::atomic<uint64_t> commits_at_last_keeping{0};
  std::shared_ptr<running_executions> running; ///< null: there is no index
  std::unique_ptr<node_watch> watch;
  std::shared_ptr<tutti::peers> others; ///< null: it is alone
  std::shared_ptr<polls_elsewhere> elsewhere;
  std::shared_ptr<definition_spread> spread;
  std::shared_ptr<definition_copy> copy;
  std::shared_ptr<peer_requests> served; ///< what other nodes ask
  bool stopped = false;
};

} // namespace tutti
