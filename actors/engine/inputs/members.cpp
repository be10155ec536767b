#include "actors/engine/inputs/members.hpp"

#include "actors/engine/inputs/inputs.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace tutti::engine {

const nlohmann::json* json_member(const nlohmann::json& x,
                                  std::string_view key) {
  if (!x.is_object())
    return nullptr;
  auto it = x.find(key);
  return it == x.end() || it->is_null() ? nullptr : &*it;
}

std::optional<int64_t> whole_number(const nlohmann::json& x) {
  using limits = std::numeric_limits<int64_t>;
  if (x.is_number_unsigned())
    return int64_t(std::min<uint64_t>(x.get<uint64_t>(), limits::max()));
  if (x.is_number_integer())
    return x.get<int64_t>();
  if (x.is_number_float()) {
    auto value = x.get<double>();
    if (value >= 0x1p63)
      return limits::max();
    return value < -0x1p63 ? limits::min() : int64_t(value);
  }
  if (!x.is_string())
    return std::nullopt;
  auto& text = x.get_ref<const std::string&>();
  auto end = text.data() + text.size();
  int64_t out = 0;
  auto [stop, error] = std::from_chars(text.data(), end, out);
  if (stop != end || error == std::errc::invalid_argument)
    return std::nullopt;
  if (error == std::errc::result_out_of_range)
    return text[0] == '-' ? limits::min() : limits::max();
  return out;
}

std::optional<int64_t> json_member_number(const nlohmann::json& x,
                                          std::string_view key) {
  auto* found = json_member(x, key);
  return found ? whole_number(*found) : std::nullopt;
}

std::string json_member_text(const nlohmann::json& x, std::string_view key) {
  auto* found = json_member(x, key);
  return found ? to_plain_text(*found) : std::string();
}

} // namespace tutti::engine
