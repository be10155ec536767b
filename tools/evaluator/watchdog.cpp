#include "tools/evaluator/watchdog.hpp"

#include "actors/evaluators/frame.hpp"

#include <unistd.h>

namespace tutti::evaluator {

namespace watchdog_detail {

constexpr std::chrono::milliseconds repeat{10};

} // namespace watchdog_detail

watchdog::watchdog(std::function<void()> ask)
    : ask_(std::move(ask)), thread_([this] { watch(); }) {
  thread_.detach(); // the process ends with _exit
}

void watchdog::arm(std::chrono::milliseconds limit,
                   std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  armed_ = true;
  expired_ = false;
  deadline_ = clock::now() + limit;
  overdue_ = deadline_ + patience;
  bool wake = deadline_ < next_look_;
  lock.unlock();
  if (wake)
    changed_.notify_one();
}

bool watchdog::disarm() {
  std::lock_guard lock(mutex_);
  armed_ = false;
  return expired_;
}

void watchdog::watch() {
  std::unique_lock lock(mutex_);
  for (;;) {
    auto now = clock::now();
    next_look_ = clock::time_point::max();
    if (armed_ && now >= deadline_) {
      if (now >= overdue_)
        _exit(evaluators::exit_overdue);
      expired_ = true;
      ask_();
      next_look_ = now + watchdog_detail::repeat;
    } else if (armed_) {
      next_look_ = deadline_;
    }
    if (next_look_ == clock::time_point::max())
      changed_.wait(lock);
    else
      changed_.wait_until(lock, next_look_);
  }
}

} // namespace tutti::evaluator
