#include "actors/engine/definition/schema/json_values.hpp"

#include "messages/model/violations.hpp"

#include <functional>
#include <string_view>

namespace tutti::engine {

namespace json_values_detail {

using nlohmann::json;

size_t mixed(size_t seed, size_t more) {
  return seed ^ (more + 0x9e3779b97f4a7c15 + (seed << 6) + (seed >> 2));
}

constexpr size_t length_max = 80;

/// Appends the value's text until `out` is long enough.
void show(std::string& out, const json& x) {
  if (out.size() > length_max)
    return;
  if (!x.is_structured()) {
    if (x.is_string() && x.get_ref<const std::string&>().size() > length_max)
      out += json(x.get_ref<const std::string&>().substr(0, length_max))
                 .dump(-1, ' ', false, json::error_handler_t::replace);
    else
      out += x.dump(-1, ' ', false, json::error_handler_t::replace);
    return;
  }
  out += x.is_object() ? '{' : '[';
  bool first = true;
  for (auto& [key, value] : x.items()) {
    if (out.size() > length_max)
      return;
    if (!first)
      out += ',';
    first = false;
    if (x.is_object()) {
      show(out, json(key));
      out += ':';
    }
    show(out, value);
  }
  out += x.is_object() ? '}' : ']';
}

} // namespace json_values_detail

size_t hash_of(const nlohmann::json& x) {
  using namespace json_values_detail;
  if (x.is_number())
    return std::hash<double>()(x.get<double>());
  if (x.is_string())
    return std::hash<std::string_view>()(x.get_ref<const std::string&>());
  auto out = size_t(x.type());
  if (x.is_boolean())
    return mixed(out, x.get<bool>());
  if (x.is_object())
    for (auto& [key, value] : x.items())
      out = mixed(mixed(out, std::hash<std::string_view>()(key)),
                  hash_of(value));
  else if (x.is_array())
    for (auto& item : x)
      out = mixed(out, hash_of(item));
  return out;
}

size_t steps_of(const nlohmann::json& x, size_t limit) {
  constexpr size_t bytes_per_step = 16;
  if (x.is_string())
    return 2 + x.get_ref<const std::string&>().size() / bytes_per_step;
  size_t out = 2;
  if (x.is_object())
    for (auto& [key, value] : x.items()) {
      if (out > limit)
        break;
      out += 2 + key.size() / bytes_per_step + steps_of(value, limit - out);
    }
  else if (x.is_array())
    for (auto& item : x) {
      if (out > limit)
        break;
      out += steps_of(item, limit - out);
    }
  return out;
}

std::string shown(const nlohmann::json& x) {
  std::string out;
  json_values_detail::show(out, x);
  return shortened(out, json_values_detail::length_max);
}

bool value_set::contains(const nlohmann::json& x) const {
  auto [begin, end] = places_.equal_range(hash_of(x));
  for (auto i = begin; i != end; ++i)
    if (*i->second == x)
      return true;
  return false;
}

} // namespace tutti::engine
