#pragma once

#include "messages/model/validation.hpp"
#include "messages/requests/definitions.hpp"

#include <string>
#include <vector>

namespace tutti::api {

/// The scripts of a definition whose syntax is looked at before it is taken
/// (reference:scripts). `path` is that of the definition.
void collect_scripts(std::vector<script_to_check>& out, const workflow_def& def,
                     const std::string& path,
                     const validation_settings& settings);

} // namespace tutti::api
