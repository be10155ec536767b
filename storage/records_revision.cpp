#include "messages/model/codec.hpp"
#include "messages/model/fields.hpp"
#include "storage/records.hpp"
#include "storage/records_fields.hpp"

#include <nlohmann/json.hpp>

#include <google/protobuf/arena.h>

namespace tutti::storage {

namespace revision_detail {

using namespace record_fields;

/// Thrown where reading stops; becomes one sentence at the end.
struct unreadable {
  std::string_view why;
};

// How each kind of field (messages/model/fields.hpp) is recorded: in a row or a
// head, and in a change, where it may be absent.

// Most texts and payloads of a row are empty, and setting them would allocate.
#define TUTTI_PUT_NUMBER(name) out.set_##name(x.name);
#define TUTTI_PUT_TEXT(name)                                                   \
  if (!x.name.empty())                                                         \
    out.set_##name(x.name);
#define TUTTI_PUT_PAYLOAD(name)                                                \
  if (!x.name.is_empty_object())                                               \
    out.set_##name(x.name.text());
#define TUTTI_PUT_STATUS(name) out.set_##name(static_cast<uint32_t>(x.name));
#define TUTTI_PUT_OPTIONAL(name)                                               \
  if (x.name)                                                                  \
    out.set_##name(static_cast<uint32_t>(*x.name));
#define TUTTI_PUT_TEXTS(name)                                                  \
  for (auto& text : x.name)                                                    \
    out.add_##name(text);
#define TUTTI_PUT_PAIRS(name) put_pairs(*out.mutable_##name(), x.name);

#define TUTTI_TAKE_NUMBER(name) out.name = in.name();
#define TUTTI_TAKE_TEXT(name) out.name = std::move(*in.mutable_##name());
#define TUTTI_TAKE_PAYLOAD(name)                                               \
  out.name = payload_of(std::move(*in.mutable_##name()));
#define TUTTI_TAKE_STATUS(name) take_enum(out.name, in.name());
#define TUTTI_TAKE_OPTIONAL(name)                                              \
  if (in.has_##name())                                                         \
    take_enum(out.name.emplace(), in.name());
#define TUTTI_TAKE_TEXTS(name)                                                 \
  for (auto& text : *in.mutable_##name())                                      \
    out.name.push_back(std::move(text));
#define TUTTI_TAKE_PAIRS(name) take_pairs(*in.mutable_##name(), out.name);

#define TUTTI_PUT_FIELD(kind, name) TUTTI_PUT_##kind(name)
#define TUTTI_TAKE_FIELD(kind, name) TUTTI_TAKE_##kind(name)

#define TUTTI_RECORD_NUMBER(name) out.set_##name(*x.name);
#define TUTTI_RECORD_TEXT(name) out.set_##name(*x.name);
#define TUTTI_RECORD_PAYLOAD(name) out.set_##name(text_of(*x.name));
#define TUTTI_RECORD_STATUS(name)                                              \
  out.set_##name(static_cast<uint32_t>(*x.name));
#define TUTTI_RECORD_TEXTS(name) put_texts(*out.mutable_##name(), *x.name);
#define TUTTI_RECORD_PAIRS(name)                                               \
  put_pairs(*out.mutable_##name()->mutable_items(), *x.name);

#define TUTTI_READ_NUMBER(name) out.name = in.name();
#define TUTTI_READ_TEXT(name) out.name = std::move(*in.mutable_##name());
#define TUTTI_READ_PAYLOAD(name)                                               \
  out.name = payload_of(std::move(*in.mutable_##name()));
#define TUTTI_READ_STATUS(name) take_enum(out.name.emplace(), in.name());
#define TUTTI_READ_TEXTS(name) out.name = take_texts(*in.mutable_##name());
#define TUTTI_READ_PAIRS(name)                                                 \
  take_pairs(*in.mutable_##name()->mutable_items(), out.name.emplace());

#define TUTTI_RECORD_FIELD(kind, name, told, wire)                             \
  if (x.name) {                                                                \
    TUTTI_RECORD_##kind(name)                                                  \
  }
#define TUTTI_READ_FIELD(kind, name, told, wire)                               \
  if (in.has_##name()) {                                                       \
    TUTTI_READ_##kind(name)                                                    \
  }

void take_enum(task_status& field, uint32_t value) {
  if (!set_enum(field, value, last_task_status))
    throw unreadable{"task status"};
}
void take_enum(workflow_status& field, uint32_t value) {
  if (!set_enum(field, value, last_workflow_status))
    throw unreadable{"workflow status"};
}
void take_enum(slot_state& field, uint32_t value) {
  if (!set_enum(field, value, slot_state::held))
    throw unreadable{"slot"};
}

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

using stored_pairs = google::protobuf::RepeatedPtrField<record::Pair>;

template <class Pairs>
void put_pairs(stored_pairs& out, const Pairs& pairs) {
  for (auto& [key, value] : pairs) {
    auto& pair = *out.Add();
    pair.set_key(key);
    pair.set_value(value);
  }
}

template <class Pairs>
void take_pairs(stored_pairs& in, Pairs& out) {
  for (auto& pair : in)
    out.insert(out.end(),
               typename Pairs::value_type(std::move(*pair.mutable_key()),
                                          std::move(*pair.mutable_value())));
}

void put(record::Head& out, const workflow& x) {
  TUTTI_WORKFLOW_FIELDS(TUTTI_PUT_FIELD)
  put_messages(*out.mutable_inbox(), x.inbox);
}

workflow take(record::Head& in) {
  workflow out;
  TUTTI_WORKFLOW_FIELDS(TUTTI_TAKE_FIELD)
  out.inbox = take_messages(*in.mutable_inbox());
  return out;
}

void put(record::WorkflowChange& out, const workflow_changed& x){
    TUTTI_WORKFLOW_CHANGE_FIELDS(TUTTI_RECORD_FIELD)}

workflow_changed take(record::WorkflowChange& in) {
  workflow_changed out;
  TUTTI_WORKFLOW_CHANGE_FIELDS(TUTTI_READ_FIELD)
  return out;
}

void put(record::TaskRow& out, const task& x,
         const kept_definition* definition) {
  TUTTI_TASK_FIELDS(TUTTI_PUT_FIELD)
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
  TUTTI_TASK_FIELDS(TUTTI_TAKE_FIELD)
  return out;
}

task take(record::TaskRow& in, const kept_definition* definition) {
  auto found = take_definition(in, definition);
  auto out = take_fields(in);
  out.definition = std::move(found);
  return out;
}

void put(record::TaskChange& out, const task_changed& x) {
  out.set_task_id(x.task_id);
  TUTTI_TASK_CHANGE_FIELDS(TUTTI_RECORD_FIELD)
}

task_changed take(record::TaskChange& in) {
  task_changed out;
  out.task_id = std::move(*in.mutable_task_id());
  TUTTI_TASK_CHANGE_FIELDS(TUTTI_READ_FIELD)
  return out;
}

/// A member that no list has does not compile here: there are more members than
/// names.
#define TUTTI_NAME(kind, name, ...) name,
[[maybe_unused]] void every_member_is_listed(const task& row,
                                             const task_changed& row_change,
                                             const workflow& head,
                                             const workflow_changed& change) {
  { [[maybe_unused]] auto& [TUTTI_TASK_FIELDS(TUTTI_NAME) definition] = row; }
  {
    [[maybe_unused]] auto& [TUTTI_TASK_CHANGE_FIELDS(TUTTI_NAME) task_id]
        = row_change;
  }
  {
    [[maybe_unused]] auto& [TUTTI_WORKFLOW_FIELDS(TUTTI_NAME) definition, inbox]
        = head;
  }
  {
    [[maybe_unused]] auto& [TUTTI_WORKFLOW_CHANGE_FIELDS(TUTTI_NAME) definition]
        = change;
  }
}
#undef TUTTI_NAME

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

/// Records of one decision are built and dropped together: an arena on a block
/// of the thread makes that cheap.
struct scratch {
  alignas(8) char block[16 << 10];
  google::protobuf::Arena arena{block, sizeof block};
};

/// Drops the definitions: history is told without them.
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
    default: // other events name no definition
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
               {},
               in.history_bytes()};
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

result<std::string> revision_codec::write(const revision& x,
                                          const intern_function& intern) {
  using namespace revision_detail;
  scratch memory;
  auto& out = *google::protobuf::Arena::CreateMessage<record::Revision>(
      &memory.arena);
  put_frame(out, x.number, x.at);
  out.set_history_bytes(x.history_bytes);
  out.set_cause_kind(static_cast<uint32_t>(x.why.kind));
  out.set_cause_what(x.why.what);
  out.set_cause_by(x.why.by);
  for (auto& e : x.events)
    std::visit(event_writer{*out.add_events(), current_, intern}, e);
  return serialized(out, "one step of the execution");
}

result<std::string> revision_codec::write_snapshot(
    const workflow& head, const std::vector<const task*>& rows, int64_t number,
    int64_t at, uint64_t history_bytes) {
  using namespace revision_detail;
  scratch memory;
  auto& out = *google::protobuf::Arena::CreateMessage<record::Revision>(
      &memory.arena);
  put_frame(out, number, at);
  out.set_history_bytes(history_bytes);
  out.set_cause_kind(static_cast<uint32_t>(cause_kind::node));
  auto& created = *out.add_events()->mutable_created();
  put(created, head);
  created.set_definition(current_.what->hash());
  created.set_definition_own(current_.own);
  for (auto* row : rows)
    put(*out.add_events()->mutable_task_added(), *row, current_.what.get());
  return serialized(out, "a snapshot of the execution");
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

result<revision> read_told(std::string_view bytes,
                           std::vector<named_definition>& named) {
  size_t place = 0;
  auto note = [&](auto& head) {
    if (!head.definition().empty())
      named.push_back({place, head.definition(), head.definition_own()});
  };
  return revision_detail::read_revision(bytes, [&](record::Event& e) {
    if (e.has_created())
      note(e.created());
    if (e.has_workflow_changed())
      note(e.workflow_changed());
    ++place;
    return revision_detail::take_told(e);
  });
}

} // namespace tutti::storage
