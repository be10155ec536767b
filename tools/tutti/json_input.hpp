#pragma once

#include "messages/model/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tutti::cli {

/// A whole file, or stdin for "-".
result<std::string> read_source(const std::string& file);

/// A JSON object from the command line: JSON itself, "@file", or "@-". Empty is
/// {}. `what` names the option in errors.
result<nlohmann::json> read_object(const std::string& argument,
                                   const char* what);

/// Options of `workflow start`.
struct start_options {
  std::string name;
  std::string input;
  std::optional<int32_t> version;
  std::string correlation_id;
  std::optional<int32_t> priority;
  std::vector<std::string> domains; ///< "task=domain"
};
/// The body of POST /workflow.
result<nlohmann::json> start_request(const start_options& options);

} // namespace tutti::cli
