#include "actors/engine/decision/weights.hpp"

#include "messages/model/fields.hpp"

namespace tutti::engine {

namespace weights_detail {

// Numbers, tags and lengths of all fields at their longest; of a change those
// of the fields that changes usually have.
constexpr uint64_t row_overhead = 400;
constexpr uint64_t change_overhead = 200;
constexpr uint64_t definition_overhead = 300;
constexpr uint64_t message_overhead = 40;
constexpr uint64_t text_overhead = 12;

template <class Texts>
uint64_t texts(const Texts& all) {
  uint64_t out = 0;
  for (auto& x : all)
    out += x.size() + text_overhead;
  return out;
}

template <class Pairs>
uint64_t pairs(const Pairs& all) {
  uint64_t out = 0;
  for (auto& [key, value] : all)
    out += key.size() + value.size() + 2 * text_overhead;
  return out;
}

uint64_t size_of(const payload& x) {
  return x.is_empty_object() ? 2 : x.text().size();
}

// By kind of field (messages/model/fields.hpp).
#define TUTTI_WEIGH_NUMBER(field)
#define TUTTI_WEIGH_STATUS(field)
#define TUTTI_WEIGH_OPTIONAL(field)
#define TUTTI_WEIGH_TEXT(field) out += (field).size();
#define TUTTI_WEIGH_PAYLOAD(field) out += size_of(field);
#define TUTTI_WEIGH_TEXTS(field) out += texts(field);
#define TUTTI_WEIGH_PAIRS(field) out += pairs(field);

#define TUTTI_WEIGH(kind, name) TUTTI_WEIGH_##kind(x.name)
#define TUTTI_WEIGH_CHANGE(kind, name, told, wire)                             \
  if (x.name) {                                                                \
    TUTTI_WEIGH_##kind(*x.name)                                                \
  }

#define TUTTI_GROW_NUMBER(name)
#define TUTTI_GROW_STATUS(name)
#define TUTTI_GROW_TEXT(name)                                                  \
  out += int64_t(e.name->size()) - int64_t(row.name.size());
#define TUTTI_GROW_PAYLOAD(name)                                               \
  out += int64_t(size_of(*e.name)) - int64_t(size_of(row.name));
#define TUTTI_GROW(kind, name, told, wire)                                     \
  if (e.name) {                                                                \
    TUTTI_GROW_##kind(name)                                                    \
  }

constexpr uint64_t key_overhead = 128;

struct effect_weight {
  uint64_t row(const queue_row& x) const {
    return key_overhead + x.queue.size() + x.task_id.size()
           + x.limited_by.size();
  }
  uint64_t operator()(const offer_task& x) const { return row(x.row); }
  uint64_t operator()(const withdraw_task& x) const { return row(x.row); }
  uint64_t operator()(const send_outbox_message& x) const {
    auto out = key_overhead + x.what->to.size() + x.what->from.size();
    if (auto* start = std::get_if<start_other>(&x.what->what)) {
      out += row_overhead + start->name.size() + size_of(start->input)
             + pairs(start->task_to_domain) + start->correlation_id.size()
             + start->idempotency_key.size()
             + start->external_input_path.size();
      if (start->definition)
        out += weight_of(*start->definition);
    } else if (auto* said = std::get_if<workflow_command>(&x.what->what)) {
      if (auto* end = std::get_if<command::child_ended>(said))
        out += size_of(end->output) + end->reason.size()
               + end->child_name.size();
      else if (auto* signal = std::get_if<command::signal>(said))
        out += size_of(signal->output);
      out += row_overhead;
    } else if (auto* mail = std::get_if<external_message>(&x.what->what)) {
      out += size_of(mail->content);
    }
    return out;
  }
  uint64_t operator()(const append_logs& x) const {
    uint64_t out = 0;
    for (auto& line : x.logs)
      out += key_overhead + x.task_id.size() + line.log.size();
    return out;
  }
  uint64_t operator()(const publish_message& x) const {
    return key_overhead + x.queue.size() + x.id.size() + x.provider.size()
           + size_of(x.content);
  }
  uint64_t operator()(const retract_message& x) const {
    return key_overhead + x.queue.size() + x.id.size();
  }
  uint64_t operator()(const cache_output& x) const {
    return key_overhead + x.name.size() + x.key.size() + size_of(x.output);
  }
  uint64_t operator()(const take_lease& x) const {
    return 2 * key_overhead + x.what.definition.size() + x.what.queue.size()
           + x.what.worker_id.size();
  }
  uint64_t operator()(const end_lease& x) const {
    return key_overhead + x.definition.size() + x.task_id.size();
  }
};

} // namespace weights_detail

using namespace weights_detail;

uint64_t weight_of(const task& x) {
  auto out = row_overhead;
  TUTTI_TASK_FIELDS(TUTTI_WEIGH)
  return out;
}

uint64_t weight_of(const workflow& x) {
  auto out = row_overhead;
  TUTTI_WORKFLOW_FIELDS(TUTTI_WEIGH)
  return out;
}

uint64_t weight_of(const workflow_message& x) {
  return message_overhead + x.id.size() + size_of(x.content);
}

uint64_t weight_of(const workflow_task& x) {
  auto out = definition_overhead + x.name.size() + x.reference_name.size()
             + x.type.size() + x.description->size() + x.expression->size()
             + x.script_expression->size() + x.case_expression->size()
             + x.loop_condition->size() + x.items->size() + x.sink->size()
             + size_of(x.input_parameters) + size_of(x.metadata)
             + texts(x.join_on) + texts(x.default_exclusive_join_task);
  for (auto& [name, events] : x.on_state_change)
    for (auto& e : events)
      out += name.size() + e.type.size() + size_of(e.data) + message_overhead;
  for (auto& [value, tasks] : x.decision_cases)
    out += value.size() + text_overhead;
  for (auto& handler : x.on_error)
    out += message_overhead + handler.reason.size() + texts(handler.tasks);
  if (x.definition)
    out += 1'000 + x.definition->description.size()
           + size_of(x.definition->input_template);
  if (x.sub_workflow) {
    out += message_overhead + x.sub_workflow->definition_expression.size();
    if (auto& own = x.sub_workflow->definition)
      out += weight_of(*own);
  }
  for_each_list(x, [&](auto& list, auto&&) {
    for (auto& inner : list)
      out += weight_of(inner);
  });
  return out;
}

uint64_t weight_of(const workflow_def& x) {
  auto out = definition_overhead + x.name.size() + x.description.size()
             + size_of(x.output_parameters) + size_of(x.variables)
             + size_of(x.input_template) + size_of(x.metadata)
             + texts(x.input_parameters) + texts(x.masked_fields);
  for (auto& task : x.tasks)
    out += weight_of(task);
  return out;
}

uint64_t weight_of(const effect& e) { return std::visit(effect_weight{}, e); }

uint64_t weight_of(const workflow_changed& x) {
  auto out = change_overhead;
  TUTTI_WORKFLOW_CHANGE_FIELDS(TUTTI_WEIGH_CHANGE)
  return out;
}

uint64_t weight_of(const task_changed& x) {
  auto out = change_overhead + x.task_id.size();
  TUTTI_TASK_CHANGE_FIELDS(TUTTI_WEIGH_CHANGE)
  return out;
}

uint64_t weight_of(const workflow_created& x) {
  auto out = weight_of(*x.head);
  for (auto& message : x.head->inbox)
    out += weight_of(message);
  return out;
}

uint64_t weight_of(const tasks_removed& x) {
  return change_overhead + texts(x.task_ids);
}

uint64_t weight_of(const inbox_changed& x) {
  auto out = change_overhead;
  for (auto& message : x.added)
    out += weight_of(message);
  return out;
}

uint64_t weight_of(const event& e) {
  struct visitor {
    uint64_t operator()(const task_added& x) const { return weight_of(*x.row); }
    uint64_t operator()(const copy_on_write<workflow_changed>& x) const {
      return weight_of(*x);
    }
    uint64_t operator()(const copy_on_write<task_changed>& x) const {
      return weight_of(*x);
    }
    uint64_t operator()(const workflow_created& x) const {
      return weight_of(x);
    }
    uint64_t operator()(const tasks_removed& x) const { return weight_of(x); }
    uint64_t operator()(const inbox_changed& x) const { return weight_of(x); }
  };
  return std::visit(visitor{}, e);
}

int64_t growth_of(const task& row, const task_changed& e) {
  int64_t out = 0;
  TUTTI_TASK_CHANGE_FIELDS(TUTTI_GROW)
  return out;
}

} // namespace tutti::engine
