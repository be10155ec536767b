#pragma once

#include "messages/interfaces.hpp"

#include <algorithm>
#include <chrono>

namespace tutti {

/// The `tick` with which an actor wakes itself. Only the earliest tick is
/// remembered: a later one is not sent, because the handler of the earlier tick
/// sets the next.
class self_timer {
 public:
  using instant = std::chrono::steady_clock::time_point;

  /// Call it in the handler of `tick`: forgets a tick that was due now.
  template <class Self>
  void looked(const Self& self) {
    if (self->clock().now() >= at_)
      at_ = instant::max();
  }

  template <class Self>
  void set(const Self& self, instant at) {
    if (at >= at_)
      return;
    at_ = at;
    auto wait = std::chrono::ceil<std::chrono::milliseconds>(
        at - self->clock().now());
    self->delayed_send(self, std::max(wait, std::chrono::milliseconds{0}),
                       tick{});
  }
  template <class Self>
  void set(const Self& self, std::chrono::milliseconds wait) {
    set(self, self->clock().now() + wait);
  }

 private:
  instant at_ = instant::max();
};

} // namespace tutti
