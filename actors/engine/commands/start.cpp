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
  auto tell = [&](const std::string& who, const std::string& task_id) {
    if (!task_id.empty())
      t.send({who,
              {},
              workflow_command{
                  command::child_started{task_id, c.head.workflow_id}}});
  };
  tell(c.head.parent_workflow_id, c.head.parent_task_id);
  tell(c.starter_workflow_id, c.starter_task_id);
  if (c.head.definition->tasks.empty())
    t.end(
        {workflow_status::completed, "No tasks found to be executed", {}, {}});
  else
    schedule_first(t);
  t.run();
}

} // namespace tutti::engine
