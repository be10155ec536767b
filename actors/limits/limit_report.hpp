#pragma once

#include "actors/limits/task_limits.hpp"

#include <string>

namespace tutti {

/// Nothing may be handed out at the moment.
bool exhausted(const limit_picture& x);

/// The JSON object that operators see of the limits of one task definition.
void write(std::string& out, const limit_picture& x, bool holds_up);

} // namespace tutti
