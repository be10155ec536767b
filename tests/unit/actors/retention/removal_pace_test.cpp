#include "actors/retention/removal_pace.hpp"

#include <doctest/doctest.h>

namespace removal_pace_test {

using namespace tutti;
using namespace std::chrono_literals;

/// Removals begun within the time, each answered after `latency`.
int begun(removal_pace& pace, removal_pace::instant& now,
          std::chrono::milliseconds time, std::chrono::milliseconds latency) {
  int out = 0;
  for (auto end = now + time; now < end; now += 1ms)
    while (pace.take(now)) {
      ++out;
      pace.answered(latency, now);
    }
  return out;
}

TEST_CASE("removals keep to their rate") {
  removal_pace::instant now{};
  removal_pace pace(100, 250ms, now);
  auto n = begun(pace, now, 10s, 1ms);
  CHECK(n >= 990);
  CHECK(n <= 1'015);
}

TEST_CASE("the rate is halved while removals are slow, and comes back") {
  removal_pace::instant now{};
  removal_pace pace(100, 250ms, now);
  begun(pace, now, 5s, 300ms);
  CHECK(pace.rate() < 15);
  CHECK(pace.rate() >= 1);
  begun(pace, now, 60s, 300ms);
  CHECK(pace.rate() >= 1);
  begun(pace, now, 60s, 10ms);
  CHECK(pace.rate() == doctest::Approx(100));
}

TEST_CASE("what was not used is lost") {
  removal_pace::instant now{};
  removal_pace pace(10, 250ms, now);
  now += 1h;
  int at_once = 0;
  while (pace.take(now))
    ++at_once;
  CHECK(at_once <= 3);
}

} // namespace removal_pace_test
