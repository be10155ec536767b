#pragma once

#include "actors/feed/execution_counter.hpp"
#include "actors/feed/feed_retention.hpp"
#include "actors/jobs/jobs_context.hpp"
#include "actors/schedules/schedules_context.hpp"
#include "actors/workflow/shard_context.hpp"
#include "storage/memory/memory_store.hpp"
#include "tests/support/readers_by_hand.hpp"
#include "tests/support/seeded_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace tutti::test {

/// Definitions that a test has registered.
class definition_table final : public definition_source {
 public:
  void define(std::string_view workflow_json);
  /// No retries; `changes` is a JSON object laid over that.
  void define_task(const std::string& name, std::string_view changes = "{}");

  workflow_def_pointer
  find_workflow(std::string_view name,
                std::optional<int32_t> version) const override;
  task_def_pointer find_task(std::string_view name) const override;

 private:
  std::map<std::string, std::map<int32_t, workflow_def_pointer>, std::less<>>
      workflows_;
  std::map<std::string, task_def_pointer, std::less<>> tasks_;
};

/// What the queues were told, without what real ones do about it.
struct offered_tasks {
  std::map<std::string, waiting_task> rows; ///< by task id
  size_t offers = 0, withdrawals = 0;
};

/// An answer that comes, or does not.
struct asked {
  std::shared_ptr<std::optional<result<answer>>> cell
      = std::make_shared<std::optional<result<answer>>>();

  /// Texts are kept as such, the rest as nothing but success.
  template <class T = answer>
  reply<T> slot() const {
    return reply<T>([cell = cell](result<T> x) {
      if (!x)
        *cell = std::move(x).failure();
      else if constexpr (std::is_same_v<T, answer>)
        *cell = std::move(*x);
      else if constexpr (std::is_same_v<T, document>)
        *cell = answer{std::move(x->text), {}, {}};
      else
        *cell = answer{};
    });
  }
  /// The request on its way here.
  template <is_request Request>
  envelope<Request> of(Request what) const {
    return {std::move(what), {}, slot<typename Request::response>()};
  }
  bool answered() const { return cell->has_value(); }
  bool good() const { return answered() && bool(**cell); }
  const answer& value() const { return ***cell; }
  const failure& why() const { return (*cell)->failure(); }
};

/// The actors of some shards over a store in memory, on one thread and with a
/// clock of its own: nothing happens unless `run` or `advance` is called.
/// Queues are played by the test.
class actor_world {
 public:
  struct options {
    uint32_t shards = 2;
    storage::memory_store::writes writes
        = storage::memory_store::writes::at_once;
    uint64_t seed = 1;
    execution_settings settings = {};
    schedule_settings schedules = {};
    engine::limits bounds = {};
    /// The follower `counts` runs beside them.
    bool follows_feed = false;
    enum class reading : uint8_t {
      when_idle, ///< when there is no message left
      by_hand,   ///< the test runs `readers`
      shuffled,  ///< between any two messages, in any order, from the seed
    };
    reading reads = reading::when_idle;
    /// Other systems; null: there are none.
    std::shared_ptr<message_sinks> sinks = nullptr;
    /// The store refuses larger commits.
    size_t commit_bytes_max = storage::default_commit_bytes_max;
    job_settings jobs = {};
  };

  actor_world() : actor_world(options{}) {}
  explicit actor_world(options how);
  ~actor_world();

  void run();
  /// At most `n` messages.
  void run_some(size_t n);
  void advance(std::chrono::milliseconds by);
  int64_t now_ms() const { return clock->now_ms(); }

  asked call(const std::string& id, workflow_command what);
  asked call_answering_execution(const std::string& id, workflow_command what);
  asked read(const std::string& id, read_execution what = {});
  asked remove(const std::string& id, bool archive);
  execution_list list(list_executions what); ///< of all shards
  asked log(const std::string& task_id, std::string line);
  asked deliver(outbox_message what);

