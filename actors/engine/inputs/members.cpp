#include "actors/engine/inputs/members.hpp"

#include "actors/engine/inputs/inputs.hpp"

namespace tutti::engine {

const nlohmann::json* member_of(const nlohmann::json& x, std::string_view key) {
  if (!x.is_object())
    return nullptr;
  auto it = x.find(key);
  return it == x.end() || it->is_null() ? nullptr : &*it;
}

std::string member_text(const nlohmann::json& x, std::string_view key) {
  auto* found = member_of(x, key);
  return found ? to_plain_text(*found) : std::string();
}

} // namespace tutti::engine
