#include "tests/unit/actors/queue/queues_world.hpp"

#include <doctest/doctest.h>

// Which tasks a poll gets: what becomes of each hand-out.

namespace hand_out_test {

using namespace tutti;
using namespace tutti::queues_tests;

TEST_CASE_FIXTURE(running_world, "a task that is no longer waiting is skipped, "
                                 "the poll gets the next one") {
  how->refusing = {"a"};
  offer(row("a"));
  offer(row("b"));
  CHECK(tasks(poll(1, 0)) == texts{"b for w"});
}

TEST_CASE_FIXTURE(running_world, "a task whose execution does not answer is "
                                 "offered again, later") {
  how->silent = {"a"};
  offer(row("a"));
  auto got = poll(1, 5000);
  CHECK_FALSE(*got);
  how->silent.clear();
  advance(999ms);
  CHECK_FALSE(*got);
  advance(1ms);
  CHECK(tasks(got) == texts{"a for w"});
}

TEST_CASE_FIXTURE(running_world, "a hand-out that was never recorded is made "
                                 "again, a recorded one is not") {
  auto a = row("a"), b = row("b");
  offer(a);
  offer(b);
  CHECK(tasks(poll(2, 0)).size() == 2);
  recorded(b);
  advance(settings.hand_out_check - 1ms);
  CHECK(tasks(poll(2, 0)).empty());
  advance(2ms);
  CHECK(tasks(poll(2, 0)) == texts{"a for w"});
}

TEST_CASE_FIXTURE(running_world, "a poll gets no more tasks than its answer "
                                 "may have bytes, the next one the rest [A9]") {
  for (auto* id : {"a", "b", "c", "d", "e"}) {
    auto x = row(id);
    x.input_bytes = 15 << 20;
    offer(x);
  }
  CHECK(settings.poll_bytes_max == 32 << 20);
  CHECK(tasks(poll(64, 0)).size() == 3);
  CHECK(tasks(poll(64, 0)).size() == 2);
  // One that is larger than all goes out alone.
  auto huge = row("huge");
  huge.input_bytes = 100 << 20;
  offer(huge);
  offer(row("small"));
  CHECK(tasks(poll(64, 0)) == texts{"huge for w"});
  CHECK(tasks(poll(64, 0)) == texts{"small for w"});
}

TEST_CASE_FIXTURE(running_world,
                  "a delayed task is handed out at its instant") {
  offer(row("a", 0, 500));
  auto got = poll(1, 5000);
  advance(499ms);
  CHECK_FALSE(*got);
  advance(1ms);
  CHECK(tasks(got) == texts{"a for w"});
}

TEST_CASE_FIXTURE(running_world, "moving the clock makes delayed tasks ready") {
  offer(row("a", 0, 60'000));
  auto got = poll(1, 1000);
  clock->advance(60'000);
  caf::anon_send(queues, clock_moved{});
  run();
  CHECK(tasks(got) == texts{"a for w"});
}

} // namespace hand_out_test
