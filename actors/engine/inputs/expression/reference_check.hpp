#pragma once

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::engine {

/// The names that a definition's expressions may start with
/// (reference:workflow-definition#rules).
struct known_references {
  /// Reference names of all tasks of the definition, at any depth.
  std::function<bool(std::string_view)> is_reference;
  /// Known system names: true when they have a value now. Reserved names are
  /// always known.
  std::function<bool(std::string_view)> has_system_value;
};

/// One sentence per expression that is not a path or starts with an unknown
/// name. Of nested expressions only the innermost are checked.
std::vector<std::string>
check_references(const nlohmann::json& input_parameters,
                 std::string_view task_reference,
                 const known_references& names);

} // namespace tutti::engine
