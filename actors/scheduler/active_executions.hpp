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
struct resident {
  enum class phase : uint8_t {
    awake,  ///< messages are forwarded
    asking, ///< it was asked to sleep: messages wait for its answer
    gone,   ///< it crashed: messages wait until its commits have ended
  };
  using instant = std::chrono::steady_clock::time_point;

  std::string id;
  workflow_actor actor;
  std::shared_ptr<workflow_badge> badge;
  phase now = phase::awake;
  instant last_used;
  std::vector<held_message> held;
  /// Its place in the order of use.
  std::list<resident>::iterator place = {};
};

/// The executions of a shard that are in memory, longest idle first.
class residents {
 public:
  using instant = resident::instant;
  using list = std::list<resident>;

  resident* find(const std::string& id);
  /// The one whose id begins like this task's, or null.
  resident* find_by_task(std::string_view task_id);
  resident* find(const caf::actor_addr& address);
  resident& add(resident x);
  void used(resident& x, instant now);
  /// Takes it out and hands it over.
  resident remove(resident& x);

  /// Those that have been idle long enough, or are one too many.
  std::vector<resident*> sleepy(instant now, const execution_settings& by);

  size_t size() const { return by_prefix_.size(); }
  list& all() { return order_; }

 private:
  list order_;
  list::iterator place_of(std::string_view id);

  /// By the prefix that an execution shares with its tasks; views of the ids in
  /// `order_`.
  std::unordered_multimap<std::string_view, list::iterator> by_prefix_;
  std::unordered_map<caf::actor_addr, list::iterator> by_address_;
};

} // namespace tutti
