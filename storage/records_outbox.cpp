#include "messages/wire/outbox_message_form.hpp"
#include "storage/records.hpp"
#include "storage/records_fields.hpp"

namespace tutti::storage {

namespace outbox_message_detail {

using namespace record_fields;

void put(record::StartOther& out, const start_other& x) {
  out.set_workflow_id(x.workflow_id);
  out.set_name(x.name);
  if (x.version)
    out.set_workflow_version(*x.version);
  if (x.definition)
    write_compact(*out.mutable_definition(), *x.definition);
  out.set_input(text_of(x.input));
  put_pairs(*out.mutable_task_to_domain(), x.task_to_domain);
  out.set_correlation_id(x.correlation_id);
  out.set_priority(x.priority);
  out.set_idempotency_key(x.idempotency_key);
  if (x.idempotency_strategy)
    out.set_idempotency_strategy(
        static_cast<uint32_t>(*x.idempotency_strategy));
  out.set_parent_workflow_id(x.parent_workflow_id);
  out.set_parent_task_id(x.parent_task_id);
  out.set_detached(x.detached);
  out.set_external_input_path(x.external_input_path);
  out.set_depth(x.depth);
}

bool take(record::StartOther& in, start_other& out) {
  out.workflow_id = in.workflow_id();
  out.name = in.name();
  if (in.has_workflow_version())
    out.version = in.workflow_version();
  if (!in.definition().empty()) {
    auto json = parse_json(in.definition());
    if (!json)
      return false;
    auto definition = to_workflow_def(*json);
    if (!definition)
      return false;
    out.definition
        = std::make_shared<const workflow_def>(std::move(*definition));
  }
  out.input = payload_of(std::move(*in.mutable_input()));
  out.task_to_domain = take_pairs(in.task_to_domain());
  out.correlation_id = in.correlation_id();
  out.priority = in.priority();
  out.idempotency_key = in.idempotency_key();
  if (in.has_idempotency_strategy()
      && !set_enum(out.idempotency_strategy.emplace(),
                   in.idempotency_strategy(),
                   idempotency_strategy::fail_on_running))
    return false;
  out.parent_workflow_id = in.parent_workflow_id();
  out.parent_task_id = in.parent_task_id();
  out.detached = in.detached();
  out.external_input_path = in.external_input_path();
  out.depth = in.depth();
  return true;
}

void put(record::SlotRequest& out, const slot_request& x) {
  out.set_what(static_cast<uint32_t>(x.what));
  out.set_name(x.name);
  out.set_key(x.key);
  out.set_workflow_id(x.workflow_id);
  out.set_generation(x.generation);
  out.set_limit(x.limit);
}

/// Writes a command; false for those that only clients, queues and timers give.
struct command_writer {
  record::OutboxMessage& out;

