#pragma once

#include "actors/links.hpp"
#include "actors/queue/parked_polls.hpp"

#include <memory>
#include <vector>

namespace tutti {

/// Asks the executions of popped tasks for them, on behalf of one poll, and
/// answers the poll when all have spoken. Tasks that are no longer waiting are
/// left out. The queue hears of it only when there is something left to do:
/// tasks to offer again, a poll that came away with nothing.
void hand_out(const links& where, queue_actor queue, parked_poll poll,
              std::vector<waiting_task> tasks);

} // namespace tutti
