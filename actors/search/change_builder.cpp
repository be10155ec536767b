#include "actors/search/change_builder.hpp"

#include "actors/engine/features/masking.hpp"
#include "messages/model/query/literals.hpp"
#include "messages/model/query/words.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace tutti {

namespace change_builder_detail {

/// An index row holds the beginning of a long text, cut between characters.
std::string cut(std::string_view x) {
  if (x.size() <= index::text_bytes_max)
    return std::string(x);
  auto end = index::text_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(x[end]) & 0xc0) == 0x80)
    --end;
  return std::string(x.substr(0, end));
}

std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (auto& x : all) {
    if (!out.empty())
      out += ',';
    out += x;
    if (out.size() > index::text_bytes_max)
      break;
  }
  return cut(out);
}

template <class To, class From>
void set(std::optional<To>& to, const std::optional<From>& from) {
  if (from)
    to = To(*from);
}
void set_text(std::optional<std::string>& to,
              const std::optional<std::string>& from) {
  if (from)
    to = cut(*from);
}

const nlohmann::json* value_at(const nlohmann::json& data,
                               std::string_view path) {
  auto* at = &data;
  while (!path.empty()) {
    auto dot = std::min(path.find('.'), path.size());
    if (!at->is_object())
      return nullptr;
    auto found = at->find(std::string(path.substr(0, dot)));
    if (found == at->end())
      return nullptr;
    at = &*found;
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return at;
}

std::optional<index::attribute> to_attribute(const search_attribute& named,
                                             const nlohmann::json& x) {
  using kind = query::attribute_kind;
  index::attribute out{named.path, kind(named.type), {}, 0};
  auto text = x.is_string()                      ? x.get<std::string>()
              : x.is_primitive() && !x.is_null() ? to_text(x)
                                                 : std::string();
  switch (named.type) {
    case attribute_type::text:
      if (!x.is_primitive() || x.is_null())
        return std::nullopt;
      out.text = cut(text);
      return out;
    case attribute_type::number:
      if (auto number = query::to_number(text)) {
        out.number = *number;
        return out;
      }
      return std::nullopt;
    case attribute_type::boolean:
      if (text != "true" && text != "false")
        return std::nullopt;
      out.number = text == "true";
      return out;
    case attribute_type::time:
      // A span from now would mean another time with each reading.
      if (text.empty() || text[0] == '-' || text[0] == '+' || text[0] == 'n')
        return std::nullopt;
      if (auto time = query::to_time(text, 0)) {
        out.number = double(*time);
        return out;
      }
      return std::nullopt;
  }
  return std::nullopt;
}

std::vector<std::string> words_of(const payload& data) {
  std::vector<std::string> out;
  query::add_words(out, data);
  return out;
}

payload masked(const workflow_def& definition, const payload& x) {
  engine::masking mask(definition);
  return mask.on() ? mask.of(x) : x;
}

} // namespace change_builder_detail

std::vector<index::attribute> attributes_of(const workflow_def& definition,
                                            std::string_view root,
                                            const payload& data) {
  using namespace change_builder_detail;
  constexpr size_t values_max = 10; // of a list
  std::vector<index::attribute> out;
  for (auto& named : definition.search_attributes) {
    std::string_view path = named.path;
    if (path.substr(0, path.find('.')) != root || data.is_empty_object())
      continue;
    auto* value = value_at(data.json(), path.substr(root.size() + 1));
    if (!value)
      continue;
    auto add = [&](const nlohmann::json& x) {
      if (auto one = to_attribute(named, x))
        out.push_back(std::move(*one));
    };
    if (!value->is_array())
      add(*value);
    else
      for (size_t i = 0; i < value->size() && i < values_max; ++i)
        add((*value)[i]);
  }
  return out;
}

change_builder::change_builder(std::string id) { out_.id = std::move(id); }

void change_builder::add(const event& x,
                         const search_definitions::pointer& definition) {
  if (definition)
    definition_ = definition;
  std::visit(
      [&](auto& one) {
        if constexpr (requires { *one; })
          on(*one);
        else
          on(one);
      },
      x);
}

void change_builder::on(const workflow_created& x) {
  using namespace change_builder_detail;
  auto& head = *x.head;
  out_.complete = true;
  out_.tasks.clear();
  tasks_.clear();
  auto& to = out_.set;
  to.status = head.status;
  to.created = head.create_time;
  to.updated = head.update_time;
  to.ended = head.end_time;
  to.priority = head.priority;
  to.correlation_id = cut(head.correlation_id);
  to.parent_id = head.parent_workflow_id;
  to.created_by = cut(head.created_by);
  to.idempotency_key = cut(head.idempotency_key);
  to.event = cut(head.event);
  to.reason = cut(head.reason);
  to.failed_references = joined(head.failed_reference_names);
  to.failed_tasks = joined(head.failed_task_names);
  input_ = head.input;
  output_ = head.output;
  variables_ = head.variables;
  ended_ = is_terminal(head.status);
}

