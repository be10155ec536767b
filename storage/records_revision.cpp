#include "messages/model/codec.hpp"
#include "storage/records.hpp"
#include "storage/records_fields.hpp"

#include <nlohmann/json.hpp>

#include <google/protobuf/arena.h>

namespace tutti::storage {

namespace revision_detail {

using namespace record_fields;

/// Why reading stopped; turned into one sentence at the end.
struct unreadable {
  std::string_view why;
};

// Optional fields: the same three lines for each, by name.

#define TUTTI_PUT(name)                                                        \
  if (x.name)                                                                  \
  out.set_##name(*x.name)
#define TUTTI_PUT_PAYLOAD(name)                                                \
  if (x.name)                                                                  \
  out.set_##name(text_of(*x.name))
#define TUTTI_TAKE(name)                                                       \
  if (in.has_##name())                                                         \
  out.name = in.name()
#define TUTTI_TAKE_TEXT(name)                                                  \
  if (in.has_##name())                                                         \
  out.name = std::move(*in.mutable_##name())
#define TUTTI_TAKE_PAYLOAD(name)                                               \
  if (in.has_##name())                                                         \
  out.name = payload_of(std::move(*in.mutable_##name()))

// Plain fields.

#define TUTTI_SET(name) out.set_##name(x.name)
#define TUTTI_GET(name) out.name = in.name()
#define TUTTI_GET_TEXT(name) out.name = std::move(*in.mutable_##name())
// Most texts of a row are empty, and setting them would allocate.
#define TUTTI_SET_TEXT(name)                                                   \
  if (!x.name.empty())                                                         \
  out.set_##name(x.name)

void put_texts(record::Texts& out, const std::vector<std::string>& texts) {
  for (auto& text : texts)
    out.add_items(text);
}

std::vector<std::string> take_texts(record::Texts& in) {
  std::vector<std::string> out;
  out.reserve(static_cast<size_t>(in.items_size()));
  for (auto& text : *in.mutable_items())
    out.push_back(std::move(text));
  return out;
}

template <class Repeated>
void put_messages(Repeated& out, const std::vector<workflow_message>& all) {
  for (auto& x : all) {
    auto& message = *out.Add();
    message.set_id(x.id);
    message.set_content(text_of(x.content));
    message.set_received_at(x.received_at);
  }
}

template <class Repeated>
std::vector<workflow_message> take_messages(Repeated& in) {
  std::vector<workflow_message> out;
  out.reserve(static_cast<size_t>(in.size()));
  for (auto& x : in)
    out.push_back({std::move(*x.mutable_id()),
                   payload_of(std::move(*x.mutable_content())),
                   x.received_at()});
  return out;
}

using pair_list = std::vector<std::pair<std::string, std::string>>;

void put_list(google::protobuf::RepeatedPtrField<record::Pair>& out,
              const pair_list& in) {
  for (auto& [key, value] : in) {
    auto& pair = *out.Add();
    pair.set_key(key);
    pair.set_value(value);
  }
}

pair_list
take_list(const google::protobuf::RepeatedPtrField<record::Pair>& in) {
  pair_list out;
  for (auto& pair : in)
    out.emplace_back(pair.key(), pair.value());
  return out;
}

void put(record::Head& out, const workflow& x) {
  TUTTI_SET(workflow_id);
  out.set_status(static_cast<uint32_t>(x.status));
  if (x.previous_status)
    out.set_previous_status(static_cast<uint32_t>(*x.previous_status));
  TUTTI_SET(create_time);
  TUTTI_SET(update_time);
  TUTTI_SET(end_time);
  TUTTI_SET(last_retried_time);
  out.set_input(text_of(x.input));
  out.set_output(text_of(x.output));
  out.set_variables(text_of(x.variables));
  TUTTI_SET_TEXT(external_input_path);
  TUTTI_SET_TEXT(external_output_path);
  put_pairs(*out.mutable_task_to_domain(), x.task_to_domain);
  TUTTI_SET(priority);
  TUTTI_SET_TEXT(correlation_id);
  TUTTI_SET_TEXT(event);
  TUTTI_SET_TEXT(reason);
  TUTTI_SET_TEXT(rerun_from_workflow_id);
  TUTTI_SET_TEXT(parent_workflow_id);
  TUTTI_SET_TEXT(parent_task_id);
  TUTTI_SET_TEXT(failed_task_id);
  for (auto& name : x.failed_reference_names)
    out.add_failed_reference_names(name);
  for (auto& name : x.failed_task_names)
    out.add_failed_task_names(name);
  TUTTI_SET_TEXT(idempotency_key);
  TUTTI_SET_TEXT(rate_limit_key);
  TUTTI_SET_TEXT(owner_app);
  TUTTI_SET_TEXT(created_by);
  TUTTI_SET_TEXT(updated_by);
  put_messages(*out.mutable_inbox(), x.inbox);
  out.set_slot(static_cast<uint32_t>(x.slot));
  TUTTI_SET(slot_generation);
  put_list(*out.mutable_attached_tasks(), x.attached_tasks);
  TUTTI_SET_TEXT(asked_by);
  TUTTI_SET(depth);
}

workflow take(record::Head& in) {
  workflow out;
  TUTTI_GET_TEXT(workflow_id);
  if (!set_enum(out.status, in.status(), last_workflow_status))
    throw unreadable{"workflow status"};
  if (in.has_previous_status()
      && !set_enum(out.previous_status.emplace(), in.previous_status(),
                   last_workflow_status))
    throw unreadable{"previous status"};
  TUTTI_GET(create_time);
  TUTTI_GET(update_time);
  TUTTI_GET(end_time);
  TUTTI_GET(last_retried_time);
  out.input = payload_of(std::move(*in.mutable_input()));
  out.output = payload_of(std::move(*in.mutable_output()));
  out.variables = payload_of(std::move(*in.mutable_variables()));
  TUTTI_GET_TEXT(external_input_path);
  TUTTI_GET_TEXT(external_output_path);
  out.task_to_domain = take_pairs(in.task_to_domain());
  TUTTI_GET(priority);
  TUTTI_GET_TEXT(correlation_id);
  TUTTI_GET_TEXT(event);
  TUTTI_GET_TEXT(reason);
  TUTTI_GET_TEXT(rerun_from_workflow_id);
  TUTTI_GET_TEXT(parent_workflow_id);
  TUTTI_GET_TEXT(parent_task_id);
  TUTTI_GET_TEXT(failed_task_id);
  for (auto& name : in.failed_reference_names())
    out.failed_reference_names.push_back(name);
  for (auto& name : in.failed_task_names())
    out.failed_task_names.push_back(name);
  TUTTI_GET_TEXT(idempotency_key);
  TUTTI_GET_TEXT(rate_limit_key);
  TUTTI_GET_TEXT(owner_app);
  TUTTI_GET_TEXT(created_by);
  TUTTI_GET_TEXT(updated_by);
  out.inbox = take_messages(*in.mutable_inbox());
  if (!set_enum(out.slot, in.slot(), slot_state::held))
    throw unreadable{"slot"};
  TUTTI_GET(slot_generation);
  out.attached_tasks = take_list(in.attached_tasks());
  TUTTI_GET_TEXT(asked_by);
  TUTTI_GET(depth);
  return out;
}

void put(record::WorkflowChange& out, const workflow_changed& x) {
  if (x.status)
    out.set_status(static_cast<uint32_t>(*x.status));
  if (x.previous_status)
    out.set_previous_status(static_cast<uint32_t>(*x.previous_status));
  TUTTI_PUT(create_time);
  TUTTI_PUT(update_time);
  TUTTI_PUT(end_time);
  TUTTI_PUT(last_retried_time);
  TUTTI_PUT_PAYLOAD(input);
  TUTTI_PUT_PAYLOAD(output);
  TUTTI_PUT_PAYLOAD(variables);
  TUTTI_PUT(external_output_path);
  TUTTI_PUT(correlation_id);
  TUTTI_PUT(reason);
  TUTTI_PUT(failed_task_id);
  TUTTI_PUT(rerun_from_workflow_id);
  if (x.failed_reference_names)
    put_texts(*out.mutable_failed_reference_names(), *x.failed_reference_names);
  if (x.failed_task_names)
    put_texts(*out.mutable_failed_task_names(), *x.failed_task_names);
  TUTTI_PUT(rate_limit_key);
  if (x.slot)
    out.set_slot(static_cast<uint32_t>(*x.slot));
  TUTTI_PUT(slot_generation);
  if (x.attached_tasks)
    put_list(*out.mutable_attached_tasks()->mutable_items(), *x.attached_tasks);
}

workflow_changed take(record::WorkflowChange& in) {
  workflow_changed out;
  if (in.has_status()
      && !set_enum(out.status.emplace(), in.status(), last_workflow_status))
    throw unreadable{"workflow status"};
  if (in.has_previous_status()
      && !set_enum(out.previous_status.emplace(), in.previous_status(),
                   last_workflow_status))
    throw unreadable{"previous status"};
  TUTTI_TAKE(create_time);
  TUTTI_TAKE(update_time);
  TUTTI_TAKE(end_time);
  TUTTI_TAKE(last_retried_time);
  TUTTI_TAKE_PAYLOAD(input);
  TUTTI_TAKE_PAYLOAD(output);
  TUTTI_TAKE_PAYLOAD(variables);
  TUTTI_TAKE_TEXT(external_output_path);
  TUTTI_TAKE_TEXT(correlation_id);
  TUTTI_TAKE_TEXT(reason);
  TUTTI_TAKE_TEXT(failed_task_id);
  TUTTI_TAKE_TEXT(rerun_from_workflow_id);
  if (in.has_failed_reference_names())
    out.failed_reference_names
        = take_texts(*in.mutable_failed_reference_names());
  if (in.has_failed_task_names())
    out.failed_task_names = take_texts(*in.mutable_failed_task_names());
  TUTTI_TAKE_TEXT(rate_limit_key);
  if (in.has_slot()
      && !set_enum(out.slot.emplace(), in.slot(), slot_state::held))
    throw unreadable{"slot"};
  TUTTI_TAKE(slot_generation);
  if (in.has_attached_tasks())
    out.attached_tasks = take_list(in.attached_tasks().items());
  return out;
}

void put(record::TaskRow& out, const task& x,
         const kept_definition* definition) {
  TUTTI_SET(task_id);
  TUTTI_SET(reference_name);
  TUTTI_SET_TEXT(task_type);
  TUTTI_SET_TEXT(task_def_name);
  out.set_status(static_cast<uint32_t>(x.status));
  if (!x.input.is_empty_object())
    out.set_input(x.input.text());
  if (!x.output.is_empty_object())
    out.set_output(x.output.text());
  TUTTI_SET_TEXT(external_input_path);
  TUTTI_SET_TEXT(external_output_path);
  TUTTI_SET(scheduled_time);
  TUTTI_SET(start_time);
  TUTTI_SET(end_time);
  TUTTI_SET(update_time);
  TUTTI_SET(first_scheduled_time);
  TUTTI_SET(first_start_time);
  TUTTI_SET(retry_count);
  TUTTI_SET(seq);
  TUTTI_SET(poll_count);
  TUTTI_SET(iteration);
  TUTTI_SET(forked_by);
  TUTTI_SET(compensated);
  TUTTI_SET(retried);
  TUTTI_SET(executed);
  TUTTI_SET(subworkflow_changed);
  TUTTI_SET_TEXT(retried_task_id);
  TUTTI_SET(callback_after_seconds);
  TUTTI_SET(start_delay_seconds);
  TUTTI_SET(response_timeout_seconds);
  TUTTI_SET(rate_limit_per_frequency);
  TUTTI_SET(rate_limit_frequency_in_seconds);
  TUTTI_SET(workflow_priority);
  TUTTI_SET_TEXT(worker_id);
  TUTTI_SET_TEXT(domain);
  TUTTI_SET_TEXT(reason);
  TUTTI_SET_TEXT(execution_name_space);
  TUTTI_SET_TEXT(isolation_group_id);
  TUTTI_SET_TEXT(sub_workflow_id);
  TUTTI_SET_TEXT(parent_task_id);
  TUTTI_SET(queued_at);
  TUTTI_SET(due_at);
  auto* own = x.definition.get();
  if (definition && definition->find_for_row(x.reference_name).get() == own)
    return;
  if (definition && definition->find(own->reference_name).get() == own) {
    out.set_static_reference(own->reference_name);
    return;
  }
  tutti::write_compact(*out.mutable_dynamic_definition(), *own);
}

workflow_task_pointer take_definition(record::TaskRow& in,
                                      const kept_definition* definition) {
  if (!in.dynamic_definition().empty()) {
    auto json = parse_json(in.dynamic_definition());
    if (!json)
      throw unreadable{"definition of a task"};
    auto own = to_workflow_task(*json);
    if (!own)
      throw unreadable{"definition of a task"};
    return std::make_shared<const workflow_task>(std::move(*own));
  }
  if (!definition)
    throw unreadable{"definition of the execution"};
  auto found = in.static_reference().empty()
                   ? definition->find_for_row(in.reference_name())
                   : definition->find(in.static_reference());
  if (!found)
    throw unreadable{"reference to the definition of a task"};
  return found;
}

task take_fields(record::TaskRow& in) {
  task out;
  TUTTI_GET_TEXT(task_id);
  TUTTI_GET_TEXT(reference_name);
  TUTTI_GET_TEXT(task_type);
  TUTTI_GET_TEXT(task_def_name);
  if (!set_enum(out.status, in.status(), last_task_status))
    throw unreadable{"task status"};
  out.input = payload_of(std::move(*in.mutable_input()));
  out.output = payload_of(std::move(*in.mutable_output()));
  TUTTI_GET_TEXT(external_input_path);
  TUTTI_GET_TEXT(external_output_path);
  TUTTI_GET(scheduled_time);
  TUTTI_GET(start_time);
  TUTTI_GET(end_time);
  TUTTI_GET(update_time);
  TUTTI_GET(first_scheduled_time);
  TUTTI_GET(first_start_time);
  TUTTI_GET(retry_count);
  TUTTI_GET(seq);
  TUTTI_GET(poll_count);
  TUTTI_GET(iteration);
  TUTTI_GET(forked_by);
  TUTTI_GET(compensated);
  TUTTI_GET(retried);
  TUTTI_GET(executed);
  TUTTI_GET(subworkflow_changed);
  TUTTI_GET_TEXT(retried_task_id);
  TUTTI_GET(callback_after_seconds);
  TUTTI_GET(start_delay_seconds);
  TUTTI_GET(response_timeout_seconds);
  TUTTI_GET(rate_limit_per_frequency);
  TUTTI_GET(rate_limit_frequency_in_seconds);
  TUTTI_GET(workflow_priority);
  TUTTI_GET_TEXT(worker_id);
  TUTTI_GET_TEXT(domain);
  TUTTI_GET_TEXT(reason);
  TUTTI_GET_TEXT(execution_name_space);
  TUTTI_GET_TEXT(isolation_group_id);
  TUTTI_GET_TEXT(sub_workflow_id);
  TUTTI_GET_TEXT(parent_task_id);
  TUTTI_GET(queued_at);
  TUTTI_GET(due_at);
  return out;
}

task take(record::TaskRow& in, const kept_definition* definition) {
  auto found = take_definition(in, definition);
  auto out = take_fields(in);
  out.definition = std::move(found);
  return out;
}

void put(record::TaskChange& out, const task_changed& x) {
  TUTTI_SET(task_id);
  if (x.status)
    out.set_status(static_cast<uint32_t>(*x.status));
  TUTTI_PUT_PAYLOAD(input);
  TUTTI_PUT_PAYLOAD(output);
  TUTTI_PUT(external_output_path);
  TUTTI_PUT(scheduled_time);
  TUTTI_PUT(start_time);
  TUTTI_PUT(end_time);
  TUTTI_PUT(update_time);
  TUTTI_PUT(first_start_time);
  TUTTI_PUT(retry_count);
  TUTTI_PUT(poll_count);
  TUTTI_PUT(iteration);
  TUTTI_PUT(compensated);
  TUTTI_PUT(retried);
  TUTTI_PUT(executed);
  TUTTI_PUT(subworkflow_changed);
  TUTTI_PUT(callback_after_seconds);
  TUTTI_PUT(start_delay_seconds);
  TUTTI_PUT(worker_id);
  TUTTI_PUT(reason);
  TUTTI_PUT(sub_workflow_id);
  TUTTI_PUT(domain);
  TUTTI_PUT(queued_at);
  TUTTI_PUT(due_at);
  TUTTI_PUT(first_scheduled_time);
}

task_changed take(record::TaskChange& in) {
  task_changed out;
  TUTTI_GET_TEXT(task_id);
  if (in.has_status()
      && !set_enum(out.status.emplace(), in.status(), last_task_status))
    throw unreadable{"task status"};
  TUTTI_TAKE_PAYLOAD(input);
  TUTTI_TAKE_PAYLOAD(output);
  TUTTI_TAKE_TEXT(external_output_path);
  TUTTI_TAKE(scheduled_time);
  TUTTI_TAKE(start_time);
  TUTTI_TAKE(end_time);
  TUTTI_TAKE(update_time);
  TUTTI_TAKE(first_start_time);
  TUTTI_TAKE(retry_count);
  TUTTI_TAKE(poll_count);
  TUTTI_TAKE(iteration);
  TUTTI_TAKE(compensated);
  TUTTI_TAKE(retried);
  TUTTI_TAKE(executed);
  TUTTI_TAKE(subworkflow_changed);
  TUTTI_TAKE(callback_after_seconds);
  TUTTI_TAKE(start_delay_seconds);
  TUTTI_TAKE_TEXT(worker_id);
  TUTTI_TAKE_TEXT(reason);
  TUTTI_TAKE_TEXT(sub_workflow_id);
  TUTTI_TAKE_TEXT(domain);
  TUTTI_TAKE(queued_at);
  TUTTI_TAKE(due_at);
  TUTTI_TAKE(first_scheduled_time);
  return out;
}

#undef TUTTI_PUT
#undef TUTTI_PUT_PAYLOAD
#undef TUTTI_TAKE
#undef TUTTI_TAKE_TEXT
#undef TUTTI_TAKE_PAYLOAD
#undef TUTTI_SET
#undef TUTTI_GET
#undef TUTTI_GET_TEXT
#undef TUTTI_SET_TEXT

using definition_use = revision_codec::definition_use;

struct event_writer {
  record::Event& out;
  definition_use& current;
  const revision_codec::intern_function& intern;

  void operator()(const workflow_created& x) const {
    auto& head = *out.mutable_created();
    put(head, *x.head);
    current = intern(x.head->definition);
    head.set_definition(current.what->hash());
    head.set_definition_own(current.own);
  }
  void operator()(const workflow_changed& x) const {
    auto& change = *out.mutable_workflow_changed();
    put(change, x);
    if (!x.definition)
      return;
    current = intern(*x.definition);
    change.set_definition(current.what->hash());
    change.set_definition_own(current.own);
  }
  void operator()(const task_added& x) const {
    put(*out.mutable_task_added(), *x.row, current.what.get());
  }
  void operator()(const task_changed& x) const {
    put(*out.mutable_task_changed(), x);
  }
  void operator()(const tasks_removed& x) const {
    put_texts(*out.mutable_tasks_removed(), x.task_ids);
  }
  void operator()(const inbox_changed& x) const {
    auto& change = *out.mutable_inbox_changed();
    change.set_removed(x.removed);
    put_messages(*change.mutable_added(), x.added);
  }
};

void put_frame(record::Revision& out, int64_t number, int64_t at) {
  out.set_version(version);
  out.set_number(number);
  out.set_at(at);
}

workflow_def_pointer use(definition_use& current, std::string_view hash,
                         bool own, const revision_codec::find_function& find) {
  auto found = find(hash, own);
  if (!found)
    throw unreadable{"definition of the execution"};
  current = {found, own};
  return found->definition();
}

event take_event(record::Event& in, definition_use& current,
                 const revision_codec::find_function& find) {
  switch (in.what_case()) {
    case record::Event::kCreated: {
      auto& record = *in.mutable_created();
      auto head = take(record);
      head.definition
          = use(current, record.definition(), record.definition_own(), find);
      return workflow_created{std::move(head)};
    }
    case record::Event::kWorkflowChanged: {
      auto& record = *in.mutable_workflow_changed();
      auto out = take(record);
      if (record.has_definition())
        out.definition
            = use(current, record.definition(), record.definition_own(), find);
      return out;
    }
    case record::Event::kTaskAdded:
      return task_added{take(*in.mutable_task_added(), current.what.get())};
    case record::Event::kTaskChanged:
      return take(*in.mutable_task_changed());
    case record::Event::kTasksRemoved:
      return tasks_removed{take_texts(*in.mutable_tasks_removed())};
    case record::Event::kInboxChanged: {
      auto& record = *in.mutable_inbox_changed();
      return inbox_changed{record.removed(),
                           take_messages(*record.mutable_added())};
    }
    case record::Event::WHAT_NOT_SET:
      break;
  }
  throw unreadable{"event"};
}

/// Records of one decision are built and dropped at once: an arena on a
/// thread's own block makes that cheap.
struct scratch {
  alignas(8) char block[16 << 10];
  google::protobuf::Arena arena{block, sizeof block};
};

/// What happened is told without the definitions it was done by.
event take_told(record::Event& in) {
  switch (in.what_case()) {
    case record::Event::kCreated:
      return workflow_created{take(*in.mutable_created())};
    case record::Event::kWorkflowChanged: {
      auto& record = *in.mutable_workflow_changed();
      auto out = take(record);
      if (record.has_definition())
        out.definition.emplace();
      return out;
    }
    case record::Event::kTaskAdded:
      return task_added{take_fields(*in.mutable_task_added())};
    default: // the others name no definition
      break;
  }
  definition_use none;
  return take_event(in, none, [](std::string_view, bool) {
    return kept_definition_pointer{};
  });
}

template <class Take>
result<revision> read_revision(std::string_view bytes, Take take_one) {
  record::Revision in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != version
      || in.cause_kind() > static_cast<uint32_t>(cause_kind::node))
    return damaged("revision");
  revision out{in.number(),
               in.at(),
               {static_cast<cause_kind>(in.cause_kind()),
                std::move(*in.mutable_cause_what()),
                std::move(*in.mutable_cause_by())},
               {}};
  out.events.reserve(static_cast<size_t>(in.events_size()));
  try {
    for (auto& e : *in.mutable_events())
      out.events.push_back(take_one(e));
  } catch (const unreadable& e) {
    return failure{errc::internal, "revision " + std::to_string(out.number)
                                       + ": the stored " + std::string(e.why)
                                       + " is missing or damaged"};
  }
  return out;
}

} // namespace revision_detail

std::string revision_codec::write(const revision& x,
                                  const intern_function& intern) {
  using namespace revision_detail;
  scratch memory;
  auto& out = *google::protobuf::Arena::CreateMessage<record::Revision>(
      &memory.arena);
  put_frame(out, x.number, x.at);
  out.set_cause_kind(static_cast<uint32_t>(x.why.kind));
  out.set_cause_what(x.why.what);
  out.set_cause_by(x.why.by);
  for (auto& e : x.events)
    std::visit(event_writer{*out.add_events(), current_, intern}, e);
  return out.SerializeAsString();
}

std::string revision_codec::write_snapshot(const workflow& head,
                                           const std::vector<const task*>& rows,
                                           int64_t number, int64_t at) {
  using namespace revision_detail;
  scratch memory;
  auto& out = *google::protobuf::Arena::CreateMessage<record::Revision>(
      &memory.arena);
  put_frame(out, number, at);
  out.set_cause_kind(static_cast<uint32_t>(cause_kind::node));
  auto& created = *out.add_events()->mutable_created();
  put(created, head);
  created.set_definition(current_.what->hash());
  created.set_definition_own(current_.own);
  for (auto* row : rows)
    put(*out.add_events()->mutable_task_added(), *row, current_.what.get());
  return out.SerializeAsString();
}

result<revision> revision_codec::read(std::string_view bytes,
                                      const find_function& find) {
  return revision_detail::read_revision(bytes, [&](record::Event& e) {
    return revision_detail::take_event(e, current_, find);
  });
}

result<revision> read_told(std::string_view bytes) {
  return revision_detail::read_revision(
      bytes, [](record::Event& e) { return revision_detail::take_told(e); });
}

} // namespace tutti::storage
