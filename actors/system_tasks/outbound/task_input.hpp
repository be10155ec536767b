#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace tutti::task_input {

// What HTTP and KAFKA_PUBLISH read of their input: null is absent, and what is
// no text is written as JSON.

/// Null when there is no such key, or its value is null.
const nlohmann::json* value_at(const nlohmann::json& from, const char* key);

std::string text_of(const nlohmann::json& value);

/// Empty when there is no such value.
std::string text_at(const nlohmann::json& from, const char* key);

} // namespace tutti::task_input
