#include "api/rest/openapi/document.hpp"

#include "api/rest/openapi/models.hpp"
#include "messages/model/codec.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace tutti::rest {

namespace document_detail {

std::string quoted(std::string_view x) {
  std::string out;
  write_string(out, x);
  return out;
}

std::vector<std::string> variables_of(std::string_view pattern) {
  std::vector<std::string> out;
  for (size_t at; (at = pattern.find('{')) != pattern.npos;) {
    auto end = pattern.find('}', at);
    out.emplace_back(pattern.substr(at + 1, end - at - 1));
    pattern.remove_prefix(end);
  }
  return out;
}

/// Two patterns that differ in the names of their variables are one path.
std::string shape_of(std::string_view pattern) {
  std::string out;
  for (auto& name : variables_of(pattern)) {
    auto at = pattern.find("{" + name + "}");
    out += std::string(pattern.substr(0, at)) + "{}";
    pattern.remove_prefix(at + name.size() + 2);
  }
  return out + std::string(pattern);
}

std::string lower(std::string_view x) {
  std::string out(x);
  for (auto& c : out)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// "GET /api/workflow/{workflowId}/status" is "getApiWorkflowByWorkflowId...".
std::string operation_id(const route& row) {
  auto out = lower(to_string(row.verb));
  bool upper = true;
  for (auto c : row.pattern) {
    if (c == '{')
      out += "By";
    bool letter = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (letter)
      out += upper ? static_cast<char>(std::toupper(c)) : c;
    upper = !letter;
  }
  return out;
}

/// The part of the API that a path belongs to.
std::string group_of(std::string_view pattern) {
  if (pattern.starts_with("/api/"))
    pattern.remove_prefix(5);
  else
    return "node";
  auto group = std::string(pattern.substr(0, pattern.find('/')));
  return group == "health" || group == "version" ? "node" : group;
}

std::string_view type_of(argument::kind x) {
  switch (x) {
    case argument::kind::text:
      return R"({"type":"string")";
    case argument::kind::int32:
      return R"({"type":"integer","format":"int32")";
    case argument::kind::int64:
      return R"({"type":"integer","format":"int64")";
    case argument::kind::flag:
      return R"({"type":"boolean")";
    case argument::kind::texts:
      return R"({"type":"array","items":{"type":"string"})";
  }
  return {};
}

std::string parameter(const argument& x) {
  std::string out = "{\"name\":" + quoted(x.name) + ",\"in\":";
  out += x.in == argument::place::header ? "\"header\"" : "\"query\"";
  if (x.required)
    out += ",\"required\":true";
  out += ",\"schema\":";
  if (!x.choices.empty())
    return out + schema_of(x.choices) + '}';
  out += type_of(x.type);
  if (!x.otherwise.empty())
    out += ",\"default\":" + std::string(x.otherwise);
  return out + "}}";
}

/// `own`: as the row calls it; `name`: as the path does.
std::string path_parameter(const std::string& name, const std::string& own) {
  std::string out = "{\"name\":" + quoted(name)
                    + R"(,"in":"path","required":true,"schema":)";
  out += own == "version" ? R"({"type":"integer","format":"int32"})"
                          : R"({"type":"string"})";
  if (own != name)
    out += ",\"description\":" + quoted(own);
  return out + '}';
}

std::string content(std::string_view model) {
  std::string_view type
      = model == "text" ? "text/plain;charset=UTF-8" : "application/json";
  return "\"content\":{" + quoted(type) + ":{\"schema\":" + schema_of(model)
         + "}}";
}

std::string responses(const route_notes& notes) {
  std::string out = "{" + quoted(std::to_string(notes.status)) + ":{";
  if (notes.answer.empty())
    out += "\"description\":\"done\"";
  else
    out += "\"description\":\"the answer\"," + content(notes.answer);
  out += '}';
  if (notes.or_nothing)
    out += R"(,"204":{"description":"there is none"})";
  return out + R"(,"default":{"description":"a refusal",)" + content("Error")
         + "}}";
}

std::string operation(const route& row, const std::string& path) {
  auto notes = row.notes.value_or(route_notes{row.pattern});
  std::string out = "{\"operationId\":" + quoted(operation_id(row))
                    + ",\"tags\":[" + quoted(group_of(row.pattern))
                    + "],\"summary\":" + quoted(notes.summary)
                    + ",\"x-permission\":" + quoted(to_text(row.needs));
  std::string parameters;
  auto add = [&](std::string one) {
    parameters += (parameters.empty() ? "" : ",") + std::move(one);
  };
  auto names = variables_of(path), own = variables_of(row.pattern);
  for (size_t i = 0; i < names.size(); ++i)
    add(path_parameter(names[i], own[i]));
  for (auto& x : notes.arguments)
    add(parameter(x));
  if (!parameters.empty())
    out += ",\"parameters\":[" + parameters + ']';
  if (!notes.body.empty())
    out += ",\"requestBody\":{" + content(notes.body) + '}';
  return out + ",\"responses\":" + responses(notes) + '}';
}

} // namespace document_detail

std::string openapi_document(const route_table& routes,
                             std::string_view version) {
  using namespace document_detail;
  // The first row of a shape names its variables.
  std::map<std::string, std::string> path_of;
  std::map<std::string, std::map<std::string, std::string>> paths;
  for (auto& row : routes) {
    auto& path
        = path_of.emplace(shape_of(row.pattern), row.pattern).first->second;
    paths[path][lower(to_string(row.verb))] = operation(row, path);
  }
  std::string out = "{\n\"openapi\":\"3.1.0\",\n\"info\":{\"title\":\"Tutti\","
                    "\"version\":"
                    + quoted(version)
                    + ",\"license\":{\"name\":\"Apache-2.0\",\"identifier\":"
                      "\"Apache-2.0\"}},\n\"paths\":{";
  auto comma = [&] { out += out.back() == '{' ? "\n" : ",\n"; };
  for (auto& [path, operations] : paths) {
    comma();
    out += quoted(path) + ":{";
    for (auto& [verb, text] : operations) {
      comma();
      out += ' ' + quoted(verb) + ':' + text;
    }
    out += "}";
  }
  out += "},\n\"components\":{\"schemas\":{";
  for (auto& x : all_models()) {
    comma();
    out += quoted(x.name) + ':' + schema_of(x);
  }
  return out + "}}\n}\n";
}

} // namespace tutti::rest
