#include "actors/engine/decision/removal.hpp"

namespace tutti::engine {

std::vector<outbox_message> outbox_messages_of_removal(const state& x) {
  std::vector<outbox_message> out;
  auto& head = x.head();
  if (is_terminal(head.status))
    return out;
  auto tell = [&](const std::string& workflow_id, const std::string& task_id) {
    command::child_ended end;
    end.task_id = task_id;
    end.child_id = head.workflow_id;
    end.status = workflow_status::terminated;
    end.reason = "the execution was removed";
    end.child_name = head.definition->name;
    end.child_version = head.definition->version;
    out.push_back(
        {workflow_id, head.workflow_id, workflow_command{std::move(end)}});
  };
  if (!head.parent_task_id.empty())
    tell(head.parent_workflow_id, head.parent_task_id);
  for (auto& [workflow_id, task_id] : head.attached_tasks)
    tell(workflow_id, task_id);
  if (head.slot != slot_state::none) {
    slot_request back;
    back.what = slot_request::verb::give_back;
    back.name = head.definition->name;
    back.key = head.rate_limit_key;
    back.workflow_id = head.workflow_id;
    back.generation = head.slot_generation;
    auto to = slot_group_id(back.name, back.key);
    out.push_back({std::move(to), head.workflow_id, std::move(back)});
  }
  return out;
}

} // namespace tutti::engine
