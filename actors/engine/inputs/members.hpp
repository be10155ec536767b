#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace tutti::engine {

// Inputs and outputs are whatever clients make of them: any of them may be no
// object, and any member absent or null.

/// Null: it is no object, or has no such member, or that is null.
const nlohmann::json* json_member(const nlohmann::json& x,
                                  std::string_view key);

/// A number, or text that is a whole number. A fraction is cut off; what lies
/// beyond 64 bits is the nearest number within.
std::optional<int64_t> whole_number(const nlohmann::json& x);
std::optional<int64_t> json_member_number(const nlohmann::json& x,
                                          std::string_view key);

/// As plain text; "" when there is none.
std::string json_member_text(const nlohmann::json& x, std::string_view key);

} // namespace tutti::engine
