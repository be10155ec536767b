#pragma once

#include "messages/model/validation.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>
#include <string_view>

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

/// Calls `broken` with one sentence per expression that is not a path or starts
/// with an unknown name. Of nested expressions only the innermost are checked.
void check_references(const nlohmann::json& input_parameters,
                      std::string_view task_reference,
                      const known_references& names,
                      const std::function<void(std::string)>& broken);

/// The same as the rules of registration call it (messages/model/validation).
reference_check
checks_references(std::function<bool(std::string_view)> has_system_value);

} // namespace tutti::engine
