#include "actors/queue/poll_registry.hpp"

#include <doctest/doctest.h>

#include <chrono>

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

} // namespace poll_registry_test
