#include "actors/engine/commands/attach.hpp"

#include "actors/engine/commands/handlers.hpp"

#include <algorithm>

namespace tutti::engine {

namespace attach_detail {

command::child_ended end_of(const workflow& head, const std::string& task_id) {
  command::child_ended end;
  end.task_id = task_id;
  end.child_id = head.workflow_id;
  end.status = head.status;
  end.output = head.output;
  end.reason = head.reason;
  end.child_name = head.definition->name;
  end.child_version = head.definition->version;
  return end;
}

void tell(decision_builder& t, const std::string& workflow_id,
          const std::string& task_id) {
  auto end = end_of(t.head(), task_id);
  // Many may follow one execution: each gets its own copy of the output.
  if (auto size = end.output.text().size(); size > t.room_in_commit()) {
    end.status = workflow_status::failed;
    end.reason = t.at_bound(bounds::commit, size, t.room_in_commit(),
                            "the output for one more follower");
    end.output = payload();
  }
  t.send({workflow_id, {}, workflow_command{std::move(end)}});
}

} // namespace attach_detail

void handle(decision_builder& t, const command::attach& c) {
  command::child_started started;
  started.task_id = c.task_id;
  started.child_id = t.head().workflow_id;
  started.instead_of = c.instead_of;
  t.send({c.workflow_id, {}, workflow_command{std::move(started)}});
  if (is_terminal(t.head().status))
    return attach_detail::tell(t, c.workflow_id, c.task_id);
  auto attached_tasks = t.head().attached_tasks;
  std::pair who(c.workflow_id, c.task_id);
  if (std::find(attached_tasks.begin(), attached_tasks.end(), who)
      != attached_tasks.end())
    return;
  attached_tasks.push_back(std::move(who));
  workflow_changed change;
  change.attached_tasks = std::move(attached_tasks);
  t.emit(std::move(change));
}

bool leave(decision_builder& t, const std::string& parent_task_id) {
  if (parent_task_id.empty() || parent_task_id == t.head().parent_task_id)
    return false;
  auto attached_tasks = t.head().attached_tasks;
  if (std::erase_if(attached_tasks,
                    [&](auto& x) { return x.second == parent_task_id; })
      == 0) {
    t.idle();
    return true;
  }
  workflow_changed change;
  change.attached_tasks = std::move(attached_tasks);
  t.emit(std::move(change));
  return true;
}

void tell_end(decision_builder& t) {
  auto& head = t.head();
  if (!head.parent_workflow_id.empty())
    attach_detail::tell(t, head.parent_workflow_id, head.parent_task_id);
  // They stay attached: an execution that is revived ends again.
  for (auto& [workflow_id, task_id] : head.attached_tasks)
    attach_detail::tell(t, workflow_id, task_id);
}

cause cause_of(const command::attach& c) {
  return {cause_kind::parent, c.workflow_id};
}

} // namespace tutti::engine
