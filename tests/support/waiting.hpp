#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace tutti::test {

/// Repeats the check until it holds; false when it does not in time. Only for
/// other processes, which cannot tell us when.
template <class Holds>
bool in_time(Holds holds,
             std::chrono::milliseconds patience = std::chrono::seconds(30)) {
  auto deadline = std::chrono::steady_clock::now() + patience;
  auto pause = std::chrono::milliseconds(1);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(16));
  }
  return true;
}

} // namespace tutti::test
