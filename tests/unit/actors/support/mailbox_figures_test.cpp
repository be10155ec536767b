#include "actors/support/mailbox_figures.hpp"

#include "tests/unit/actors/queue/queues_world.hpp"

namespace tutti::mailbox_figures_tests {

TEST_CASE_FIXTURE(queues_tests::world,
                  "an actor that takes a message tells how many wait behind "
                  "it") {
  start();
  auto before = mailbox_figures::of_process().read().at("queues");
  for (int i = 0; i < 10; ++i)
    caf::anon_send(queues, clock_moved{});
  run();
  auto after = mailbox_figures::of_process().read().at("queues");
  CHECK(after.count() == before.count() + 10);
  // 9 behind the first, 8 behind the second, ...
  CHECK(after.sum == before.sum + 45);
}

} // namespace tutti::mailbox_figures_tests
