#pragma once

#include "config/loader.hpp"

#include <optional>
#include <string>

namespace tutti::daemon {

/// What the command line asks for.
struct command_line {
  std::string config_file; ///< empty: none
  config::sources::pairs flags;
  bool check_config = false, print_config = false, memory = false;
};

/// Nothing: it was answered (--help, --version) or misused; `exit_code` says
/// which.
std::optional<command_line> read_command_line(int argc, char** argv,
                                              int& exit_code);

} // namespace tutti::daemon
