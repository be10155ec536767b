#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <nlohmann/json_fwd.hpp>

namespace tutti::engine {

// All values that are resolved for one row together are held to the bound of a
// task's input (`decision_builder::begin_text`). Beyond it they are null or
// empty, and the row, when it is added, fails.

/// The input of a new row: inputParameters with every expression resolved.
/// `with_template`: the inputTemplate of the task definition fills in absent
/// keys (reference:task-definition#input-template).
payload resolve_input(const decision_builder& t, const workflow_task& task,
                      std::string_view task_id, bool with_template);

/// The same, but takes the placement's `input` as it is, and lays its `over` on
/// top.
payload resolve_input(const decision_builder& t, const placement& where,
                      std::string_view task_id, bool with_template);

/// The stored input of a row with its secrets resolved.
payload execution_input(const decision_builder& t, const task& row);

/// Resolves every expression in the value.
nlohmann::json resolve(const decision_builder& t, const nlohmann::json& value,
                       std::string_view task_id = {});

/// outputParameters of the workflow.
payload resolve_output(const decision_builder& t, const payload& parameters);

/// The value as part of a longer text: null -> "null", 5 -> "5".
std::string to_plain_text(const nlohmann::json& value);

} // namespace tutti::engine