void change_builder::on(const workflow_changed& x) {
  using namespace change_builder_detail;
  auto& to = out_.set;
  set(to.status, x.status);
  set(to.created, x.create_time);
  set(to.updated, x.update_time);
  set(to.ended, x.end_time);
  set_text(to.correlation_id, x.correlation_id);
  set_text(to.reason, x.reason);
  if (x.failed_reference_names)
    to.failed_references = joined(*x.failed_reference_names);
  if (x.failed_task_names)
    to.failed_tasks = joined(*x.failed_task_names);
  set(input_, x.input);
  set(output_, x.output);
  set(variables_, x.variables);
  if (x.status)
    ended_ = is_terminal(*x.status);
}

index::changed_task& change_builder::task_of(const std::string& id) {
  auto [at, is_new] = tasks_.try_emplace(id, out_.tasks.size());
  if (is_new)
    out_.tasks.push_back({id, false, false, {}});
  return out_.tasks[at->second];
}

void change_builder::on(const task_added& x) {
  using namespace change_builder_detail;
  auto& row = *x.row;
  auto& out = task_of(row.task_id);
  out.added = true;
  out.removed = false;
  auto& to = out.set;
  to.type = cut(row.task_type);
  to.definition = cut(row.task_def_name);
  to.reference = cut(row.reference_name);
  to.status = row.status;
  to.scheduled = row.scheduled_time;
  to.started = row.start_time;
  to.updated = row.update_time;
  to.ended = row.end_time;
  to.reason = cut(row.reason);
  to.worker_id = cut(row.worker_id);
  to.domain = cut(row.domain);
  to.retry_count = row.retry_count;
}

void change_builder::on(const task_changed& x) {
  using namespace change_builder_detail;
  index::task_change to;
  to.status = x.status;
  to.scheduled = x.scheduled_time;
  to.started = x.start_time;
  to.updated = x.update_time;
  to.ended = x.end_time;
  set_text(to.reason, x.reason);
  set_text(to.worker_id, x.worker_id);
  set_text(to.domain, x.domain);
  set(to.retry_count, x.retry_count);
  // Most changes are bookkeeping of the engine.
  if (!index::changes_anything(to))
    return;
  auto& out = task_of(x.task_id);
  auto fields = out.set.all();
  auto changes = to.all();
  [&]<size_t... i>(std::index_sequence<i...>) {
    ((std::get<i>(changes) ? void(std::get<i>(fields) = std::get<i>(changes))
                           : void()),
     ...);
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(fields)>>());
}

void change_builder::on(const tasks_removed& x) {
  for (auto& id : x.task_ids) {
    auto& out = task_of(id);
    out.removed = true;
    out.added = false;
    out.set = {};
  }
}

std::optional<index::execution_change>
change_builder::finish(const search_definitions::pointer& known) && {
  using namespace change_builder_detail;
  auto definition = definition_ ? definition_ : known;
  bool needs_definition = out_.complete || changes_data() || definition_;
  // The words of the input contain names, and another definition may name other
  // attributes: then everything is made again.
  bool starts_over = input_ || definition_ || out_.set.correlation_id;
  if (needs_definition && (!definition || (!out_.complete && starts_over)))
    return std::nullopt;
  if (out_.complete) {
    out_.set.type = definition->name;
    out_.set.version = definition->version;
    auto& words = out_.words[size_t(index::text::input)].emplace();
    query::add_words(words, definition->name);
    query::add_words(words, *out_.set.correlation_id);
    query::add_words(words, masked(*definition, *input_));
  }
  if (output_)
    out_.words[size_t(index::text::output)]
        = words_of(masked(*definition, *output_));
  if (out_.set.reason) {
    auto& words = out_.words[size_t(index::text::reason)].emplace();
    query::add_words(words, *out_.set.reason);
  }
  auto add = [&](index::part which, const char* root,
                 const std::optional<payload>& data) {
    if (data)
      out_.attributes[size_t(which)]
          = attributes_of(*definition, root, masked(*definition, *data));
  };
  if (definition && !definition->search_attributes.empty()) {
    add(index::part::input, "input", input_);
    add(index::part::output, "output", output_);
    add(index::part::variables, "variables", variables_);
  }
  return std::move(out_);
}

} // namespace tutti
