#pragma once

#include "config/settings.hpp"

#include <string>

namespace tutti::config {

/// All settings as a TOML file with their descriptions. It loads as the same
/// settings.
std::string print_config(const settings& x);

} // namespace tutti::config
