#include "actors/engine/definition/schema/json_schema_compiler.hpp"

#include <list>
#include <mutex>

namespace tutti::engine {

namespace json_schema_compile_detail {

using json = nlohmann::json;

constexpr std::string_view types[]
    = {"null", "boolean", "object", "array", "number", "string", "integer"};

bool is_type(const json& x) {
  return x.is_string()
         && std::find(std::begin(types), std::end(types),
                      x.get_ref<const std::string&>())
                != std::end(types);
}

bool is_count(const json& x) {
  return x.is_number_unsigned()
         || (x.is_number_integer() && x.get<int64_t>() >= 0)
         || (x.is_number_float() && x.get<double>() >= 0
             && x.get<double>() == std::floor(x.get<double>()));
}

bool is_list_of_names(const json& x) {
  return x.is_array() && std::all_of(x.begin(), x.end(), [](auto& item) {
           return item.is_string();
         });
}

/// Decodes a token of a JSON pointer in a URI fragment.
std::string unescaped(std::string_view token) {
  std::string out;
  for (size_t i = 0; i < token.size(); ++i) {
    auto hex = [&](char c) {
      return c >= '0' && c <= '9'   ? c - '0'
             : c >= 'a' && c <= 'f' ? c - 'a' + 10
             : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                    : -1;
    };
    if (token[i] == '%' && i + 2 < token.size() && hex(token[i + 1]) >= 0
        && hex(token[i + 2]) >= 0) {
      out += char(hex(token[i + 1]) * 16 + hex(token[i + 2]));
      i += 2;
    } else {
      out += token[i];
    }
  }
  return out;
}

/// Recently compiled schemas by text.
struct memo {
  static constexpr size_t entries_max = 256;
  /// Of texts; what is made of them is several times as large.
  static constexpr size_t bytes_max = 16 << 20;
  std::mutex mutex;
  size_t bytes = 0;
  std::list<std::pair<std::string, json_schema::pointer>> order;
  std::unordered_map<std::string_view, decltype(order)::iterator> known;
};

memo& the_memo() {
  static memo m;
  return m;
}

} // namespace json_schema_compile_detail

bool json_schema::compiler::fail(const std::string& at, std::string why) {
  if (!why_)
    why_ = "the schema at '#" + at + "': " + std::move(why);
  return false;
}

bool json_schema::compiler::schema(const json& x, const std::string& at) {
  if (x.is_boolean() || !seen_.insert(&x).second)
    return true;
  if (!x.is_object())
    return fail(at, "must be an object or a boolean");
  if (at.size() > 4'000)
    return fail(at.substr(0, 100) + "...", "is nested too deep");
  for (auto& [key, value] : x.items())
    if (!keyword(x, key, value, at + "/" + key))
      return false;
  return true;
}

bool json_schema::compiler::reference(const json& from, const json& value,
                                      const std::string& at) {
  if (!value.is_string())
    return fail(at, "must be text");
  auto& text = value.get_ref<const std::string&>();
  if (text.empty() || text[0] != '#')
    return fail(at, "'" + text
                        + "' leads outside of the schema, and nothing is "
                          "fetched");
  auto path
      = json_schema_compile_detail::unescaped(std::string_view(text).substr(1));
  if (!path.empty() && path[0] != '/')
    return fail(at, "'" + text + "' is no JSON pointer");
  const json* found = nullptr;
  try {
    json::json_pointer where(path);
    if (out_.root_.contains(where))
      found = &out_.root_.at(where);
  } catch (const json::exception&) {
    return fail(at, "'" + text + "' is no JSON pointer");
  }
  if (!found)
    return fail(at, "'" + text + "' leads nowhere");
  out_.references_[&from] = found;
  return schema(*found, path);
}

bool json_schema::compiler::regex(const std::string& text,
                                  const std::string& at) {
  if (out_.patterns_.contains(text))
    return true;
  // `pattern` matches whole texts, but a schema searches: hence the `.*`.
  auto made = pattern::compile(".*(" + text + ").*", "su");
  if (!made)
    return fail(at, "the pattern '" + text
                        + "' cannot be used: " + made.failure().message);
  out_.patterns_.emplace(text, std::move(*made));
  return true;
}

bool json_schema::compiler::map_of_schemas(const json& value,
                                           const std::string& at) {
  if (!value.is_object())
    return fail(at, "must be an object");
  for (auto& [name, inner] : value.items()) {
    // Some generators put the name of the draft among the properties.
    if (name == "$schema" && inner.is_string())
      continue;
    if (!schema(inner, at + "/" + name))
      return false;
  }
  return true;
}

bool json_schema::compiler::enumeration(const json& value,
                                        const std::string& at) {
  if (!value.is_array())
    return fail(at, "must be a list");
  constexpr size_t short_list = 8;
  if (value.size() > short_list)
    for (auto& item : value)
      out_.enums_[&value].add(item);
  return true;
}

bool json_schema::compiler::list_of_schemas(const json& value,
                                            const std::string& at) {
  if (!value.is_array() || value.empty())
    return fail(at, "must be a list of schemas");
  for (size_t i = 0; i < value.size(); ++i)
    if (!schema(value[i], at + "/" + std::to_string(i)))
      return false;
  return true;
}

bool json_schema::compiler::keyword(const json& x, const std::string& key,
                                    const json& value, const std::string& at) {
  using namespace json_schema_compile_detail;
  if (key == "$ref")
    return reference(x, value, at);
  if (out_.lone_references_ && x.contains("$ref"))
    return key == "definitions" ? map_of_schemas(value, at) : true;
  if (key == "unevaluatedProperties" || key == "unevaluatedItems"
      || key == "$dynamicRef" || key == "$recursiveRef")
    return fail(at, "this keyword is not supported");
  if (key == "properties" || key == "definitions" || key == "$defs"
      || key == "dependentSchemas")
    return map_of_schemas(value, at);
  if (key == "patternProperties") {
    if (!map_of_schemas(value, at))
      return false;
    for (auto& [text, inner] : value.items())
      if (!regex(text, at))
        return false;
    return true;
  }
  if (key == "allOf" || key == "anyOf" || key == "oneOf"
      || key == "prefixItems")
    return list_of_schemas(value, at);
  if (key == "items" && value.is_array())
    return value.empty() || list_of_schemas(value, at);
  if (key == "items" || key == "additionalItems"
      || key == "additionalProperties" || key == "contains"
      || key == "propertyNames" || key == "not" || key == "if" || key == "then"
      || key == "else")
    return schema(value, at);
  if (key == "dependencies") {
    if (!value.is_object())
      return fail(at, "must be an object");
    for (auto& [name, inner] : value.items())
      if (!inner.is_array() ? !schema(inner, at + "/" + name)
                            : !is_list_of_names(inner))
        return fail(at, "must be lists of names or schemas");
    return true;
  }
  if (key == "dependentRequired")
    return (value.is_object()
            && std::all_of(value.begin(), value.end(), is_list_of_names))
           || fail(at, "must be lists of names");
  if (key == "required")
    return is_list_of_names(value) || fail(at, "must be a list of names");
  if (key == "type")
    return is_type(value)
           || (value.is_array()
               && std::all_of(value.begin(), value.end(), is_type))
           || fail(at, "names no type of JSON");
  if (key == "enum")
    return enumeration(value, at);
  if (key == "pattern")
    return value.is_string() ? regex(value.get_ref<const std::string&>(), at)
                             : fail(at, "must be text");
  if (key == "maxLength" || key == "minLength" || key == "maxItems"
      || key == "minItems" || key == "maxProperties" || key == "minProperties"
      || key == "minContains" || key == "maxContains")
    return is_count(value) || fail(at, "must be a whole number from 0 on");
  if (key == "maximum" || key == "minimum" || key == "exclusiveMaximum"
      || key == "exclusiveMinimum")
    return value.is_number() || fail(at, "must be a number");
  if (key == "multipleOf")
    return (value.is_number() && value.get<double>() > 0)
           || fail(at, "must be a number above 0");
  if (key == "uniqueItems")
    return value.is_boolean() || fail(at, "must be true or false");
  return true;
}

result<json_schema::pointer> json_schema::compile(nlohmann::json schema) {
  auto out = std::make_shared<json_schema>();
  out->root_ = std::move(schema);
  if (out->root_.is_object()) {
    auto draft = out->root_.value("$schema", json());
    auto text = draft.is_string() ? draft.get<std::string>() : std::string();
    for (auto old : {"draft-07", "draft-06", "draft-04", "draft-03"})
      out->lone_references_ |= text.find(old) != text.npos;
  }
  compiler work(*out);
  if (!work.schema(out->root_, ""))
    return failure{errc::invalid, work.why()};
  return pointer(std::move(out));
}

result<json_schema::pointer> json_schema::of(const std::string& text) {
  auto& memo = json_schema_compile_detail::the_memo();
  {
    std::lock_guard guard{memo.mutex};
    if (auto it = memo.known.find(text); it != memo.known.end()) {
      memo.order.splice(memo.order.begin(), memo.order, it->second);
      return it->second->second;
    }
  }
  auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded())
    return failure{errc::invalid, "the schema is no JSON"};
  auto made = compile(std::move(json));
  if (!made)
    return made;
  std::lock_guard guard{memo.mutex};
  if (memo.known.contains(text))
    return made;
  memo.order.emplace_front(text, *made);
  memo.known.emplace(memo.order.front().first, memo.order.begin());
  memo.bytes += text.size();
  while (memo.order.size() > 1
         && (memo.order.size() > memo.entries_max
             || memo.bytes > memo.bytes_max)) {
    memo.bytes -= memo.order.back().first.size();
    memo.known.erase(memo.order.back().first);
    memo.order.pop_back();
  }
  return made;
}

} // namespace tutti::engine
