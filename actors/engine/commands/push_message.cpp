#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/features/inbox.hpp"
#include "messages/model/instants.hpp"

#include <nlohmann/json.hpp>

// The inbox of an execution (reference:pull-workflow-messages): first in, first
// out, bounded in number and age.

namespace tutti::engine {

void drop_expired_messages(decision_builder& t) {
  auto& inbox = t.head().inbox;
  auto before = t.now() - t.context().bounds.message_ttl_ms;
  int32_t old = 0;
  while (size_t(old) < inbox.size() && inbox[old].received_at <= before)
    ++old;
  if (old > 0)
    t.emit(inbox_changed{old, {}});
}

nlohmann::json to_json(const workflow_message& x,
                       const std::string& workflow_id) {
  return {{"id", x.id},
          {"workflowId", workflow_id},
          {"payload", x.content.json()},
          {"receivedAt", instant_text(x.received_at)}};
}

void handle(decision_builder& t, const command::push_message& c) {
  auto& rules = t.context().bounds;
  auto& id = t.head().workflow_id;
  if (!rules.messages_enabled)
    return t.refuse(errc::not_found,
                    "workflow message queues are switched off on this node");
  if (t.head().status != workflow_status::running)
    return t.refuse(errc::conflict, "workflow " + id + " is "
                                        + std::string(to_text(t.head().status))
                                        + " and takes no messages");
  // Expired messages are not removed here: a refusal must change nothing.
  auto& inbox = t.head().inbox;
  auto before = t.now() - rules.message_ttl_ms;
  if (inbox.size() >= rules.messages_max && inbox.front().received_at > before)
    return t.refuse(errc::too_many, "the message queue of workflow " + id
                                        + " is full: it holds "
                                        + std::to_string(rules.messages_max)
                                        + " messages");
  auto size = c.content.text().size();
  auto held = t.execution().inbox_bytes();
  auto refuse = [&](errc code, const bound& which, uint64_t value,
                    uint64_t limit, std::string what) {
    auto why = t.at_bound(which, value, limit, what + " of workflow " + id);
    t.refuse(code, std::move(why));
  };
  // A task that takes it has it in its output.
  if (auto most
      = rules.task_output_bytes_max - rules.task_output_bytes_max / 16;
      size > most)
    return refuse(errc::too_large, bounds::task_output, size, most,
                  "a message to a task");
  if (held + size > rules.inbox_bytes_max)
    return refuse(errc::too_many, bounds::inbox, held + size,
                  rules.inbox_bytes_max, "the message queue");
  if (auto all = t.execution().bytes() + size; all > rules.execution_bytes_max)
    return refuse(errc::too_many, bounds::execution, all,
                  rules.execution_bytes_max, "the data");
  drop_expired_messages(t);
  workflow_message message{t.context().ids.workflow_id(), c.content, t.now()};
  t.out().message_id = message.id;
  t.emit(inbox_changed{0, {std::move(message)}});
  if (auto& waits = t.execution().waiting_for(awaited::message); !waits.empty())
    t.execute_later(*waits.begin());
  t.run();
}

cause cause_of(const command::push_message&) {
  return {cause_kind::client, "message"};
}

} // namespace tutti::engine
