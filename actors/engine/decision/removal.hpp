#pragma once

#include "actors/engine/state/state.hpp"
#include "messages/model/commands.hpp"

#include <vector>

namespace tutti::engine {

/// What an execution that is about to be removed tells the others: its parent
/// and followers that wait for its end, the keeper of its slot.
std::vector<outbox_message> outbox_messages_of_removal(const state& x);

} // namespace tutti::engine
