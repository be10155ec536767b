#include "tools/tutti/stop_signal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

namespace tutti::cli {

namespace stop_signal_detail {

std::atomic<int> raised{0}; ///< the signal's number
int ends[2] = {-1, -1};

extern "C" void tutti_cli_on_signal(int number) {
  raised = number;
  // Nobody reads the byte: the pipe stays readable for every waiter.
  [[maybe_unused]] auto n = write(ends[1], "x", 1);
}

void listen(bool on) {
  struct sigaction action {};
  action.sa_handler = on ? tutti_cli_on_signal : SIG_DFL;
  // A second signal meets the default action and ends the process.
  action.sa_flags = on ? SA_RESTART | static_cast<int>(SA_RESETHAND) : 0;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

} // namespace stop_signal_detail

stop_signal::stop_signal() {
  using namespace stop_signal_detail;
  stop_signal_detail::raised = 0;
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0)
    listen(true);
}

stop_signal::~stop_signal() {
  using namespace stop_signal_detail;
  listen(false);
  close(ends[0]);
  close(ends[1]);
}

bool stop_signal::raised() const { return stop_signal_detail::raised != 0; }

int stop_signal::exit_code() const {
  return raised() ? 128 + stop_signal_detail::raised : 0;
}

bool stop_signal::wait(std::chrono::milliseconds time) const {
  auto until = std::chrono::steady_clock::now() + time;
  while (!raised()) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      return false;
    pollfd on{stop_signal_detail::ends[0], POLLIN, 0};
    poll(&on, 1, static_cast<int>(left.count()) + 1);
  }
  return true;
}

void stop_signal::pause(std::chrono::milliseconds time) const {
  poll(nullptr, 0, static_cast<int>(time.count()));
}

} // namespace tutti::cli
