#pragma once

#include "messages/model/definition_source.hpp"
#include "messages/model/requests.hpp"
#include "messages/model/result.hpp"

namespace tutti::engine {

/// The failure for a workflow that is not registered.
failure no_such_workflow(std::string_view name, std::optional<int32_t> version);

/// The copy of a definition that an execution stores
/// (reference:task-definition#without-a-definition): every task contains its
/// task definition (its own, the registered or an ad-hoc one), and every
/// SUB_WORKFLOW without a version gets the latest. errc::not_found when such a
/// sub-workflow does not exist.
result<workflow_def_pointer> pin_definitions(const workflow_def& definition,
                                             const definition_source& source);

/// The same for the tasks inside of a dynamic branch; the branch's own task
/// definition stays.
result<done> pin_inside(workflow_task& task, const definition_source& source);

/// The head of a new execution, ready for `command::start`: input template
/// applied, variables, domains. errc::invalid for a null input without a path.
result<workflow> make_head(const start_workflow_request& request,
                           workflow_def_pointer pinned, std::string id,
                           int64_t now);

} // namespace tutti::engine
