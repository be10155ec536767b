#include "storage/index/place.hpp"

#include <nlohmann/json.hpp>

#include <string>

// A place is the hexadecimal text of [generation, order, key, ..., number]. The
// order has a '+' or '-' for each key; generation and number mean something in
// their own index only.

namespace tutti::index {

namespace place_detail {

using nlohmann::json;

json read(std::string_view hex) {
  auto digit = [](char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; };
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  auto out = json::parse(bytes, nullptr, false);
  return out.is_array() && out.size() >= 3 && out[1].is_string() ? out : json();
}

/// As SQLite orders them: numbers before texts.
std::weak_ordering compare(const json& a, const json& b) {
  if (a.is_number_integer() && b.is_number_integer())
    return a.get<int64_t>() <=> b.get<int64_t>();
  if (a.is_string() && b.is_string())
    return a.get_ref<const std::string&>() <=> b.get_ref<const std::string&>();
  return b.is_number_integer() <=> a.is_number_integer();
}

} // namespace place_detail

std::weak_ordering compare_places(std::string_view a, std::string_view b) {
  using namespace place_detail;
  auto x = read(a), y = read(b);
  if (x.is_null() || y.is_null() || x.size() != y.size())
    return std::weak_ordering::equivalent;
  size_t key = 2;
  for (char c : x[1].get_ref<const std::string&>()) {
    if (c != '+' && c != '-')
      continue;
    if (key + 1 >= x.size())
      break;
    auto order = c == '-' ? compare(y[key], x[key]) : compare(x[key], y[key]);
    if (order != 0)
      return order;
    ++key;
  }
  return std::weak_ordering::equivalent;
}

} // namespace tutti::index
