#pragma once

#include "config/loader.hpp"

#include <optional>
#include <string>

namespace tutti::daemon {

/// The options of the command line.
struct command_line {
  std::string config_file; ///< empty: none
  config::sources::pairs flags;
  bool check_config = false, print_config = false, print_openapi = false;
  bool memory = false;
  bool accept_loss = false;
};

/// nullopt: it was answered (--help, --version) or misused; see `exit_code`.
std::optional<command_line> read_command_line(int argc, char** argv,
                                              int& exit_code);

} // namespace tutti::daemon
