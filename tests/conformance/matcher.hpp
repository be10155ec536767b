#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace tutti::conformance {

using json = nlohmann::json;

/// Why `actual` (null pointer: there is no such field) is not what a case
/// expects; nothing when it is. Plain JSON means equality, where 1 and 1.0
/// differ. An object whose only key starts with `~` is a rule:
///   ~regex, ~contains (text)    ~is (a JSON type name)   ~not (a value)
///   ~absent, ~present           ~between [low, high]     ~count (elements)
///   ~has {key: expectation}     ~any_order [values]      ~empty (true)
std::optional<std::string> misfit(const json& expected, const json* actual);

/// The element at a JSON pointer, or null.
const json* find_at(const json& document, const std::string& pointer);

} // namespace tutti::conformance
