#pragma once

#include "messages/model/result.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti::cli {

struct finished_process {
  /// As in a shell: 128 + signal for a killed command.
  int exit_code = 0;
  std::string out;
  /// The end of its stderr.
  std::string err;
  bool out_too_long = false;
};

struct process_options {
  std::vector<std::string> command; ///< found by PATH
  std::vector<std::pair<std::string, std::string>> environment; ///< added
  std::chrono::milliseconds beat{0};                            ///< 0: never
  std::function<void()> on_beat; ///< called every `beat` while it runs
  size_t out_bytes_max = 32 << 20;
};

/// Runs a command to its end with `input` on its stdin, in a process group of
/// its own: Ctrl-C stops us, not a half-finished task.
result<finished_process> run_process(const process_options& options,
                                     std::string_view input);

} // namespace tutti::cli
