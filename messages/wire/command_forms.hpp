#pragma once

#include "messages/model/commands.hpp"
#include "messages/proto/records.pb.h"
#include "messages/wire/form.hpp"

// Commands that executions send each other. An outbox message in the store and
// a request between nodes have the same forms for them.

namespace tutti::wire {

template <class Io>
bool form(Io io, record::Signal& m, subject<Io, command::signal>& x) {
  return TUTTI_FIELD(status) && TUTTI_FIELD(output);
}
template <class Io>
bool form(Io io, record::Terminate& m, subject<Io, command::terminate>& x) {
  return TUTTI_FIELD(reason) && TUTTI_FIELD(by_parent)
         && TUTTI_FIELD(parent_task_id);
}
template <class Io>
bool form(Io io, record::Retry& m, subject<Io, command::retry>& x) {
  return TUTTI_FIELD(resume_sub_workflows) && TUTTI_FIELD(by_parent)
         && TUTTI_FIELD(task_id);
}
template <class Io>
bool form(Io io, record::Rerun& m, subject<Io, rerun_request>& x) {
  return TUTTI_FIELD(from_task_id) && TUTTI_OPTIONAL(workflow_input)
         && TUTTI_OPTIONAL(task_input) && TUTTI_FIELD(correlation_id);
}
template <class Io>
bool form(Io io, record::Rerun& m, subject<Io, command::rerun>& x) {
  return form(io, m, x.request);
}
template <class Io>
bool form(Io io, record::ChildStarted& m,
          subject<Io, command::child_started>& x) {
  return TUTTI_FIELD(task_id) && TUTTI_FIELD(child_id)
         && TUTTI_FIELD(instead_of);
}
template <class Io>
bool form(Io io, record::ChildNotStarted& m,
          subject<Io, command::child_not_started>& x) {
  return TUTTI_FIELD(task_id) && TUTTI_FIELD(child_id) && TUTTI_FIELD(reason);
}
template <class Io>
bool form(Io io, record::ChildEnded& m, subject<Io, command::child_ended>& x) {
  return TUTTI_FIELD(task_id) && TUTTI_FIELD(child_id) && TUTTI_FIELD(status)
         && TUTTI_FIELD(output) && TUTTI_FIELD(reason)
         && TUTTI_FIELD(child_name) && TUTTI_FIELD(child_version);
}
template <class Io>
bool form(Io io, record::ChildRevived& m,
          subject<Io, command::child_revived>& x) {
  return TUTTI_FIELD(task_id) && TUTTI_FIELD(child_id) && TUTTI_FIELD(verb);
}
template <class Io>
bool form(Io io, record::Attach& m, subject<Io, command::attach>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(task_id)
         && TUTTI_FIELD(instead_of);
}
template <class Io>
bool form(Io io, record::Operation& m, subject<Io, command::operation>& x) {
  return TUTTI_FIELD(name) && TUTTI_FIELD(arguments);
}
template <class Io>
bool form(Io io, record::SlotRequest& m, subject<Io, slot_request>& x) {
  return TUTTI_FIELD(what) && TUTTI_FIELD(name) && TUTTI_FIELD(key)
         && TUTTI_FIELD(workflow_id) && TUTTI_FIELD(generation)
         && TUTTI_FIELD(limit);
}

/// Puts them into a message whose `oneof what` names them so. True: it did.
template <class Message>
struct shared_command_writer {
  Message& out;

  bool operator()(const command::signal& x) const {
    return form(writing{}, *out.mutable_signal(), x);
  }
  bool operator()(const command::terminate& x) const {
    return form(writing{}, *out.mutable_terminate(), x);
  }
  bool operator()(const command::retry& x) const {
    return form(writing{}, *out.mutable_retry(), x);
  }
  bool operator()(const command::rerun& x) const {
    return form(writing{}, *out.mutable_rerun(), x);
  }
  bool operator()(const command::child_started& x) const {
    return form(writing{}, *out.mutable_child_started(), x);
  }
  bool operator()(const command::child_not_started& x) const {
    return form(writing{}, *out.mutable_child_not_started(), x);
  }
  bool operator()(const command::child_ended& x) const {
    return form(writing{}, *out.mutable_child_ended(), x);
  }
  bool operator()(const command::child_revived& x) const {
    return form(writing{}, *out.mutable_child_revived(), x);
  }
  bool operator()(const command::attach& x) const {
    return form(writing{}, *out.mutable_attach(), x);
  }
  bool operator()(const command::operation& x) const {
    return form(writing{}, *out.mutable_operation(), x);
  }
  bool operator()(const command::failure_workflow_not_started& x) const {
    out.set_failure_workflow_not_started(x.reason);
    return true;
  }
  bool operator()(const command::slot_granted& x) const {
    out.set_slot_granted(x.generation);
    return true;
  }
  bool operator()(const command::pause&) const { return out.mutable_pause(); }
  bool operator()(const command::resume&) const { return out.mutable_resume(); }
  bool operator()(const command::decide&) const { return out.mutable_decide(); }
  bool operator()(const command::reset_callbacks&) const {
    return out.mutable_reset_callbacks();
  }
};

template <class Command, class Part>
bool take_command(Part& part, workflow_command& out) {
  Command x;
  if (!form(reading{}, part, x))
    return false;
  out = std::move(x);
  return true;
}

/// Reads them back; false when it is none of them, or makes no sense.
template <class Message>
bool take_shared_command(Message& in, workflow_command& out) {
  switch (in.what_case()) {
    case Message::kSignal:
      return take_command<command::signal>(*in.mutable_signal(), out);
    case Message::kTerminate:
      return take_command<command::terminate>(*in.mutable_terminate(), out);
    case Message::kRetry:
      return take_command<command::retry>(*in.mutable_retry(), out);
    case Message::kRerun:
      return take_command<command::rerun>(*in.mutable_rerun(), out);
    case Message::kChildStarted:
      return take_command<command::child_started>(*in.mutable_child_started(),
                                                  out);
    case Message::kChildNotStarted:
      return take_command<command::child_not_started>(
          *in.mutable_child_not_started(), out);
    case Message::kChildEnded:
      return take_command<command::child_ended>(*in.mutable_child_ended(), out);
    case Message::kChildRevived:
      return take_command<command::child_revived>(*in.mutable_child_revived(),
                                                  out);
    case Message::kAttach:
      return take_command<command::attach>(*in.mutable_attach(), out);
    case Message::kOperation:
      return take_command<command::operation>(*in.mutable_operation(), out);
    case Message::kFailureWorkflowNotStarted:
      out = command::failure_workflow_not_started{
          in.failure_workflow_not_started()};
      return true;
    case Message::kSlotGranted:
      out = command::slot_granted{in.slot_granted()};
      return true;
    case Message::kPause:
      out = command::pause{};
      return true;
    case Message::kResume:
      out = command::resume{};
      return true;
    case Message::kDecide:
      out = command::decide{};
      return true;
    case Message::kResetCallbacks:
      out = command::reset_callbacks{};
      return true;
    default:
      return false;
  }
}

} // namespace tutti::wire
