#pragma once

#include "actors/engine/state/state.hpp"
#include "messages/model/commands.hpp"

#include <vector>

namespace tutti::engine {

/// The outbox messages of an execution that is about to be removed: to its
/// parent and the followers that wait for its end, and to the limiter of its
/// slot.
std::vector<outbox_message> outbox_messages_of_removal(const state& x);

} // namespace tutti::engine
