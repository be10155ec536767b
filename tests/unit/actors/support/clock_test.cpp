#include "actors/support/clock.hpp"

#include <doctest/doctest.h>

namespace clock_tests {

using namespace std::chrono_literals;

constexpr int64_t hour = 3'600'000;

/// A host whose clocks the test moves.
struct host {
  int64_t wall = 1'000'000'000, steady = 5'000;
  tutti::clock clock{[this] { return wall; }, [this] { return steady; }};

  void pass(int64_t ms) {
    wall += ms;
    steady += ms;
  }
  /// Second by second, as the node does.
  void live(int64_t ms) {
    for (; ms > 0; ms -= 1'000) {
      pass(1'000);
      clock.settle(1s);
    }
  }
};

TEST_CASE("the node's time follows the wall clock forward") {
  host x;
  CHECK(x.clock.now_ms() == x.wall);
  x.pass(250);
  CHECK(x.clock.now_ms() == x.wall);
  x.wall += hour;
  CHECK(x.clock.now_ms() == x.wall);
  CHECK(x.clock.ahead_ms() == 0);
}

TEST_CASE("a wait lasts as long as it should when the host's clock is set back "
          "[B8]") {
  host x;
  auto due = x.clock.now_ms() + 60'000;
  x.wall -= hour;
  CHECK(x.clock.now_ms() == due - 60'000);
  CHECK(x.clock.ahead_ms() == hour);
  x.pass(59'999);
  CHECK(x.clock.now_ms() == due - 1);
  x.pass(1);
  CHECK(x.clock.now_ms() == due);
}

TEST_CASE(
    "the node's time approaches the wall clock and never goes back [B8]") {
  host x;
  x.clock.now_ms();
  x.wall -= 10'000;
  auto last = x.clock.now_ms();
  for (int i = 0; i < 200; ++i) {
    x.live(1'000);
    auto now = x.clock.now_ms();
    REQUIRE(now >= last);
    // A sixteenth slower at most.
    REQUIRE(now - last >= 900);
    last = now;
  }
  CHECK(x.clock.ahead_ms() == 0);
  CHECK(x.clock.now_ms() - x.wall <= 100);
}

TEST_CASE("jitter between the clocks is no step") {
  host x;
  x.clock.now_ms();
  x.wall -= 20;
  CHECK(x.clock.ahead_ms() == 0);
}

TEST_CASE("a node goes on from the times its store has seen [B8]") {
  int64_t seen = 0;
  {
    host x;
    seen = x.clock.now_ms();
  }
  host later;
  later.wall = seen - hour; // set back while the node was down
  later.clock.not_before(seen);
  CHECK(later.clock.now_ms() == seen);
  later.pass(1'000);
  CHECK(later.clock.now_ms() == seen + 1'000);
  CHECK(later.clock.ahead_ms() == hour);

  host normal;
  normal.wall = seen + hour;
  normal.clock.not_before(seen);
  CHECK(normal.clock.now_ms() == normal.wall);
}

TEST_CASE("a test clock is moved on top of that") {
  host x;
  auto before = x.clock.now_ms();
  x.clock.advance(hour);
  CHECK(x.clock.now_ms() == before + hour);
  x.wall -= hour;
  CHECK(x.clock.now_ms() == before + hour);
}

} // namespace clock_tests
