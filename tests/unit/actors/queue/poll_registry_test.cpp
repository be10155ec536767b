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
  poll_registry board(clock, 10s);
  CHECK_FALSE(board.active("encode", "gpu"));
  board.polled("encode", "gpu", "w1");
  now += 10'000;
  CHECK(board.active("encode", "gpu"));
  CHECK_FALSE(board.active("encode", ""));
  CHECK_FALSE(board.active("gpu", "encode"));
  now += 1;
  CHECK_FALSE(board.active("encode", "gpu"));
}

TEST_CASE("of too many names those that were polled longest ago are "
          "forgotten") {
  int64_t now = 100'000;
  auto clock = std::make_shared<tutti::clock>([&] { return now; });
  poll_registry board(clock, 10s, 10);
  for (int i = 0; i < 10; ++i)
    board.polled("t" + std::to_string(i), "", "w");
  CHECK(board.changes().size() == 10);
  board.polled("t0", "", "w");
  board.polled("t0", "gpu", "w");
  CHECK(board.count().rows == 10);
  CHECK(board.count().forgotten == 1);
  CHECK(board.of("t0", ""));
  CHECK(board.of("t0", "gpu"));
  CHECK_FALSE(board.of("t1", ""));
  // One row goes, two are new.
  CHECK(board.changes().size() == 3);
  // What came and went between two writes leaves no row.
  for (int i = 0; i < 1'000; ++i)
    board.polled("x" + std::to_string(i), "", "w");
  CHECK(board.count().rows == 10);
  CHECK(board.changes().size() == 20);
  now += 1'000;
  board.polled("t0", "", "w");
  board.forget(500ms);
  CHECK(board.all().size() == 1);
}

} // namespace poll_registry_test
