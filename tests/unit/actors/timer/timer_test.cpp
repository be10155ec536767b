#include "actors/timer/timer_window.hpp"
#include "storage/keys.hpp"
#include "storage/read_or_throw.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace timer_tests {

constexpr auto wait_of_a_minute
    = R"({"type":"WAIT","name":"nap","taskReferenceName":"nap",)"
      R"("inputParameters":{"duration":"60 seconds"}})";

TEST_CASE_FIXTURE(actor_world,
                  "a WAIT ends when its time has come, asleep or not") {
  definitions.define(workflow_of(wait_of_a_minute));
  auto id = start("w");
  CHECK(count_rows("t") == 1);
  SUBCASE("awake") { advance(5s); }
  SUBCASE("asleep") { advance(40s); }
  SUBCASE("over a restart") { restart(); }
  CHECK(status(id) == "RUNNING");
  advance(61s);
  CHECK(status(id) == "COMPLETED");
  CHECK(count_rows("t") == 0);
  CHECK(contradictions(store).empty());
}

TEST_CASE_FIXTURE(actor_world,
                  "a deadline that passed while nobody ran is kept") {
  definitions.define(workflow_of(wait_of_a_minute));
  auto id = start("w");
  clock->advance(3'600'000);
  restart();
  advance(1s);
  CHECK(status(id) == "COMPLETED");
}

TEST_CASE_FIXTURE(actor_world,
                  "a test clock that is moved fires what became due") {
  definitions.define(workflow_of(wait_of_a_minute));
  auto id = start("w");
  clock->advance(61'000);
  directory->tell_clock_moved();
  run();
  CHECK(status(id) == "COMPLETED");
}

TEST_CASE_FIXTURE(actor_world, "a call that is lost to a crash comes again") {
  definitions.define(workflow_of(wait_of_a_minute));
  auto id = start("w");
  int crashes = 2;
  before_decision = [&](std::string_view) {
    if (crashes-- > 0)
      throw std::runtime_error("injected");
  };
  advance(61s);
  CHECK(status(id) == "RUNNING");
  advance(3s);
  CHECK(status(id) == "COMPLETED");
}

TEST_CASE_FIXTURE(actor_world,
                  "an execution keeps one timer row, and few writes") {
  definitions.define_task("a", R"({"responseTimeoutSeconds":30})");
  definitions.define_task("b", R"({"responseTimeoutSeconds":30})");
  definitions.define(workflow_of(simple("a") + "," + simple("b")));
  auto id = start("w");
  complete("a");
  advance(5s);
  auto b = poll("b");
  advance(1s);
  CHECK(count_rows("t") == 1);
  CHECK(contradictions(store).empty());
  // The row of `a` fires early and moves on to the deadline of `b`.
  advance(26s);
  CHECK(status(id) == "RUNNING");
  CHECK(count_rows("t") == 1);
  advance(6s);
  CHECK(status(id, "b") == "TIMED_OUT");
}

timer_window::page read_on(const timer_window& x, const storage::store& from) {
  return storage::read_or_throw(
      timer_window::read(from, 0, x.horizon(), x.room()));
}

TEST_CASE("a window holds the next deadlines and reads on when they are due") {
  storage::memory_store store{1};
  auto epoch = *store.acquire(0, "test");
  for (int i = 1; i <= 50; ++i)
    store.submit({0,
                  epoch,
                  {{storage::operation::kind::put,
                    storage::keys::timer(i * 10, "id" + std::to_string(i)),
                    {}}}},
                 [](storage::outcome) {});
  timer_window window{8, 1'000};
  CHECK(window.next() == 0);
  size_t fired = 0;
  for (int64_t now = 0; now <= 520; now += 5) {
    while (window.must_refill(now))
      window.refill(read_on(window, store));
    CHECK(window.size() <= 17);
    for (auto& id : window.take_due(now)) {
      ++fired;
      auto due = window.due_of(id);
      CHECK(due <= now);
      store.submit({0,
                    epoch,
                    {{storage::operation::kind::erase,
                      storage::keys::timer(due, id),
                      {}}}},
                   [](storage::outcome) {});
      window.set(id, 0);
    }
  }
  CHECK(fired == 50);
  CHECK(window.next() == timer_window::never);
}

TEST_CASE("a window full of unanswered calls asks for nothing but a retry") {
  storage::memory_store store{1};
  auto epoch = *store.acquire(0, "test");
  for (int i = 1; i <= 50; ++i)
    store.submit({0,
                  epoch,
                  {{storage::operation::kind::put,
                    storage::keys::timer(i, "id" + std::to_string(i)),
                    {}}}},
                 [](storage::outcome) {});
  timer_window window{8, 1'000};
  window.refill(read_on(window, store));
  auto called = window.take_due(1'000);
  CHECK(called.size() >= 8);
  CHECK(window.next() == 2'000);
  CHECK(window.take_due(1'500).empty());
  CHECK(window.take_due(2'000) == called);
}

} // namespace timer_tests
