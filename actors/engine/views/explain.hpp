#pragma once

#include "actors/engine/state/state.hpp"

#include <nlohmann/json_fwd.hpp>

namespace tutti::engine {

/// What an execution waits for, as far as its own state shows:
///
///   {workflowId, status, waitsFor, text, openTasks, tasks: [...], timers,
///   next}
///
/// with a list entry per open task (at most `count_max`, first scheduled
/// first): {taskId, referenceTaskName, taskType, status, waitsFor, text, ...}.
/// `waitsFor` is one of QUEUE, DELAY, WORKER, TIMER, CHILD, MESSAGE, JOIN,
/// BODY, SYSTEM, OPERATOR, NOTHING; for the execution also TASKS and LIMIT
/// (then `slot` names the rateLimitKey). An entry that waits in a queue has
/// `queue`, one that waits for a child `subWorkflowId`, so that the caller can
/// ask these for more.
nlohmann::json explain(const state& execution, int64_t now, size_t count_max);

// For `task_kind::explain`, which fills the entry of an open row.

/// What it waits for, and that in a sentence whose subject is the task.
void say(nlohmann::json& out, const char* waits_for, std::string text);
/// Somebody has to update it.
void say_update_awaited(nlohmann::json& out);
/// The tasks inside it have to end.
void say_body_awaited(nlohmann::json& out, const task& row);
/// The references have to end that an open row joins.
void say_join(nlohmann::json& out, const state& execution, const task& row);
/// "2026-01-31T08:00:00.000Z"
std::string at_time(int64_t epoch_ms);
std::string in_quotes(const std::string& x);

} // namespace tutti::engine
