#pragma once

#include "tests/reference/execution.hpp"

namespace tutti::reference {

/// `${...}` in a template, for the subset that the generator writes: dotted
/// paths of names, whole or inside a text. `asks` is the row that is made: what
/// CPEWF_TASK_ID names, and inside of which loops names are read.
json substitute(const json& text, const execution& w,
                const row* asks = nullptr);

/// The value as Java prints it.
std::string java_text(const json& value);

} // namespace tutti::reference
