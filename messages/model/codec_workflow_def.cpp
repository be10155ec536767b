#include "messages/model/codec_read.hpp"
#include "messages/model/codec_write.hpp"

namespace tutti {

namespace workflow_def_detail {

bool is_expression(std::string_view text) {
  return text.size() > 3 && text.substr(0, 2) == "${" && text.back() == '}';
}

bool read_definition(json_reader& in, sub_workflow_params& x) {
  x.definition = nullptr;
  x.definition_expression.clear();
  if (in.peek() == json_reader::kind::string) {
    in.read(x.definition_expression);
    return is_expression(x.definition_expression)
           || in.fail("must be a workflow definition or an expression like "
                      "${ref.output.definition}");
  }
  return read_value(in, x.definition);
}

bool read_priority(json_reader& in, sub_workflow_params& x) {
  using kind = json_reader::kind;
  x.priority.reset();
  switch (in.peek()) {
    case kind::null:
      return in.skip();
    case kind::number:
    case kind::string:
      x.priority = in.any();
      return true;
    default:
      return in.fail("must be a number or an expression");
  }
}

} // namespace workflow_def_detail

bool read_value(json_reader& in, sub_workflow_params& x) {
  bool read = in.object([&](std::string_view key) {
    if (key == "workflowDefinition")
      return workflow_def_detail::read_definition(in, x);
    if (key == "priority")
      return workflow_def_detail::read_priority(in, x);
    bool good = true;
    if (read_member(in, x, key, good))
      return good;
    return in.skip_unknown(
        key, names_of<sub_workflow_params>({"workflowDefinition", "priority"}));
  });
  // The inline definition is what runs: its name wins.
  if (read && x.definition && !x.definition->name.empty()) {
    x.name = x.definition->name;
    x.version = x.definition->version;
  }
  return read;
}

bool read_value(json_reader& in, workflow_task& x) {
  // Older clients also send the type as `workflowTaskType`; `type` wins.
  std::string alias;
  bool has_type = false;
  bool read = in.object([&](std::string_view key) {
    if (key == "workflowTaskType")
      return in.read(alias);
    has_type = has_type || key == "type";
    // Kept as the text of a list: Conductor's clients know a text only.
    if (key == "items" && in.peek() == json_reader::kind::list) {
      x.items = in.any().text();
      return true;
    }
    bool good = true;
    if (read_member(in, x, key, good))
      return good;
    return in.skip_unknown(key, names_of<workflow_task>({"workflowTaskType"}));
  });
  if (!alias.empty() && (!has_type || x.type.empty()))
    x.type = std::move(alias);
  return read;
}

/// A path alone is a text.
bool read_value(json_reader& in, search_attribute& x) {
  if (in.peek() == json_reader::kind::string)
    return in.read(x.path);
  return read_members(in, x);
}

result<workflow_def> read_workflow_def(std::string_view text,
                                       violations* unknown) {
  return read_body<workflow_def>(text, "workflow definition", unknown);
}

result<std::vector<workflow_def>> read_workflow_defs(std::string_view text,
                                                     violations* unknown) {
  return read_body<std::vector<workflow_def>>(
      text, "list of workflow definitions", unknown);
}

result<workflow_def> to_workflow_def(const nlohmann::json& value) {
  return read_workflow_def(to_text(value));
}

result<workflow_task> to_workflow_task(const nlohmann::json& value) {
  return read_body<workflow_task>(to_text(value), "workflow task");
}

void write(std::string& out, const workflow_def& x) {
  write_value<false>(out, x);
}

void write(std::string& out, const workflow_task& x) {
  write_value<false>(out, x);
}

void write_compact(std::string& out, const workflow_def& x) {
  write_value<true>(out, x);
}

void write_compact(std::string& out, const workflow_task& x) {
  write_value<true>(out, x);
}

} // namespace tutti
