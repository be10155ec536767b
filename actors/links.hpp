#pragma once

#include "messages/interfaces.hpp"

#include <vector>

namespace tutti {

/// Who serves what on this node. Filled before the first request and not
/// changed afterwards; indexes are shard numbers.
struct links {
  std::vector<scheduler_actor> schedulers;
  std::vector<timer_actor> timers;
  std::vector<courier_actor> couriers;
  queues_actor queues;
  system_tasks_actor system_tasks; ///< null: this node serves none
  outputs_actor outputs;
  event_janitor_actor event_janitor; ///< null: messages have any age
  /// By the shard of `slot_group_id`.
  std::vector<slots_actor> slots;
};

} // namespace tutti
