#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace tutti::cli {

/// How far a long piece of work is, on stderr: a bar that is redrawn on a
/// terminal, otherwise a line every few seconds, so that a log stays short.
/// Nothing with --quiet, or when the work ends at once.
class progress {
 public:
  struct options {
    bool terminal = false;
    size_t columns = 80;
    std::function<void(const std::string&)> write;  ///< to stderr
    std::function<std::chrono::milliseconds()> now; ///< monotonic
  };

  /// As this process speaks.
  progress(std::string what, size_t total);
  progress(std::string what, size_t total, options how);
  /// Takes the bar away.
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  void at(size_t done);

 private:
  std::string what_;
  size_t total_;
  options how_;
  std::chrono::milliseconds began_, told_;
  bool drawn_ = false;
};

/// "importing  [######......]  50%  120 of 240", not wider than `columns`.
std::string progress_bar(const std::string& what, size_t done, size_t total,
                         size_t columns);

} // namespace tutti::cli
