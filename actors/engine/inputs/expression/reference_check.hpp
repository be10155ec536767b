#pragma once

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::engine {

/// What expressions of a definition may start with (rest-api.md §4.3).
struct known_references {
  /// Reference names of all tasks of the definition, at any depth.
  std::function<bool(std::string_view)> is_reference;
  /// System names that are known, and whether they have a value now. The
  /// reserved ones are known anyway.
  std::function<bool(std::string_view)> has_system_value;
};

/// A sentence per expression that is no path or starts with an unknown name.
/// Of nested expressions only the innermost can be checked.
std::vector<std::string>
check_references(const nlohmann::json& input_parameters,
                 std::string_view task_reference,
                 const known_references& names);

} // namespace tutti::engine
