#pragma once

#include "actors/queue/parked_polls.hpp"
#include "actors/queue/queue_context.hpp"

#include <vector>

namespace tutti {

/// Asks the executions of popped tasks for them, on behalf of one poll, and
/// answers the poll when all have spoken. Tasks that are no longer waiting are
/// left out. The queue hears of it only when there is something left to do:
/// tasks to offer again, a poll that came away with nothing. What the limits
/// granted to a task that is not handed out is given back at once.
struct granted_task {
  waiting_task task;
  limit_verdict verdict;
};
void hand_out(const queue_context& where, queue_actor queue, parked_poll poll,
              std::vector<granted_task> tasks);

} // namespace tutti
