#include "tools/tuttid/signals.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <ctime>
#include <system_error>
#include <thread>

#include <unistd.h>

namespace tutti::daemon {

namespace signals_detail {

constexpr int wake_signal = SIGUSR1;

sigset_t awaited() {
  sigset_t out;
  sigemptyset(&out);
  sigaddset(&out, SIGTERM);
  for (auto x : {SIGINT, SIGHUP, SIGUSR2, wake_signal})
    sigaddset(&out, x);
  return out;
}

} // namespace signals_detail

void block_signals() {
  auto set = signals_detail::awaited();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow is an error of the disk.
  std::signal(SIGXFSZ, SIG_IGN);
}

wake_up
wait_for_signal(std::optional<std::chrono::steady_clock::time_point> until) {
  using namespace std::chrono;
  using signals_detail::wake_signal;
  auto set = signals_detail::awaited();
  for (;;) {
    auto left = until ? *until - steady_clock::now() : hours(1);
    if (left <= 0s)
      return wake_up::late;
    timespec wait{duration_cast<seconds>(left).count(),
                  duration_cast<nanoseconds>(left % 1s).count()};
    siginfo_t what{};
    auto signal = sigtimedwait(&set, &what, &wait);
    if (signal == SIGTERM || signal == SIGINT)
      return wake_up::stop;
    if (signal == SIGHUP)
      return wake_up::reload;
    if (signal == wake_signal && what.si_pid == getpid())
      return wake_up::call;
  }
}

void wake() { kill(getpid(), signals_detail::wake_signal); }

void limit_stop(std::chrono::milliseconds within) try {
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
} catch (const std::system_error&) {
  // No memory for a thread: the system ends the process.
  alarm(unsigned(within.count() / 1'000 + 1));
}

} // namespace tutti::daemon
