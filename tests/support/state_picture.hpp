#pragma once

#include "actors/engine/state/state.hpp"

#include <string>

namespace tutti::test {

/// Everything a client or the next decision could see of an execution: in this
/// its states must agree, be they live, replayed or loaded from a snapshot.
/// Without the number of the revision, which only a store gives.
std::string picture(const engine::state& s);

} // namespace tutti::test
