#pragma once

#include "actors/queue/parked_polls.hpp"
#include "actors/queue/queue_context.hpp"

#include <vector>

namespace tutti {

/// Asks the executions of popped tasks for them, for one poll, and answers the
/// poll when all have answered. Tasks that no longer wait are left out. The
/// queue hears about it only if something is left to do: tasks to offer again,
/// or a poll without a task. Slots and grants of tasks that are not handed out
/// are returned at once.
struct granted_task {
  waiting_task task;
  limit_verdict verdict;
};
void hand_out(const queue_context& where, queue_actor queue, parked_poll poll,
              std::vector<granted_task> tasks);

} // namespace tutti
