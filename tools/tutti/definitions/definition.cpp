#include "tools/tutti/definitions/definition.hpp"

#include "actors/engine/inputs/expression/reference_check.hpp"
#include "actors/engine/task_traits.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/event_handler.hpp"
#include "messages/model/json_writer.hpp"
#include "messages/model/schedules/schedule_codec.hpp"
#include "messages/model/schedules/schedule_rules.hpp"
#include "messages/model/validation.hpp"
#include "tools/tutti/output.hpp"

namespace tutti::cli {

using nlohmann::json;

namespace definition_detail {

/// What servers write into a definition.
constexpr const char* audit_members[]
    = {"createTime", "updateTime",  "createdBy",
       "updatedBy",  "createdTime", "updatedTime"};

void write(std::string& out, const schedule_def& x) {
  json_object_writer object(out);
  write_members_of(object, x);
  object.close();
}

template <class T>
result<json> as_answered(const T& x) {
  std::string text;
  write(text, x);
  return parse_json(text, 1000);
}

result<schema_def> read_schema(const json& value) {
  auto all = read_schema_defs(to_text(value));
  if (!all)
    return all.failure();
  if (all->size() != 1)
    return failure{errc::invalid, "a schema is a JSON object"};
  return std::move(all->front());
}

result<event_handler> read_one_handler(const json& value) {
  auto all = read_event_handlers(to_text(value));
  if (!all)
    return all.failure();
  if (all->size() != 1)
    return failure{errc::invalid, "an event handler is a JSON object"};
  return std::move(all->front());
}

validation_settings rules() {
  validation_settings out;
  out.rules_of = engine::rules_of_type;
  return out;
}

template <class T>
std::vector<violation> checked(const result<T>& x) {
  violations out;
  if (!x) {
    out.add("", x.failure().message);
    return std::move(out).take();
  }
  // What the environment of a node defines is not known here.
  if constexpr (std::is_same_v<T, workflow_def>)
    validate(out, *x, "", rules(),
             engine::checks_references([](std::string_view) { return true; }));
  else if constexpr (requires { validate(out, *x, ""); })
    validate(out, *x, "");
  else
    validate(out, *x, "", rules());
  return std::move(out).take();
}

} // namespace definition_detail

definition_name definition::name() const {
  definition_name out{which, text_at(value, "name"), std::nullopt};
  if (facts_of(which).has_versions) {
    auto version = value.find("version");
    bool given = version != value.end() && version->is_number_integer();
    out.version = given ? version->get<int32_t>() : 1;
  }
  return out;
}

std::string definition::place(const std::string& pointer_below) const {
  if (!in)
    return {};
  auto at = in->place_of(pointer + pointer_below);
  return in->file() + (at.line > 0 ? ":" + std::to_string(at.line) : "") + ": ";
}

json without_audit(json value) {
  if (value.is_object())
    for (auto* member : definition_detail::audit_members)
      value.erase(member);
  return value;
}

result<json> canonical(const definition& x) {
  using namespace definition_detail;
  auto out = [&]() -> result<json> {
    switch (x.which) {
      case kind::workflow: {
        auto read = to_workflow_def(x.value);
        return read ? as_answered(*read) : result<json>(read.failure());
      }
      case kind::task: {
        auto read = to_task_def(x.value);
        return read ? as_answered(*read) : result<json>(read.failure());
      }
      case kind::schema: {
        auto read = read_schema(x.value);
        return read ? as_answered(*read) : result<json>(read.failure());
      }
      case kind::event_handler: {
        auto read = read_one_handler(x.value);
        return read ? as_answered(*read) : result<json>(read.failure());
      }
      case kind::schedule: {
        auto read = read_schedule_def(to_text(x.value));
        return read ? as_answered(*read) : result<json>(read.failure());
      }
    }
    return x.value;
  }();
  if (!out)
    return out;
  return without_audit(std::move(*out));
}

std::string pointer_of(std::string_view path) {
  if (auto argument = path.find("arg0"); argument != path.npos) {
    path.remove_prefix(argument + 4);
    if (path.starts_with('['))
      path.remove_prefix(std::min(path.find(']'), path.size() - 1) + 1);
  }
  std::string out;
  while (!path.empty()) {
    auto end = std::min(path.find_first_of(".[]", 1), path.size());
    auto step = path.substr(0, end);
    path.remove_prefix(end);
    if (step.starts_with('.') || step.starts_with('[') || step.starts_with(']'))
      step.remove_prefix(1);
    if (!step.empty())
      out += pointer_step(std::string(step));
  }
  return out;
}

std::vector<violation> unknown_fields(const definition& x) {
  violations out;
  auto text = to_text(x.value);
  switch (x.which) {
    case kind::workflow:
      static_cast<void>(read_workflow_def(text, &out));
      break;
    case kind::task:
      static_cast<void>(read_task_def(text, &out));
      break;
    case kind::schema:
      static_cast<void>(read_schema_defs(text, &out));
      break;
    case kind::event_handler:
      static_cast<void>(read_event_handlers(text, &out));
      break;
    case kind::schedule:
      static_cast<void>(read_schedule_def(text, &out));
      break;
  }
  return std::move(out).take();
}

std::vector<violation> broken_rules(const definition& x) {
  using namespace definition_detail;
  switch (x.which) {
    case kind::workflow:
      return checked(to_workflow_def(x.value));
    case kind::task:
      return checked(to_task_def(x.value));
    case kind::schema:
      return checked(read_schema(x.value));
    case kind::event_handler:
      return checked(read_one_handler(x.value));
    case kind::schedule:
      return checked(read_schedule_def(to_text(x.value)));
  }
  return {};
}

} // namespace tutti::cli
