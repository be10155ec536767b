#include "actors/engine/compiled_definition.hpp"
#include "actors/engine/tasks/kinds.hpp"

namespace tutti::engine {

void schedule_branch(turn& t, const std::vector<workflow_task>& branch,
                     int32_t iteration) {
  if (!branch.empty() && !t.ended())
    t.schedule_next(&branch.front(), iteration);
}

const workflow_task* join_after(const turn& t, const workflow_task& fork) {
  auto* next = t.execution().definition().successor(fork.reference_name);
  return next && next->type == "JOIN" ? next : nullptr;
}

} // namespace tutti::engine
