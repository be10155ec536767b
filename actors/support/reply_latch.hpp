#pragma once

#include "messages/reply.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace tutti {

/// Waits, with a deadline, until every slot was answered. For threads outside
/// of the actor system.
class reply_latch {
 public:
  using instant = std::chrono::steady_clock::time_point;

  reply<done> slot() {
    std::lock_guard guard{state_->mutex};
    ++state_->missing;
    return reply<done>([state = state_](result<done>) {
      std::lock_guard guard{state->mutex};
      --state->missing;
      state->changed.notify_all();
    });
  }

  /// False: the deadline passed first.
  bool wait_until(instant deadline) {
    std::unique_lock lock{state_->mutex};
    return state_->changed.wait_until(lock, deadline,
                                      [&] { return state_->missing == 0; });
  }

 private:
  struct state {
    std::mutex mutex;
    std::condition_variable changed;
    size_t missing = 0;
  };
  std::shared_ptr<state> state_ = std::make_shared<state>();
};

} // namespace tutti
