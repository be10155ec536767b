#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/definition/compiled_definition.hpp"

namespace tutti::engine {

void handle(decision_builder& t, const command::skip_task& c) {
  if (t.head().status != workflow_status::running)
    return t.refuse(errc::illegal_state,
                    "The workflow is not running so its task "
                        + c.reference_name + " cannot be skipped");
  auto definition = t.execution().definition().find(c.reference_name);
  if (!definition || definition->reference_name != c.reference_name)
    return t.refuse(errc::illegal_state,
                    "The task reference name " + c.reference_name
                        + " does not exist in the workflow definition");
  if (t.execution().latest(c.reference_name))
    return t.refuse(errc::illegal_state,
                    "The task referenced " + c.reference_name
                        + " has already been processed, cannot be skipped");
  auto row = t.new_row({definition, {}, {}, {}, {}}, definition->name);
  row.reference_name = c.reference_name;
  row.seq = 0;
  row.status = task_status::skipped;
  row.end_time = t.now();
  if (c.request.task_input)
    row.input = *c.request.task_input;
  if (c.request.task_output)
    row.output = *c.request.task_output;
  t.add(std::move(row));
  t.run();
}

cause cause_of(const command::skip_task&) {
  return {cause_kind::operator_, "skip"};
}

} // namespace tutti::engine
