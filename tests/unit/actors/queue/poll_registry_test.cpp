#include "actors/queue/poll_registry.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace poll_registry_test {

using namespace tutti;
using namespace std::chrono_literals;

TEST_CASE("a domain is active for some time after its last poll") {
  int64_t now = 100'000;
  auto clock = std::make_shared<tutti::clock>([&] { return now; });
  poll_registry polls(clock, 10s);
  CHECK_FALSE(polls.active("encode", "gpu"));
  polls.polled("encode", "gpu", "w1");
  now += 10'000;
  CHECK(polls.active("encode", "gpu"));
  CHECK_FALSE(polls.active("encode", ""));
  CHECK_FALSE(polls.active("gpu", "encode"));
  now += 1;
  CHECK_FALSE(polls.active("encode", "gpu"));
}

TEST_CASE("of too many names those that were polled longest ago are "
          "forgotten") {
  int64_t now = 100'000;
  auto clock = std::make_shared<tutti::clock>([&] { return now; });
  poll_registry polls(clock, 10s, 10);
  for (int i = 0; i < 10; ++i)
    polls.polled("t" + std::to_string(i), "", "w");
  CHECK(polls.changes().size() == 10);
  polls.polled("t0", "", "w");
  polls.polled("t0", "gpu", "w");
  CHECK(polls.count().rows == 10);
  CHECK(polls.count().forgotten == 1);
  CHECK(polls.of("t0", ""));
  CHECK(polls.of("t0", "gpu"));
  CHECK_FALSE(polls.of("t1", ""));
  // One row goes, two are new.
  CHECK(polls.changes().size() == 3);
  // What came and went between two writes leaves no row.
  for (int i = 0; i < 1'000; ++i)
    polls.polled("x" + std::to_string(i), "", "w");
  CHECK(polls.count().rows == 10);
  CHECK(polls.changes().size() == 20);
  now += 1'000;
  polls.polled("t0", "", "w");
  polls.forget(500ms);
  CHECK(polls.all().size() == 1);
}

} // namespace poll_registry_test
