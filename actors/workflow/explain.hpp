#pragma once

#include "actors/engine/state/state.hpp"
#include "actors/workflow/shard_context.hpp"
#include "messages/requests.hpp"

namespace tutti {

/// The execution's own explanation (actors/engine/views/explain.hpp), completed
/// by what queues know of its waiting tasks, limiters of its slot, and children
/// of their status. Answers when all of them have.
void explain_with_others(const engine::state& execution,
                         const shard_context& context,
                         const envelope<explain_workflow>& what);

/// The same of an execution that crashed too often to be asked.
document explain_incident(const std::string& workflow_id,
                          const std::string& sentence);

} // namespace tutti
