#pragma once

#include "messages/model/definition_source.hpp"

#include <optional>
#include <string>

namespace tutti::engine {

// inputSchema, outputSchema, inputKeys and outputKeys, where enforceSchema says
// that they count. Each check answers what is wrong, or nothing.

std::optional<std::string> input_misfit(const workflow_def& def,
                                        const payload& input);
std::optional<std::string> output_misfit(const workflow_def& def,
                                         const payload& output);
/// Of a task definition; a schema that was not embedded when the workflow
/// started (DYNAMIC) is looked up.
std::optional<std::string> input_misfit(const task_def& def,
                                        const payload& input,
                                        const definition_source& schemas);
std::optional<std::string> output_misfit(const task_def& def,
                                         const payload& output,
                                         const definition_source& schemas);

/// Why a schema cannot be enforced, at registration. One that only names
/// another may be registered later.
std::optional<std::string> unusable(const schema_def& x);

/// The data of registered schemas, embedded like task definitions are.
void embed_schemas(workflow_def& def, const definition_source& from);
/// Null when there is nothing to embed.
task_def_pointer with_schemas(const task_def& def,
                              const definition_source& from);

} // namespace tutti::engine
