#include "actors/engine/inputs/expression/environment.hpp"

#include "actors/engine/inputs/expression/json_slice.hpp"
#include "actors/engine/inputs/expression/path_cache.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace environment_detail {

using nlohmann::json;

constexpr std::string_view opening = "${workflow.secrets.";

json resolve(std::string_view reference, const name_lookup& lookup) {
  auto dot = reference.find('.');
  auto value = lookup(reference.substr(0, dot));
  if (!value)
    return {};
  if (dot == reference.npos)
    return json(*value);
  auto path = path_cache::of_thread().find(reference.substr(dot + 1));
  auto document = parse_json(*value);
  if (!path || !document)
    return {};
  return path->evaluate(*document).value_or(json());
}

/// Null when the text names no secret.
std::optional<json> resolve_text(const std::string& text,
                                 const name_lookup& secrets) {
  size_t found = text.find(opening), done = 0;
  if (found == text.npos)
    return std::nullopt;
  std::string out;
  for (; found != text.npos; found = text.find(opening, done)) {
    auto begin = found + opening.size();
    auto end = text.find('}', begin);
    if (end == text.npos || end == begin)
      break;
    auto value
        = resolve(std::string_view(text).substr(begin, end - begin), secrets);
    if (found == 0 && end + 1 == text.size())
      return value;
    out.append(text, done, found - done);
    if (!value.is_null())
      append_java_text(out, to_text(value));
    done = end + 1;
  }
  out.append(text, done);
  return json(std::move(out));
}

bool resolve_all(json& value, const name_lookup& secrets) {
  if (value.is_string()) {
    auto resolved = resolve_text(value.get_ref<const std::string&>(), secrets);
    if (resolved)
      value = std::move(*resolved);
    return resolved.has_value();
  }
  bool changed = false;
  if (value.is_structured())
    for (auto& item : value)
      changed |= resolve_all(item, secrets);
  return changed;
}

} // namespace environment_detail

std::string environment_value(std::string_view reference,
                              const name_lookup& lookup) {
  return to_text(environment_detail::resolve(reference, lookup));
}

payload resolve_secrets(const payload& input, const name_lookup& secrets) {
  using namespace environment_detail;
  if (input.text().find(opening) == std::string::npos)
    return input;
  auto value = input.json();
  if (!resolve_all(value, secrets))
    return input;
  // Only the text: a payload made from the tree would hold every value twice.
  return payload::trusted(to_text(value));
}

payload runtime_metadata(const std::vector<std::string>& names,
                         const name_lookup& secrets,
                         const name_lookup& environment) {
  nlohmann::json out = nlohmann::json::object();
  for (auto& name : names) {
    auto value = secrets(name);
    if (!value)
      value = environment(name);
    if (value)
      out[name] = *value;
  }
  return payload::trusted(to_text(out));
}

} // namespace tutti::engine
