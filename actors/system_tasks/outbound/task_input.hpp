#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace tutti::task_input {

// How HTTP and KAFKA_PUBLISH read their input: null counts as absent, and
// values that are no strings are written as JSON.

/// Null when the key is absent or its value null.
const nlohmann::json* value_at(const nlohmann::json& from, const char* key);

std::string text_of(const nlohmann::json& value);

/// Empty when the key is absent.
std::string text_at(const nlohmann::json& from, const char* key);

} // namespace tutti::task_input
