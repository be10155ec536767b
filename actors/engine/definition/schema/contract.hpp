#pragma once

#include "messages/model/definition_source.hpp"

#include <optional>
#include <string>

namespace tutti::engine {

class step_budget;

// inputSchema, outputSchema, inputKeys and outputKeys, where enforceSchema is
// on. Each check answers a sentence about the misfit, or nullopt. `steps`, if
// given, pays for it.

std::optional<std::string> input_misfit(const workflow_def& def,
                                        const payload& input,
                                        step_budget* steps = nullptr);
std::optional<std::string> output_misfit(const workflow_def& def,
                                         const payload& output,
                                         step_budget* steps = nullptr);
/// For a task definition. A schema that was not embedded when the workflow
/// started (DYNAMIC) is looked up in the source.
std::optional<std::string> input_misfit(const task_def& def,
                                        const payload& input,
                                        const definition_source& schemas,
                                        step_budget* steps = nullptr);
std::optional<std::string> output_misfit(const task_def& def,
                                         const payload& output,
                                         const definition_source& schemas,
                                         step_budget* steps = nullptr);

/// Why a schema cannot be enforced, for registration. A schema that only names
/// another passes: that may be registered later.
std::optional<std::string> unusable(const schema_def& x);

/// Copies registered schemas into the definition, as task definitions are.
void embed_schemas(workflow_def& def, const definition_source& from);
/// Null when the definition names no registered schema.
task_def_pointer with_schemas(const task_def& def,
                              const definition_source& from);

} // namespace tutti::engine
