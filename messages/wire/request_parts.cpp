#include "messages/model/fields.hpp"
#include "messages/wire/request_forms.hpp"

// The forms of what requests hold that need more than a list of fields.

namespace tutti::wire {

// Commands

template <class Io>
bool form(Io io, record::Message& m, subject<Io, workflow_message>& x) {
  return TUTTI_FIELD(id) && TUTTI_FIELD(content) && TUTTI_FIELD(received_at);
}

// The fields of a head, as the store has them (messages/model/fields.hpp).
#define TUTTI_HEAD_NUMBER(name) TUTTI_FIELD(name)
#define TUTTI_HEAD_TEXT(name) TUTTI_FIELD(name)
#define TUTTI_HEAD_PAYLOAD(name) TUTTI_FIELD(name)
#define TUTTI_HEAD_STATUS(name) TUTTI_FIELD(name)
#define TUTTI_HEAD_OPTIONAL(name) TUTTI_OPTIONAL(name)
#define TUTTI_HEAD_TEXTS(name) TUTTI_LIST(name)
#define TUTTI_HEAD_PAIRS(name) TUTTI_PAIRS(name)
#define TUTTI_HEAD_FIELD(kind, name)                                           \
  if (!TUTTI_HEAD_##kind(name))                                                \
    return false;

/// Without its definition.
template <class Io>
bool form(Io io, record::Head& m, subject<Io, workflow>& x) {
  TUTTI_WORKFLOW_FIELDS(TUTTI_HEAD_FIELD)
  return TUTTI_PARTS(inbox);
}

template <class Io>
bool form(Io io, pb::Start& m, subject<Io, command::start>& x) {
  return TUTTI_PART(head) && TUTTI_FIELD_AS(definition, x.head.definition)
         && TUTTI_FIELD(own_definition) && TUTTI_FIELD(starter_workflow_id)
         && TUTTI_FIELD(starter_task_id) && TUTTI_FIELD(instead_of);
}
template <class Io>
bool form(Io io, pb::TaskResult& m, subject<Io, command::update_task>& x) {
  return form(io, m, x.result);
}
template <class Io>
bool form(Io io, pb::UpdateByReference& m,
          subject<Io, command::update_by_reference>& x) {
  return TUTTI_FIELD(reference_name) && TUTTI_FIELD(status)
         && TUTTI_FIELD(output) && TUTTI_OPTIONAL(worker_id);
}
template <class Io>
bool form(Io io, pb::HandOut& m, subject<Io, command::hand_out>& x) {
  return TUTTI_FIELD(task_id) && TUTTI_FIELD(worker_id) && TUTTI_FIELD(limited)
         && TUTTI_FIELD(granted_at) && TUTTI_FIELD(slot);
}
template <class Io>
bool form(Io io, pb::Restart& m, subject<Io, command::restart>& x) {
  return TUTTI_FIELD(definition);
}
template <class Io>
bool form(Io io, pb::SkipTask& m, subject<Io, command::skip_task>& x) {
  return TUTTI_FIELD(reference_name)
         && TUTTI_OPTIONAL_AS(task_input, x.request.task_input)
         && TUTTI_OPTIONAL_AS(task_output, x.request.task_output);
}
template <class Io>
bool form(Io io, pb::WorkerLost& m, subject<Io, command::worker_lost>& x) {
  return TUTTI_FIELD(task_id) && TUTTI_FIELD(worker_id);
}

namespace request_parts_detail {

struct command_writer : shared_command_writer<pb::Command> {
  using shared_command_writer<pb::Command>::operator();

  bool operator()(const command::start& x) const {
    return form(writing{}, *out.mutable_start(), x);
  }
  bool operator()(const command::update_task& x) const {
    return form(writing{}, *out.mutable_update_task(), x);
  }
  bool operator()(const command::update_by_reference& x) const {
    return form(writing{}, *out.mutable_update_by_reference(), x);
  }
  bool operator()(const command::hand_out& x) const {
    return form(writing{}, *out.mutable_hand_out(), x);
  }
  bool operator()(const command::leave_queue& x) const {
    out.set_leave_queue(x.task_id);
    return true;
  }
  bool operator()(const command::queue_again& x) const {
    out.set_queue_again(x.task_id);
    return true;
  }
  bool operator()(const command::timer_fired&) const {
    return out.mutable_timer_fired();
  }
  bool operator()(const command::restart& x) const {
    return form(writing{}, *out.mutable_restart(), x);
  }
  bool operator()(const command::skip_task& x) const {
    return form(writing{}, *out.mutable_skip_task(), x);
  }
  bool operator()(const command::push_message& x) const {
    out.set_push_message(given(x.content));
    return true;
  }
  bool operator()(const command::worker_lost& x) const {
    return form(writing{}, *out.mutable_worker_lost(), x);
  }
};

} // namespace request_parts_detail

bool form(writing, pb::Command& m, const workflow_command& x) {
  return std::visit(request_parts_detail::command_writer{{m}}, x);
}

bool form(reading, pb::Command& m, workflow_command& x) {
  switch (m.what_case()) {
    case pb::Command::kStart:
      return take_command<command::start>(*m.mutable_start(), x);
    case pb::Command::kUpdateTask:
      return take_command<command::update_task>(*m.mutable_update_task(), x);
    case pb::Command::kUpdateByReference:
      return take_command<command::update_by_reference>(
          *m.mutable_update_by_reference(), x);
    case pb::Command::kHandOut:
      return take_command<command::hand_out>(*m.mutable_hand_out(), x);
    case pb::Command::kLeaveQueue:
      x = command::leave_queue{m.leave_queue()};
      return true;
    case pb::Command::kQueueAgain:
      x = command::queue_again{m.queue_again()};
      return true;
    case pb::Command::kTimerFired:
      x = command::timer_fired{};
      return true;
    case pb::Command::kRestart:
      return take_command<command::restart>(*m.mutable_restart(), x);
    case pb::Command::kSkipTask:
      return take_command<command::skip_task>(*m.mutable_skip_task(), x);
    case pb::Command::kPushMessage:
      return take(m.push_message(), x.emplace<command::push_message>().content);
    case pb::Command::kWorkerLost:
      return take_command<command::worker_lost>(*m.mutable_worker_lost(), x);
    default:
      return take_shared_command(m, x);
  }
}

// Outbox messages

bool form(writing, pb::AcceptOutboxMessage& m, const accept_outbox_message& x) {
  m.set_first_time(x.first_time);
  return put(*m.mutable_what(), *x.what);
}

bool form(reading, pb::AcceptOutboxMessage& m, accept_outbox_message& x) {
  outbox_message read;
  if (!take(*m.mutable_what(), read))
    return false;
  x.what = std::make_shared<const outbox_message>(std::move(read));
  x.first_time = m.first_time();
  return true;
}

// Dry runs

bool form(writing io, pb::TestRequest& m, const workflow_test_request& x) {
  form(io, *m.mutable_start(), x.start);
  for (auto& [reference, attempts] : x.mocks) {
    auto& task = *m.add_mocks();
    task.set_reference_name(reference);
    parts_field(io, attempts, *task.mutable_attempts());
  }
  for (auto& [reference, request] : x.sub_workflows) {
    auto& child = *m.add_sub_workflows();
    child.set_reference_name(reference);
    form(io, *child.mutable_request(), *request);
  }
  return true;
}

bool form(reading io, pb::TestRequest& m, workflow_test_request& x) {
  if (!form(io, *m.mutable_start(), x.start))
    return false;
  for (auto& task : *m.mutable_mocks())
    if (!parts_field(io, x.mocks[task.reference_name()],
                     *task.mutable_attempts()))
      return false;
  for (auto& child : *m.mutable_sub_workflows()) {
    auto request = std::make_shared<workflow_test_request>();
    if (!form(io, *child.mutable_request(), *request))
      return false;
    x.sub_workflows.emplace(child.reference_name(), std::move(request));
  }
  return true;
}

} // namespace tutti::wire
