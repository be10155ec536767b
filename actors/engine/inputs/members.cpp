#include "actors/engine/inputs/members.hpp"

#include "actors/engine/inputs/inputs.hpp"

namespace tutti::engine {

const nlohmann::json* json_member(const nlohmann::json& x,
                                  std::string_view key) {
  if (!x.is_object())
    return nullptr;
  auto it = x.find(key);
  return it == x.end() || it->is_null() ? nullptr : &*it;
}

std::string json_member_text(const nlohmann::json& x, std::string_view key) {
  auto* found = json_member(x, key);
  return found ? to_plain_text(*found) : std::string();
}

} // namespace tutti::engine
