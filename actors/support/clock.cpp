#include "actors/support/clock.hpp"

#include <algorithm>

namespace tutti {

namespace clock_detail {

/// The two clocks are not read at the same instant.
constexpr int64_t jitter_ms = 100;

/// One part of so many is lost while the clock settles.
constexpr int64_t settle_parts = 16;

} // namespace clock_detail

int64_t clock::system_ms() {
  using namespace std::chrono;
  auto since = system_clock::now().time_since_epoch();
  return duration_cast<milliseconds>(since).count();
}

int64_t clock::monotonic_ms() {
  using namespace std::chrono;
  auto since = steady_clock::now().time_since_epoch();
  return duration_cast<milliseconds>(since).count();
}

void clock::raise(std::atomic<int64_t>& x, int64_t to) {
  auto seen = x.load();
  while (seen < to && !x.compare_exchange_weak(seen, to)) {
  }
}

// The wall clock is read first: a thread that is interrupted in between finds
// its lead too small, which changes nothing.
int64_t clock::now_ms() const {
  auto wall_now = wall();
  auto steady_now = steady();
  raise(lead_, wall_now - steady_now);
  auto now = steady_now + lead_.load();
  raise(told_, now);
  return told_.load() + offset_.load();
}

void clock::settle(std::chrono::milliseconds passed) {
  auto ahead = ahead_ms();
  if (ahead == 0)
    return;
  auto less = std::min(ahead, passed.count() / clock_detail::settle_parts);
  lead_ -= less;
}

void clock::not_before(int64_t time_ms) {
  auto time = time_ms - offset_.load();
  raise(lead_, time - steady());
  raise(told_, time);
}

int64_t clock::ahead_ms() const {
  auto lead = lead_.load();
  if (lead == INT64_MIN)
    return 0; // nobody has asked for the time
  auto wall_now = wall();
  auto ahead = lead - (wall_now - steady());
  return ahead > clock_detail::jitter_ms ? ahead : 0;
}

} // namespace tutti
