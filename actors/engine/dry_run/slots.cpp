#include "actors/engine/features/slots.hpp"
#include "actors/engine/dry_run/virtual_node.hpp"

// The slots of a rateLimitConfig, like the node's concurrency limiter.

namespace tutti::engine::dry_run {

void virtual_node::keep_slots(const slot_request& x) {
  auto& group = slots_[{x.name, x.key}];
  tell_granted(
      x.what == slot_request::verb::ask
          ? group.ask(++next_claim_, x.workflow_id, x.generation, x.limit)
          : group.give_back(x.workflow_id, x.generation));
}

void virtual_node::tell_granted(const slot_group::changes& all) {
  for (auto& x : all)
    if (x.tell)
      outbox_messages_.push_back(
          {x.now.workflow_id,
           {},
           workflow_command{command::slot_granted{x.now.generation}}});
}

std::optional<failure> virtual_node::take_slot(workflow& head) {
  auto* limit = limit_of(head);
  if (!limit || limit->policy != rate_limit_policy::reject)
    return std::nullopt;
  auto key = rate_limit_key(head, ports_.env);
  slot_group::changes changes;
  if (!slots_[{head.definition->name, key}].try_ask(
          ++next_claim_, head.workflow_id, 1, limit->concurrent_exec_limit,
          changes))
    return no_slot(head, key);
  hold_slot(head, std::move(key));
  return std::nullopt;
}

} // namespace tutti::engine::dry_run
