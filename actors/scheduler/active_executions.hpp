#pragma once

#include "actors/workflow/workflow_actor.hpp"

#include <caf/actor_addr.hpp>

#include <chrono>
#include <list>
#include <string_view>
#include <unordered_map>
#include <variant>

namespace tutti {

/// An execution in memory.
struct active_execution {
  enum class phase : uint8_t {
    awake,  ///< messages are forwarded
    asking, ///< asked to sleep: messages wait for its answer
    gone,   ///< crashed: messages wait until its commits have ended
  };
  using instant = std::chrono::steady_clock::time_point;

  std::string id;
  workflow_actor actor;
  std::shared_ptr<workflow_shared_status> shared_status;
  phase now = phase::awake;
  instant last_used;
  std::vector<held_message> held;
  /// Its element in `order_`.
  std::list<active_execution>::iterator order = {};
};

/// The executions of a shard that are in memory, longest idle first.
class active_executions {
 public:
  using instant = active_execution::instant;
  using list = std::list<active_execution>;

  active_execution* find(const std::string& id);
  /// The execution whose id begins like this task id, or null.
  active_execution* find_by_task(std::string_view task_id);
  active_execution* find(const caf::actor_addr& address);
  active_execution& add(active_execution x);
  void used(active_execution& x, instant now);
  /// Removes it and returns it.
  active_execution remove(active_execution& x);

  /// Executions that were idle for long enough, or exceed `active_max`.
  std::vector<active_execution*>
  eviction_candidates(instant now, const execution_settings& by);

  size_t size() const { return by_prefix_.size(); }
  list& all() { return order_; }

 private:
  list order_;
  list::iterator order_of(std::string_view id);

  /// By the prefix that an execution's id shares with its tasks' ids; the keys
  /// are views of ids in `order_`.
  std::unordered_multimap<std::string_view, list::iterator> by_prefix_;
  std::unordered_map<caf::actor_addr, list::iterator> by_address_;
};

} // namespace tutti
