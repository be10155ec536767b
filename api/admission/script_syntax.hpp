#pragma once

#include "messages/model/validation.hpp"
#include "messages/requests/definitions.hpp"

#include <string>
#include <vector>

namespace tutti::api {

/// Collects the scripts of a definition for the syntax check
/// (reference:scripts). `path` is the definition's.
void collect_scripts(std::vector<script_to_check>& out, const workflow_def& def,
                     const std::string& path,
                     const validation_settings& settings);

} // namespace tutti::api
