#include "messages/wire/outbox_message_form.hpp"

#include "messages/wire/command_forms.hpp"

namespace tutti::wire {

namespace outbox_message_form_detail {

struct command_writer : shared_command_writer<record::OutboxMessage> {
  using shared_command_writer<record::OutboxMessage>::operator();

  bool operator()(const command::restart& x) const {
    return out.mutable_restart() && !x.definition;
  }
  bool operator()(const command::start&) const { return false; }
  bool operator()(const command::update_task&) const { return false; }
  bool operator()(const command::update_by_reference&) const { return false; }
  bool operator()(const command::hand_out&) const { return false; }
  bool operator()(const command::leave_queue&) const { return false; }
  bool operator()(const command::queue_again&) const { return false; }
  bool operator()(const command::worker_lost&) const { return false; }
  bool operator()(const command::timer_fired&) const { return false; }
  bool operator()(const command::skip_task&) const { return false; }
  bool operator()(const command::push_message&) const { return false; }
};

} // namespace outbox_message_form_detail

template <class Io>
bool form(Io io, record::StartOther& m, subject<Io, start_other>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(name)
         && TUTTI_OPTIONAL_AS(workflow_version, x.version)
         && TUTTI_FIELD(definition) && TUTTI_FIELD(input)
         && TUTTI_PAIRS(task_to_domain) && TUTTI_FIELD(correlation_id)
         && TUTTI_FIELD(priority) && TUTTI_FIELD(idempotency_key)
         && TUTTI_OPTIONAL(idempotency_strategy)
         && TUTTI_FIELD(parent_workflow_id) && TUTTI_FIELD(parent_task_id)
         && TUTTI_FIELD(detached) && TUTTI_FIELD(external_input_path)
         && TUTTI_FIELD(depth) && TUTTI_FIELD(family);
}

template <class Io>
bool form(Io io, record::ExternalMessage& m, subject<Io, external_message>& x) {
  return TUTTI_FIELD(provider) && TUTTI_FIELD(queue) && TUTTI_FIELD(id)
         && TUTTI_FIELD(content);
}

bool put(record::OutboxMessage& out, const outbox_message& x) {
  out.set_to(x.to);
  out.set_from(x.from);
  if (auto* start = std::get_if<start_other>(&x.what))
    return form(writing{}, *out.mutable_start_other(), *start);
  if (auto* slot = std::get_if<slot_request>(&x.what))
    return form(writing{}, *out.mutable_slot_request(), *slot);
  if (auto* told = std::get_if<external_message>(&x.what))
    return form(writing{}, *out.mutable_external(), *told);
  return std::visit(outbox_message_form_detail::command_writer{{out}},
                    std::get<workflow_command>(x.what));
}

bool take(record::OutboxMessage& in, outbox_message& out) {
  out.to = in.to();
  out.from = in.from();
  if (in.has_start_other())
    return form(reading{}, *in.mutable_start_other(),
                out.what.emplace<start_other>());
  if (in.has_slot_request())
    return form(reading{}, *in.mutable_slot_request(),
                out.what.emplace<slot_request>());
  if (in.has_external())
    return form(reading{}, *in.mutable_external(),
                out.what.emplace<external_message>());
  auto& command = out.what.emplace<workflow_command>();
  if (!in.has_restart())
    return take_shared_command(in, command);
  command = command::restart{};
  return true;
}

} // namespace tutti::wire
