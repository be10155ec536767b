#pragma once

#include "actors/engine/dry_run/dry_run.hpp"
#include "actors/evaluators/evaluator_settings.hpp"
#include "actors/support/clock.hpp"
#include "messages/requests.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace tutti {

/// Settings of dry runs.
struct dry_run_pool_settings {
  size_t parallel = 2;      ///< that run at a time
  size_t waiting_max = 100; ///< that wait for a thread; more are refused
  std::chrono::milliseconds time_limit{10'000}; ///< of each, real time
  engine::dry_run::dry_run_bounds bounds;
  evaluators::evaluator_settings scripts;
};

/// What dry runs read of the node.
struct dry_run_pool_ports {
  std::function<std::shared_ptr<const definition_source>()> definitions;
  std::shared_ptr<const engine::environment> env;
  std::shared_ptr<const tutti::clock> clock;
  engine::limits limits;
  std::function<uint64_t()> seed;
};

/// Runs dry runs on threads of their own, each with script helpers of its own:
/// they compute for seconds at a stretch, which no actor's thread may. Threads
/// begin when there is work for them.
class dry_run_pool {
 public:
  dry_run_pool(dry_run_pool_settings settings, dry_run_pool_ports ports);
  ~dry_run_pool(); ///< stops

  /// Never blocks; the reply is called later, from any thread.
  void test(envelope<test_workflow> what);
  /// Refuses what waits, ends what runs, and what comes from now on.
  void stop();

 private:
  void work();
  result<document> run(const test_workflow& what,
                       engine::script_runner& scripts) const;
  /// Throws std::bad_alloc.
  result<document> run_within_memory(const test_workflow& what,
                                     engine::script_runner& scripts) const;

  const dry_run_pool_settings settings_;
  const dry_run_pool_ports ports_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<envelope<test_workflow>> waiting_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  std::atomic<bool> stopping_{false};
};

} // namespace tutti