  /// Creates a job over the executions that `job_filter` lets pass.
  std::pair<std::string, asked> create_job(job_order what);
  asked control(const std::string& job, control_job::verb what);
  nlohmann::json job(const std::string& id); ///< runs until quiet
  nlohmann::json job_errors(const std::string& id);

  /// Sends the start; the id and the answer.
  std::pair<std::string, asked> try_start(std::string_view name,
                                          std::string_view input = "{}");
  // The shorthands below run until quiet and require success.
  std::string start(std::string_view name, std::string_view input = "{}");
  nlohmann::json execution(const std::string& id);
  nlohmann::json explain(const std::string& id);
  std::string status(const std::string& id);
  /// Status of the latest row of that reference.
  std::string status(const std::string& id, std::string_view reference);
  /// Hands out the first offered task of the queue, oldest first; its JSON,
  /// null when there is none.
  nlohmann::json poll(const std::string& queue);
  asked update(const nlohmann::json& task, task_status status,
               std::string_view output = "{}");
  /// Polls and completes.
  void complete(const std::string& queue, std::string_view output = "{}");

  /// All actors end; new ones start on what is stored. The queues are told
  /// nothing: the test reads their rows from the store.
  void restart();
  /// The same for a process that dies: the first `written` of the commits that
  /// were handed in have reached the disk.
  void crash(size_t written);

  /// Rows of a key kind, over all shards.
  size_t count_rows(std::string_view prefix) const;
  shard_context& context_of(const std::string& id);
  const scheduler_actor& scheduler_of(const std::string& id) const;

  definition_table definitions;
  std::shared_ptr<storage::memory_store> store;
  std::shared_ptr<readers_by_hand> readers;
  /// Of a thousand shuffled reads so many are refused.
  int refused_reads = 0;
  std::shared_ptr<tutti::clock> clock;
  std::shared_ptr<offered_tasks> offered;
  std::shared_ptr<actor_directory> directory;
  std::vector<shard_actors> shards;
  node_actors services;
  std::vector<shard_context_pointer> contexts;
  std::shared_ptr<tutti::sink_figures> sink_figures
      = std::make_shared<tutti::sink_figures>();
  /// What the jobs' search finds; all executions without it.
  std::function<bool(const execution_summary&)> job_filter;
  std::shared_ptr<job_figures> jobs_figures;
  std::shared_ptr<tutti::schedule_figures> schedule_figures
      = std::make_shared<tutti::schedule_figures>();
  /// Null unless `follows_feed`.
  std::shared_ptr<execution_counter> feed_counter;
  std::shared_ptr<feed_retention> feed_retained;
  /// Given to the contexts of the next incarnation as well.
  std::function<void(std::string_view)> before_decision;

 private:
  struct config : caf::actor_system_config {
    config();
  };
  void spawn();
  void spawn_follower();
  std::shared_ptr<jobs_context> make_jobs_context();
  find_executions search_of_jobs();
  schedules_actor spawn_schedules(const shard_context_pointer& of);
  void stop();
  /// One message or one read; false when there is nothing to do.
  bool step();
  bool read_one();

  options options_;
  std::mt19937_64 reads_random_;
  config config_;
  std::shared_ptr<engine::id_source> ids_;

 public:
  caf::actor_system system;

 private:
  feed_follower_actor follower_;
  caf::scheduler::test_coordinator& scheduler_;
};

/// Contradictions between executions and the rows derived from them; none in a
/// store that is as it should be, at any moment.
std::vector<std::string>
contradictions(const std::shared_ptr<storage::store>& store);

/// Rebuilt from all revisions; from the snapshot where there is one.
engine::state replayed(const std::shared_ptr<storage::store>& store,
                       const std::string& id);
engine::state loaded(const std::shared_ptr<storage::store>& store,
                     const std::string& id);

} // namespace tutti::test
