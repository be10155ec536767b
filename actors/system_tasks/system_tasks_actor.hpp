#pragma once

#include "actors/directory/actor_directory.hpp"
#include "actors/system_tasks/outbound/system_task.hpp"
#include "messages/interfaces.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace tutti {

struct system_task_settings {
  /// Tasks of one queue that are performed at a time.
  size_t concurrency = 256;
  size_t isolated_concurrency = 32; ///< the same for `TYPE@space-group`
  /// Serve only queues of this namespace; empty: all.
  std::string execution_name_space;
  bool isolated = true; ///< serve queues of isolation groups
  std::chrono::milliseconds poll{30'000};
  std::chrono::milliseconds poll_again{
      20}; ///< pause after a poll that got nothing
  /// Pause before an update that failed is repeated.
  std::chrono::milliseconds tell_again{500};
};

struct system_tasks_context {
  system_task_settings settings;
  std::shared_ptr<const actor_directory> directory;
  std::string worker_id = "tutti"; ///< `system_worker_id`
  std::vector<std::shared_ptr<system_task_worker>> workers;
};

using system_tasks_context_pointer
    = std::shared_ptr<const system_tasks_context>;

/// The worker for a queue's type; null: none.
std::shared_ptr<system_task_worker>
worker_for(const system_tasks_context& context, std::string_view queue);

/// Serves the queues of system tasks: one long poll per queue for as many tasks
/// as it has room for, and one update per outcome.
struct system_tasks_state {
  static constexpr const char* name = "system_tasks";

  explicit system_tasks_state(system_tasks_actor::pointer self) : self(self) {}

  void appear(const std::string& queue);
  void begin(system_tasks_polled& x);
  void end(const system_task_ended& x);
  void told(const system_task_told& x);
  void stop(drain& x);

  system_tasks_actor::pointer self;
  system_tasks_context_pointer context;

 private:
  struct served_queue {
    std::shared_ptr<system_task_worker> worker;
    size_t room = 0;
    bool polling = false;
  };
  void poll(const std::string& queue, served_queue& x);
  void perform(const std::string& queue, const std::string& text);
  void tell(const std::string& queue,
            const std::shared_ptr<const task_result>& outcome);
  void finish_drain();

  std::map<std::string, served_queue> queues_;
  /// Tasks that were begun and whose outcome is not durable yet.
  std::unordered_set<std::string> under_way_;
  bool draining_ = false;
  std::vector<reply<done>> drained_;
};

system_tasks_actor::behavior_type
system_tasks(system_tasks_actor::stateful_pointer<system_tasks_state> self,
             system_tasks_context_pointer context);

} // namespace tutti
