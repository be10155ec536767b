#include "actors/engine/commands/handlers.hpp"

namespace tutti::engine {

void schedule_first(turn& t) {
  auto& tasks = t.head().definition->tasks;
  if (!tasks.empty())
    t.schedule_next(&tasks.front(), {});
}

void handle(turn& t, const command::start& c) {
  if (t.execution().exists())
    return t.idle();
  t.emit(workflow_created{c.head});
  if (!c.head.parent_task_id.empty()) {
    command::child_started started;
    started.task_id = c.head.parent_task_id;
    started.child_id = c.head.workflow_id;
    t.send(
        {c.head.parent_workflow_id, {}, workflow_command{std::move(started)}});
  }
  if (c.head.definition->tasks.empty())
    t.end(
        {workflow_status::completed, "No tasks found to be executed", {}, {}});
  else
    schedule_first(t);
  t.run();
}

} // namespace tutti::engine
