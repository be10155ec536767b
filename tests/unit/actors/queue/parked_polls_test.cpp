#include "tests/unit/actors/queue/queues_world.hpp"

#include <doctest/doctest.h>

// How long polls wait, and which of them gets what.

namespace parked_polls_test {

using namespace tutti;
using namespace tutti::queues_tests;

TEST_CASE_FIXTURE(running_world,
                  "a parked poll is answered when a task comes") {
  auto got = poll(1, 1000, "w1");
  CHECK_FALSE(*got);
  offer(row("a"));
  CHECK(tasks(got) == texts{"a for w1"});
}

TEST_CASE_FIXTURE(running_world, "parked polls are answered in the order they "
                                 "came in") {
  auto first = poll(1, 1000, "w1");
  auto second = poll(1, 1000, "w2");
  offer(row("a"));
  CHECK_FALSE(*second);
  offer(row("b"));
  CHECK(tasks(first) == texts{"a for w1"});
  CHECK(tasks(second) == texts{"b for w2"});
}

TEST_CASE_FIXTURE(running_world, "a poll that waited long enough is answered "
                                 "with nothing, not earlier") {
  auto shorter = poll(1, 100);
  auto longer = poll(1, 300);
  advance(99ms);
  CHECK_FALSE(*shorter);
  advance(1ms);
  CHECK(tasks(shorter).empty());
  CHECK_FALSE(*longer);
  advance(200ms);
  CHECK(tasks(longer).empty());
}

TEST_CASE_FIXTURE(running_world, "a poll without patience looks once") {
  CHECK(tasks(poll(1, 0)).empty());
  CHECK(tasks(poll(5, -7)).empty());
  offer(row("a"));
  CHECK(tasks(poll(0, 0)) == texts{"a for w"});
}

TEST_CASE_FIXTURE(running_world, "a poll takes what is ready, up to its count, "
                                 "and does not wait for more") {
  offer(row("a"));
  offer(row("b", 9));
  offer(row("c"));
  CHECK(tasks(poll(2, 1000)) == texts{"b for w", "a for w"});
  CHECK(tasks(poll(5, 1000)) == texts{"c for w"});
}

TEST_CASE_FIXTURE(running_world, "nothing is handed to a client that is gone") {
  auto gone = poll(1, 1000, "w1", "", 7);
  auto other = poll(1, 1000, "w2", "", 8);
  CHECK_FALSE(*gone);
  CHECK(**send(cancel_poll{"encode", "", 7}));
  CHECK(tasks(gone).empty());
  CHECK_FALSE(*other);
  offer(row("a"));
  CHECK(tasks(other) == texts{"a for w2"});
}

TEST_CASE_FIXTURE(running_world, "cancelling what is over, or unknown, changes "
                                 "nothing") {
  CHECK(tasks(poll(1, 0, "w1", "", 7)).empty());
  CHECK(**send(cancel_poll{"encode", "", 7}));
  CHECK(**send(cancel_poll{"nothing", "", 9}));
  auto other = poll(1, 1000, "w2", "", 8);
  offer(row("a"));
  CHECK(tasks(other) == texts{"a for w2"});
}

TEST_CASE_FIXTURE(running_world, "a poll that got nothing keeps its place") {
  how->refusing = {"a"};
  auto first = poll(1, 1000, "w1");
  auto second = poll(1, 1000, "w2");
  offer(row("a"));
  CHECK_FALSE(*first);
  offer(row("b"));
  CHECK(tasks(first) == texts{"b for w1"});
  CHECK_FALSE(*second);
  advance(1000ms);
  CHECK(tasks(second).empty());
}

TEST_CASE_FIXTURE(running_world, "draining answers parked polls and parks no "
                                 "more") {
  auto parked = poll(1, 5000);
  bool finished = false;
  caf::anon_send(
      queues, drain{reply<done>([&](result<done> x) { finished = bool(x); })});
  run();
  CHECK(finished);
  CHECK(tasks(parked).empty());
  CHECK(tasks(poll(1, 5000)).empty());
}

} // namespace parked_polls_test
