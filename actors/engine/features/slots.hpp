#pragma once

#include "actors/engine/decision/decision_builder.hpp"
#include "messages/model/result.hpp"

namespace tutti::engine {

// rateLimitConfig of a workflow: at most `concurrentExecutionLimit` executions
// of one workflow name and key run at once. An execution asks the concurrency
// limiter for a slot whenever it begins to run, does nothing until it holds
// one, and returns it when it ends. Requests are outbox messages;
// `slot_generation` tells the answer to this request from one to an earlier
// request.

/// The limit of this execution, or null.
const rate_limit_config* limit_of(const workflow& head);
/// The rateLimitKey with its expressions resolved.
std::string rate_limit_key(const workflow& head, const environment& env);

// Policy REJECT: the slot is taken before the execution is created.

/// Marks the head as holding the slot of its first generation.
void hold_slot(workflow& head, std::string key);
/// The refusal of a start (errc::too_many).
failure no_slot(const workflow& head, const std::string& key);

/// Called when the execution begins to run, or to run again.
void ask_for_slot(decision_builder& t);
/// Called when the execution ended.
void give_back_slot(decision_builder& t);
/// Called when the execution holds a slot and runs: schedules the tasks that
/// were held back.
void release_held_tasks(decision_builder& t);

inline bool waits_for_slot(const workflow& head) {
  return head.slot == slot_state::waiting;
}

} // namespace tutti::engine
