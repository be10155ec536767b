#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/features/caching.hpp"
#include "actors/engine/features/slots.hpp"

namespace tutti::engine {

void schedule_first(decision_builder& t) {
  auto& tasks = t.head().definition->tasks;
  if (waits_for_slot(t.head()))
    return;
  auto rows = decision_builder::row_index(t.execution().rows().size());
  if (!tasks.empty())
    t.schedule_next(&tasks.front(), {});
  if (t.ended())
    t.drop_rows_from(rows);
}

void handle(decision_builder& t, const command::start& c) {
  if (t.execution().exists())
    return t.idle();
  t.emit(workflow_created{c.head});
  bool kept = end_from_cache(t);
  if (!kept)
    ask_for_slot(t);
  auto tell = [&](const std::string& who, const std::string& task_id) {
    if (task_id.empty())
      return;
    command::child_started started{task_id, c.head.workflow_id, c.instead_of};
    t.send({who, {}, workflow_command{std::move(started)}});
  };
  tell(c.head.parent_workflow_id, c.head.parent_task_id);
  tell(c.starter_workflow_id, c.starter_task_id);
  if (kept)
    return t.run();
  if (c.head.definition->tasks.empty())
    t.end(
        {workflow_status::completed, "No tasks found to be executed", {}, {}});
  else
    schedule_first(t);
  t.run();
}

cause cause_of(const command::start& c) {
  if (c.head.parent_workflow_id.empty())
    return {cause_kind::client, "start", c.head.created_by};
  return {cause_kind::parent, c.head.parent_workflow_id};
}

bool calls_scripts(const state&, const command::start& c) {
  return compiled_definition::of(c.head.definition)->may_run_scripts();
}

} // namespace tutti::engine
