#include "tools/tuttid/signals.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <ctime>
#include <thread>

#include <unistd.h>

namespace tutti::daemon {

namespace signals_detail {

constexpr int wake_signal = SIGUSR1;

sigset_t awaited() {
  sigset_t out;
  sigemptyset(&out);
  sigaddset(&out, SIGTERM);
  sigaddset(&out, SIGINT);
  sigaddset(&out, wake_signal);
  return out;
}

} // namespace signals_detail

void block_signals() {
  auto set = signals_detail::awaited();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void wait_for_signal() {
  auto set = signals_detail::awaited();
  int signal = 0;
  while (sigwait(&set, &signal) != 0) {
  }
}

void wake() { kill(getpid(), signals_detail::wake_signal); }

void limit_stop(std::chrono::milliseconds within) {
  std::thread([within] {
    auto until = std::chrono::steady_clock::now() + within;
    auto set = signals_detail::awaited();
    for (;;) {
      using namespace std::chrono;
      auto left = until - steady_clock::now();
      if (left <= 0s) {
        spdlog::warn("the node did not come to rest in time and ends now");
        _exit(0);
      }
      timespec wait{duration_cast<seconds>(left).count(),
                    duration_cast<nanoseconds>(left % 1s).count()};
      auto signal = sigtimedwait(&set, nullptr, &wait);
      if (signal == SIGTERM || signal == SIGINT)
        _exit(128 + signal);
    }
  }).detach();
}

} // namespace tutti::daemon
