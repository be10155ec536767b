#pragma once

#include "actors/limits/task_limits.hpp"

#include <string>

namespace tutti {

/// No task may be handed out now.
bool exhausted(const limit_picture& x);

/// Writes the limits of one task definition as the JSON object that operators
/// see.
void write(std::string& out, const limit_picture& x, bool holds_up);

} // namespace tutti
