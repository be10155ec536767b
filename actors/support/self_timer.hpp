#pragma once

#include "messages/interfaces.hpp"

#include <algorithm>
#include <chrono>

namespace tutti {

/// The `tick` with which an actor wakes itself when something is due. Of those
/// that are on their way only the earliest is known: a later one is not sent
/// beside it, and whoever looks at its tick sets the next.
class self_timer {
 public:
  using instant = std::chrono::steady_clock::time_point;

  /// The actor looks: a tick that was set for now is on its way no more.
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
