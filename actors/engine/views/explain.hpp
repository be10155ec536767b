#pragma once

#include "actors/engine/state/state.hpp"

#include <nlohmann/json_fwd.hpp>

namespace tutti::engine {

/// What an execution waits for, as far as it knows by itself:
///
///   {workflowId, status, waitsFor, text, openTasks, tasks: [...], timers,
///   next}
///
/// with a list entry per open task (at most `count_max`, first scheduled
/// first): {taskId, referenceTaskName, taskType, status, waitsFor, text, ...}.
/// `waitsFor` is one of QUEUE, DELAY, WORKER, TIMER, CHILD, MESSAGE, JOIN,
/// BODY, SYSTEM, OPERATOR, NOTHING, of the whole also TASKS and LIMIT (then
/// `slot` names the rateLimitKey). An entry that waits in a queue has `queue`,
/// one that waits for a child `subWorkflowId`: whoever asks may know more of
/// them.
nlohmann::json explain(const state& execution, int64_t now, size_t count_max);

} // namespace tutti::engine
