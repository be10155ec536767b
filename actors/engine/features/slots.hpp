#pragma once

#include "actors/engine/decision/decision_builder.hpp"
#include "messages/model/result.hpp"

namespace tutti::engine {

// rateLimitConfig of a workflow: so many executions of its name with the same
// key run at once. An execution asks the keeper of the key for a slot whenever
// it begins to run, does nothing before it holds one, and gives it back when
// it ends. Requests are outbox messages; `slot_generation` tells an answer to
// an earlier one from the answer to this one.

/// The limit that concerns this execution; null: none.
const rate_limit_config* limit_of(const workflow& head);
/// The evaluated rateLimitKey.
std::string rate_limit_key(const workflow& head, const environment& env);

// Policy REJECT: the slot is taken before the execution exists.

/// The head of an execution that has taken the slot of its first round.
void hold_slot(workflow& head, std::string key);
/// Why it may not begin (errc::too_many).
failure no_slot(const workflow& head, const std::string& key);

/// The execution begins to run, or to run again.
void ask_for_slot(decision_builder& t);
/// It ended.
void give_back_slot(decision_builder& t);
/// It has a slot and runs: what was held back goes to work.
void release_held_tasks(decision_builder& t);

inline bool waits_for_slot(const workflow& head) {
  return head.slot == slot_state::waiting;
}

} // namespace tutti::engine