  bool operator()(const command::signal& x) const {
    auto& r = *out.mutable_signal();
    r.set_status(static_cast<uint32_t>(x.status));
    r.set_output(text_of(x.output));
    return true;
  }
  bool operator()(const command::terminate& x) const {
    auto& r = *out.mutable_terminate();
    r.set_reason(x.reason);
    r.set_by_parent(x.by_parent);
    r.set_parent_task_id(x.parent_task_id);
    return true;
  }
  bool operator()(const command::retry& x) const {
    auto& r = *out.mutable_retry();
    r.set_resume_sub_workflows(x.resume_sub_workflows);
    r.set_by_parent(x.by_parent);
    r.set_task_id(x.task_id);
    return true;
  }
  bool operator()(const command::rerun& x) const {
    auto& r = *out.mutable_rerun();
    r.set_from_task_id(x.request.from_task_id);
    if (x.request.workflow_input)
      r.set_workflow_input(text_of(*x.request.workflow_input));
    if (x.request.task_input)
      r.set_task_input(text_of(*x.request.task_input));
    r.set_correlation_id(x.request.correlation_id);
    return true;
  }
  bool operator()(const command::child_started& x) const {
    auto& r = *out.mutable_child_started();
    r.set_task_id(x.task_id);
    r.set_child_id(x.child_id);
    r.set_instead_of(x.instead_of);
    return true;
  }
  bool operator()(const command::child_not_started& x) const {
    auto& r = *out.mutable_child_not_started();
    r.set_task_id(x.task_id);
    r.set_child_id(x.child_id);
    r.set_reason(x.reason);
    return true;
  }
  bool operator()(const command::child_ended& x) const {
    auto& r = *out.mutable_child_ended();
    r.set_task_id(x.task_id);
    r.set_child_id(x.child_id);
    r.set_status(static_cast<uint32_t>(x.status));
    r.set_output(text_of(x.output));
    r.set_reason(x.reason);
    r.set_child_name(x.child_name);
    r.set_child_version(x.child_version);
    return true;
  }
  bool operator()(const command::child_revived& x) const {
    auto& r = *out.mutable_child_revived();
    r.set_task_id(x.task_id);
    r.set_child_id(x.child_id);
    r.set_verb(x.verb);
    return true;
  }
  bool operator()(const command::failure_workflow_not_started& x) const {
    out.set_failure_workflow_not_started(x.reason);
    return true;
  }
  bool operator()(const command::attach& x) const {
    auto& r = *out.mutable_attach();
    r.set_workflow_id(x.workflow_id);
    r.set_task_id(x.task_id);
    r.set_instead_of(x.instead_of);
    return true;
  }
  bool operator()(const command::slot_granted& x) const {
    out.set_slot_granted(x.generation);
    return true;
  }
  bool operator()(const command::operation& x) const {
    auto& r = *out.mutable_operation();
    r.set_name(x.name);
    r.set_arguments(text_of(x.arguments));
    return true;
  }
  bool operator()(const command::pause&) const {
    out.mutable_pause();
    return true;
  }
  bool operator()(const command::resume&) const {
    out.mutable_resume();
    return true;
  }
  bool operator()(const command::decide&) const {
    out.mutable_decide();
    return true;
  }
  bool operator()(const command::restart& x) const {
    out.mutable_restart();
    return !x.definition;
  }
  bool operator()(const command::reset_callbacks&) const {
    out.mutable_reset_callbacks();
    return true;
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

bool take(record::OutboxMessage& in, outbox_message& out) {
  using kind = record::OutboxMessage;
  switch (in.what_case()) {
    case kind::kStartOther: {
      start_other x;
      if (!take(*in.mutable_start_other(), x))
        return false;
      out.what = std::move(x);
      return true;
    }
    case kind::kSignal: {
      command::signal x;
      if (!set_enum(x.status, in.signal().status(), last_task_status))
        return false;
      x.output = payload_of(std::move(*in.mutable_signal()->mutable_output()));
      out.what = workflow_command{std::move(x)};
      return true;
    }
    case kind::kTerminate:
      out.what = workflow_command{command::terminate{
          in.terminate().reason(), in.terminate().by_parent(),
          in.terminate().parent_task_id()}};
      return true;
    case kind::kRetry:
      out.what = workflow_command{
          command::retry{in.retry().resume_sub_workflows(),
                         in.retry().by_parent(), in.retry().task_id()}};
      return true;
    case kind::kRerun: {
      auto& r = *in.mutable_rerun();
      rerun_request x;
      x.from_task_id = r.from_task_id();
      if (r.has_workflow_input())
        x.workflow_input = payload_of(std::move(*r.mutable_workflow_input()));
      if (r.has_task_input())
        x.task_input = payload_of(std::move(*r.mutable_task_input()));
      x.correlation_id = r.correlation_id();
      out.what = workflow_command{command::rerun{std::move(x)}};
      return true;
    }
    case kind::kChildStarted:
      out.what = workflow_command{command::child_started{
          in.child_started().task_id(), in.child_started().child_id(),
          in.child_started().instead_of()}};
      return true;
    case kind::kChildNotStarted: {
      auto& r = in.child_not_started();
      out.what = workflow_command{
          command::child_not_started{r.task_id(), r.child_id(), r.reason()}};
      return true;
    }
    case kind::kChildEnded: {
      auto& r = *in.mutable_child_ended();
      command::child_ended x;
      if (!set_enum(x.status, r.status(), last_workflow_status))
        return false;
      x.task_id = r.task_id();
      x.child_id = r.child_id();
      x.output = payload_of(std::move(*r.mutable_output()));
      x.reason = r.reason();
      x.child_name = r.child_name();
      x.child_version = r.child_version();
      out.what = workflow_command{std::move(x)};
      return true;
    }
    case kind::kChildRevived: {
      auto& r = in.child_revived();
      out.what = workflow_command{
          command::child_revived{r.task_id(), r.child_id(), r.verb()}};
      return true;
    }
    case kind::kFailureWorkflowNotStarted:
      out.what = workflow_command{command::failure_workflow_not_started{
          in.failure_workflow_not_started()}};
      return true;
    case kind::kAttach:
      out.what = workflow_command{command::attach{in.attach().workflow_id(),
                                                  in.attach().task_id(),
                                                  in.attach().instead_of()}};
      return true;
    case kind::kSlotGranted:
      out.what = workflow_command{command::slot_granted{in.slot_granted()}};
      return true;
    case kind::kSlotRequest: {
      auto& r = in.slot_request();
      slot_request x;
      if (!set_enum(x.what, r.what(), slot_request::verb::give_back))
        return false;
      x.name = r.name();
      x.key = r.key();
      x.workflow_id = r.workflow_id();
      x.generation = r.generation();
      x.limit = r.limit();
      out.what = std::move(x);
      return true;
    }
    case kind::kOperation: {
      auto& r = *in.mutable_operation();
      out.what = workflow_command{command::operation{
          r.name(), payload_of(std::move(*r.mutable_arguments()))}};
      return true;
    }
    case kind::kPause:
      out.what = workflow_command{command::pause{}};
      return true;
    case kind::kResume:
      out.what = workflow_command{command::resume{}};
      return true;
    case kind::kDecide:
      out.what = workflow_command{command::decide{}};
      return true;
    case kind::kRestart:
      out.what = workflow_command{command::restart{}};
      return true;
    case kind::kResetCallbacks:
      out.what = workflow_command{command::reset_callbacks{}};
      return true;
    case kind::WHAT_NOT_SET:
      break;
  }
  return false;
}

} // namespace outbox_message_detail

result<std::string> write(const outbox_message& x) {
  record::OutboxMessage out;
  out.set_version(record_fields::version);
  if (!wire::put(out, x))
    return failure{errc::internal, "execution " + x.from
                                       + " wrote an outbox message to " + x.to
                                       + " that no execution may send"};
  return out.SerializeAsString();
}

result<outbox_message> read_outbox_message(std::string_view bytes) {
  record::OutboxMessage in;
  outbox_message out;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != record_fields::version || !wire::take(in, out))
    return record_fields::damaged("outbox message");
  return out;
}

} // namespace tutti::storage
