#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace tutti::evaluators {

/// Settings of scripts.
struct evaluator_settings {
  /// The program `tutti-evaluator`; empty: the one beside this executable.
  std::string program;
  std::chrono::milliseconds time_limit{4000};
  /// Heap of one evaluation.
  size_t memory_mib = 64;
  size_t source_bytes_max = 256 << 10;
  size_t result_bytes_max = 4 << 20;
  size_t input_bytes_max = 64 << 20;
  /// Helpers that run in parallel; `reserve` more start when a script has
  /// waited for `reserve_after`.
  size_t helpers = 2, reserve = 6;
  std::chrono::milliseconds reserve_after{100};
  /// Scripts that may wait for a helper.
  size_t waiting_max = 10'000;
};

} // namespace tutti::evaluators
