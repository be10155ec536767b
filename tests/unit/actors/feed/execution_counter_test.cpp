#include "actors/feed/execution_counter.hpp"
#include "actors/feed/feed_metrics.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace execution_counter_tests {

struct counted_world : actor_world {
  counted_world() : actor_world({.follows_feed = true}) {
    definitions.define_task("a", "{}");
    definitions.define(workflow_of(simple("a")));
  }
  storage::followed_counts total() {
    advance(1s);
    return feed_counter->total();
  }
};

TEST_CASE_FIXTURE(counted_world, "starts and ends are counted by status") {
  start("w");
  start("w");
  complete("a");
  auto failed = start("w");
  call(failed, command::terminate{"enough"});
  auto x = total();
  CHECK(x.created == 3);
  CHECK(x.entered[size_t(workflow_status::completed)] == 1);
  CHECK(x.entered[size_t(workflow_status::terminated)] == 1);
  CHECK(x.now(workflow_status::running) == 1);
  CHECK(x.removed == 0);
}

TEST_CASE_FIXTURE(counted_world, "an execution that goes on ends once more") {
  auto id = start("w");
  call(id, command::terminate{"enough"});
  run();
  call(id, command::retry{});
  run();
  CHECK(total().now(workflow_status::running) == 1);
  call(id, command::terminate{"enough"});
  auto x = total();
  CHECK(x.created == 1);
  CHECK(x.entered[size_t(workflow_status::terminated)] == 2);
  CHECK(x.now(workflow_status::terminated) == 1);
}

TEST_CASE_FIXTURE(counted_world, "a removed execution is counted once") {
  auto id = start("w");
  complete("a");
  auto archived = remove(id, true);
  run();
  CHECK(archived.good());
  auto before = total();
  auto removed = remove(id, false);
  run();
  CHECK(removed.good());
  auto x = total();
  CHECK(x.removed == 1);
  CHECK(x.now(workflow_status::completed) == 0);
  CHECK(x.entered == before.entered);
}

TEST_CASE_FIXTURE(counted_world, "counting goes on after a restart") {
  auto id = start("w");
  auto before = total();
  start("w"); // not followed yet
  restart();
  call(id, command::terminate{"enough"});
  auto x = total();
  CHECK(before.created == 1);
  CHECK(x.created == 2);
  CHECK(x.entered[size_t(workflow_status::terminated)] == 1);
}

TEST_CASE_FIXTURE(counted_world, "deadlines that move are no change") {
  auto id = start("w");
  auto before = total().commits;
  read(id);
  run();
  advance(3600s);
  CHECK(total().commits == before);
}

TEST_CASE_FIXTURE(counted_world, "what is counted is shown with its follower") {
  start("w");
  advance(1s);
  std::map<std::string, metric> shown;
  for (auto& x : feed_metrics(*feed_counter, *feed_retained))
    shown[x.name] = x;
  CHECK(shown["tutti_feed_executions_created_total"].samples[0].value == 1);
  auto& position = shown["tutti_feed_position"].samples.at(0);
  CHECK(position.labels.at("follower") == "counts");
  CHECK(position.value == shown["tutti_feed_commits_total"].samples[0].value);
  CHECK(shown["tutti_feed_lag"].samples.at(0).value == 0);
  CHECK(shown["tutti_feed_executions_ended_total"].samples.size() == 4);
}

TEST_CASE("counts are read back, and damaged ones refused") {
  storage::followed_counts x;
  x.add({"a", 1, 1, {}, workflow_status::running, false, true});
  x.add({"a", 2, 2, workflow_status::running, workflow_status::failed, false,
         true});
  x.add({"b", 0, 0, workflow_status::failed, {}, false, false});
  auto again = storage::read_followed_counts(write(x));
  REQUIRE(again);
  CHECK(*again == x);
  CHECK(*storage::read_followed_counts("") == storage::followed_counts{});
  CHECK_FALSE(storage::read_followed_counts("\x08\x07"));
}

} // namespace execution_counter_tests
