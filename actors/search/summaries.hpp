#pragma once

#include "actors/engine/state/state.hpp"

#include <string>

namespace tutti {

/// reference:search#workflow-summary, with maskedFields covered.
void write_summary(std::string& out, const engine::state& x);

/// reference:search#task-summary
void write_summary(std::string& out, const engine::state& x, const task& row);

} // namespace tutti
