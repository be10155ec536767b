#include "actors/system_tasks/outbound/task_input.hpp"

#include "messages/model/payload.hpp"

#include <nlohmann/json.hpp>

namespace tutti::task_input {

const nlohmann::json* value_at(const nlohmann::json& from, const char* key) {
  auto it = from.find(key);
  return it == from.end() || it->is_null() ? nullptr : &*it;
}

std::string text_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : to_text(value);
}

std::string text_at(const nlohmann::json& from, const char* key) {
  auto* value = value_at(from, key);
  return value ? text_of(*value) : std::string();
}

} // namespace tutti::task_input
