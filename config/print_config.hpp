#pragma once

#include "config/settings.hpp"

#include <string>

namespace tutti::config {

/// All settings as a TOML file that says what each one means. What is printed
/// loads as the same settings.
std::string print_config(const settings& x);

} // namespace tutti::config
