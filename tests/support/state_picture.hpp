#pragma once

#include "actors/engine/state/state.hpp"

#include <string>

namespace tutti::test {

/// Everything that clients or the next decision can see of an execution, as
/// text: live, replayed and loaded states must agree in it. Without the
/// revision's number, which only a store gives.
std::string picture(const engine::state& s);

} // namespace tutti::test
