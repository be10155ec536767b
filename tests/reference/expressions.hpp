#pragma once

#include "tests/reference/execution.hpp"

namespace tutti::reference {

/// `${...}` in a template, for the subset that the generator writes: dotted
/// paths of names, whole or inside a text. `task_id` stands for CPEWF_TASK_ID.
json substitute(const json& text, const execution& w,
                const std::string& task_id = {});

/// As Java would print it.
std::string java_text(const json& value);

} // namespace tutti::reference
