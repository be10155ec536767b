#include "actors/node/node_watch.hpp"

#include <doctest/doctest.h>

#include <future>

namespace node_watch_tests {

using namespace tutti;

TEST_CASE("who waits for a time looks again when the host's clock is set "
          "forward") {
  std::atomic<int64_t> wall = 1'000'000, steady = 0;
  std::promise<void> looked, told;
  std::atomic<bool> first = true, done = false;
  node_watch::ports ports;
  ports.clock = std::make_shared<tutti::clock>(
      [&] {
        if (first.exchange(false))
          looked.set_value();
        return wall.load();
      },
      [&] { return steady.load(); });
  ports.memory = std::make_shared<memory_budget>(0);
  ports.health = std::make_shared<node_health>(std::vector<node_health::part>{},
                                               node_health::notes{});
  ports.save_memory = [](bool) {};
  ports.keep_time = [] {};
  ports.clock_moved = [&] {
    if (!done.exchange(true))
      told.set_value();
  };
  node_watch watch(ports);
  looked.get_future().wait();
  auto moved = told.get_future();
  // It may not have remembered the first time yet: set forward until it is
  // told.
  while (moved.wait_for(std::chrono::milliseconds(50))
         != std::future_status::ready)
    wall += 3'600'000;
  CHECK(done);
}

} // namespace node_watch_tests
