#pragma once

#include "messages/model/commands.hpp"
#include "messages/proto/records.pb.h"
#include "messages/wire/form.hpp"

// Commands between executions. Outbox messages in the store and requests
// between nodes use the same forms for them.

namespace tutti::wire {

template <class Io>
bool form(Io io, record::Signal& m, subject<Io, command::signal>& x) {
  return TUTTI_FIELD(status) && TUTTI_FIELD(output);
}
template <class Io>
bool form(Io io, record::Terminate& m, subject<Io, command::terminate>& x) {
  return TUTTI_FIELD(reason) && TUTTI_FIELD(by_parent)
         && TUTTI_FIELD(parent_task_id) && TUTTI_FIELD(failure_workflow);
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

/// Says nothing but which command it is.
template <class Command>
bool form(writing, record::Empty&, const Command&) {
  return true;
}
template <class Command>
bool form(reading, record::Empty&, Command&) {
  return true;
}

/// Every command that has a form here: its name, and that of its case in the
/// messages whose `oneof what` holds it.
#define TUTTI_SHARED_COMMANDS(command)                                         \
  command(signal, Signal) command(terminate, Terminate) command(retry, Retry)  \
      command(rerun, Rerun) command(child_started, ChildStarted)               \
          command(child_not_started, ChildNotStarted)                          \
              command(child_ended, ChildEnded)                                 \
                  command(child_revived, ChildRevived) command(attach, Attach) \
                      command(operation, Operation) command(pause, Pause)      \
                          command(resume, Resume) command(decide, Decide)      \
                              command(reset_callbacks, ResetCallbacks)

/// Puts them into such a message. True: it did.
template <class Message>
struct shared_command_writer {
  Message& out;

#define TUTTI_WRITE(name, Name)                                                \
  bool operator()(const command::name& x) const {                              \
    return form(writing{}, *out.mutable_##name(), x);                          \
  }
  TUTTI_SHARED_COMMANDS(TUTTI_WRITE)
#undef TUTTI_WRITE

  bool operator()(const command::failure_workflow_not_started& x) const {
    out.set_failure_workflow_not_started(x.reason);
    return true;
  }
  bool operator()(const command::slot_granted& x) const {
    out.set_slot_granted(x.generation);
    return true;
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

/// Reads one of these commands; false: it is another one, or contradictory.
template <class Message>
bool take_shared_command(Message& in, workflow_command& out) {
  switch (in.what_case()) {
#define TUTTI_READ(name, Name)                                                 \
  case Message::k##Name:                                                       \
    return take_command<command::name>(*in.mutable_##name(), out);
    TUTTI_SHARED_COMMANDS(TUTTI_READ)
#undef TUTTI_READ
    case Message::kFailureWorkflowNotStarted:
      out = command::failure_workflow_not_started{
          in.failure_workflow_not_started()};
      return true;
    case Message::kSlotGranted:
      out = command::slot_granted{in.slot_granted()};
      return true;
    default:
      return false;
  }
}

} // namespace tutti::wire
