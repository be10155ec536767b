#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <nlohmann/json_fwd.hpp>

namespace tutti::engine {

/// The input of a new row: its inputParameters with every expression resolved
/// against the execution, and, for the types that get it, the inputTemplate of
/// the task definition below it (engine.md §3.5).
payload resolve_input(const decision_builder& t, const workflow_task& task,
                      std::string_view task_id, bool with_template);

/// The same for what is placed: the input that is known already, or what is
/// laid over its own.
payload resolve_input(const decision_builder& t, const placement& where,
                      std::string_view task_id, bool with_template);

/// The stored input of a row as its execution sees it: with the secrets it
/// names.
payload execution_input(const decision_builder& t, const task& row);

/// Any value with expressions in it.
nlohmann::json resolve(const decision_builder& t, const nlohmann::json& value,
                       std::string_view task_id = {});

/// outputParameters of the workflow.
payload resolve_output(const decision_builder& t, const payload& parameters);

/// A value as it would stand inside a longer text: null -> "null", 5 -> "5".
std::string to_plain_text(const nlohmann::json& value);

} // namespace tutti::engine
