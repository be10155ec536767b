#include "actors/engine/features/slots.hpp"
#include "actors/engine/dry_run/virtual_node.hpp"

// The keeper of the slots of a rateLimitConfig, as the node's keepers do it.

namespace tutti::engine::rehearsal {

void world::keep_slots(const slot_request& x) {
  auto& group = slots_[{x.name, x.key}];
  tell_granted(x.what == slot_request::verb::ask
                   ? group.ask(++next_place_, x.workflow_id, x.round, x.limit)
                   : group.give_back(x.workflow_id, x.round));
}

void world::tell_granted(const slot_group::changes& all) {
  for (auto& x : all)
    if (x.tell)
      letters_.push_back(
          {x.now.workflow_id,
           {},
           workflow_command{command::slot_granted{x.now.round}}});
}

std::optional<failure> world::take_slot(workflow& head) {
  auto* limit = limit_of(head);
  if (!limit || limit->policy != rate_limit_policy::reject)
    return std::nullopt;
  auto key = rate_limit_key(head, ports_.env);
  slot_group::changes changes;
  if (!slots_[{head.definition->name, key}].try_ask(
          ++next_place_, head.workflow_id, 1, limit->concurrent_exec_limit,
          changes))
    return no_slot(head, key);
  hold_slot(head, std::move(key));
  return std::nullopt;
}

} // namespace tutti::engine::rehearsal
