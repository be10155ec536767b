#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace tutti::cli {

/// The value as YAML in block style, which reads back as the same value: texts
/// that YAML would take for something else are quoted, texts of several
/// lines are literal blocks. Ends with a line break.
std::string yaml_text(const nlohmann::json& value);

} // namespace tutti::cli
