#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace watches_test {

using storage::memory_store;
using seen_result = std::optional<result<observed>>;

constexpr auto wait = R"({"name":"w","taskReferenceName":"w","type":"WAIT"})";

struct watched_world : actor_world {
  using actor_world::actor_world;

  watch_execution of(const std::string& id, uint64_t watch_id = 1) const {
    watch_execution x;
    x.workflow_id = id;
    x.watch_id = watch_id;
    x.part = observed_part::run;
    return x;
  }
  std::shared_ptr<seen_result> watch(watch_execution what) {
    auto out = std::make_shared<seen_result>();
    envelope<watch_execution> x;
    x.request = std::move(what);
    x.done = reply<observed>([out](result<observed> got) { *out = got; });
    auto id = x.request.workflow_id;
    directory->tell(id, std::move(x));
    return out;
  }
  std::shared_ptr<seen_result> watch(const std::string& id) {
    auto out = watch(of(id));
    run();
    return out;
  }
  size_t watches(const std::string& id) {
    return context_of(id).watches.count();
  }
};

nlohmann::json content(const seen_result& x) {
  REQUIRE(x);
  REQUIRE_MESSAGE(*x, x->failure().message);
  return (**x).content.json();
}

struct slow_disk : watched_world {
  slow_disk() : watched_world({.writes = memory_store::writes::by_hand}) {
    definitions.define(workflow_of(simple("a")));
  }
  void write_all() {
    run();
    while (store->held() > 0) {
      store->flush();
      run();
    }
  }
};

TEST_CASE_FIXTURE(slow_disk, "a watch is told once the commit that makes it "
                             "true is durable, not before") {
  auto [id, started] = try_start("w");
  write_all();
  auto seen = watch(id);
  CHECK_FALSE(*seen);
  auto task = poll("a");
  auto update = this->update(task, task_status::completed, R"({"n":7})");
  run();
  CHECK_FALSE(*seen);
  CHECK_FALSE(update.answered());
  write_all();
  CHECK(update.good());
  CHECK(content(*seen)["status"] == "COMPLETED");
  CHECK(content(*seen)["tasks"][0]["outputData"]["n"] == 7);
  CHECK((*seen)->operator*().now == observed::state::ended);
  CHECK(watches(id) == 0);
}

TEST_CASE("a kill between a commit and its answer loses nothing that was "
          "told") {
  for (bool reached_disk : {false, true}) {
    CAPTURE(reached_disk);
    slow_disk world;
    auto [id, started] = world.try_start("w");
    world.write_all();
    auto seen = world.watch(id);
    auto update = world.update(world.poll("a"), task_status::completed);
    world.run();
    REQUIRE(world.store->held() > 0);
    world.crash(reached_disk ? world.store->held() : 0);
    world.run();
    // Nobody was told that it has ended.
    CHECK((!*seen || !**seen));
    CHECK_FALSE(update.good());
    auto now = world.of(id);
    now.at_once = true;
    auto after = world.watch(now);
    world.run();
    CHECK(content(*after)["status"]
          == (reached_disk ? "COMPLETED" : "RUNNING"));
  }
}

TEST_CASE_FIXTURE(slow_disk, "a watch that comes while a commit is under way "
                             "is answered after it") {
  auto [id, started] = try_start("w");
  write_all();
  auto task = poll("a");
  update(task, task_status::completed);
  run();
  auto seen = watch(id);
  CHECK_FALSE(*seen);
  write_all();
  CHECK(content(*seen)["status"] == "COMPLETED");
}

TEST_CASE_FIXTURE(watched_world, "a watch of an execution that has ended is "
                                 "told at once") {
  definitions.define(workflow_of(simple("a")));
  auto id = start("w");
  complete("a");
  CHECK(content(*watch(id))["status"] == "COMPLETED");
  advance(1h); // it sleeps
  CHECK(content(*watch(id))["status"] == "COMPLETED");
}

TEST_CASE_FIXTURE(watched_world, "all who watch are told, and an execution "
                                 "that is watched may sleep") {
  definitions.define(workflow_of(simple("a")));
  auto id = start("w");
  auto first = watch(of(id, 1)), second = watch(of(id, 2));
  advance(1h);
  CHECK(watches(id) == 2);
  // Nothing of it is in memory: a message reads it first.
  auto reads = readers->done();
  auto task = poll("a");
  update(task, task_status::completed);
  run();
  CHECK(readers->done() > reads);
  CHECK(content(*first)["status"] == "COMPLETED");
  CHECK(content(*second)["status"] == "COMPLETED");
}

TEST_CASE_FIXTURE(watched_world, "a task that waits for a client and for no "
                                 "instant blocks") {
  definitions.define(
      workflow_of(simple("a") + "," + wait + ","
                  + R"({"name":"t","taskReferenceName":"t","type":"WAIT",
           "inputParameters":{"duration":"5s"}})"));
  auto id = start("w");
  auto x = of(id);
  x.part = observed_part::task;
  auto seen = watch(x);
  run();
  CHECK_FALSE(*seen);
  complete("a");
  CHECK(content(*seen)["referenceTaskName"] == "w");
  CHECK(content(*seen)["status"] == "IN_PROGRESS");
  CHECK((*seen)->operator*().now == observed::state::blocked);
  auto next = watch(x);
  run();
  CHECK(*next); // it still blocks
  call(id, command::signal{task_status::completed, payload()});
  run();
  auto timed = watch(x);
  run();
  CHECK_FALSE(*timed); // its time comes by itself
  advance(5s);
  CHECK(content(*timed)["status"] == "COMPLETED");
}

TEST_CASE_FIXTURE(watched_world, "a task that was named ends the watch when it "
                                 "has ended, also in a loop") {
  definitions.define(workflow_of(
      R"({"name":"l","taskReferenceName":"l","type":"DO_WHILE",
          "loopCondition":"","inputParameters":{"items":[1,2,3]},
          "loopOver":[)"
      + simple("a") + "," + simple("b") + "]}"));
  auto id = start("w");
  auto x = of(id);
  x.references = {"nothing", "b"};
  auto seen = watch(x);
  run();
  complete("a");
  CHECK_FALSE(*seen);
  complete("b");
  REQUIRE(*seen);
  CHECK((*seen)->operator*().now == observed::state::reached);
  CHECK(content(*seen)["status"] == "RUNNING");
}

TEST_CASE_FIXTURE(watched_world, "an attempt that is tried again has not "
                                 "ended its task") {
  definitions.define_task("a", R"({"retryCount":1,"retryDelaySeconds":0})");
  definitions.define(workflow_of(simple("a") + "," + simple("b")));
  auto id = start("w");
  auto x = of(id);
  x.references = {"a"};
  auto seen = watch(x);
  run();
  update(poll("a"), task_status::failed);
  run();
  CHECK_FALSE(*seen);
  complete("a");
  CHECK(*seen);
}

TEST_CASE_FIXTURE(watched_world, "a watch hears of a child that exists, once") {
  definitions.define(workflow_of(simple("c"), "", "child"));
  definitions.define(workflow_of(
      R"({"name":"s","taskReferenceName":"s","type":"SUB_WORKFLOW",
          "subWorkflowParam":{"name":"child"}})"));
  auto id = start("w");
  auto x = of(id);
  auto seen = watch(x);
  run();
  REQUIRE(*seen);
  auto& first = (*seen)->operator*();
  CHECK(first.now == observed::state::children);
  REQUIRE(first.children.size() == 1);
  CHECK(status(first.children[0]) == "RUNNING");
  x.known_children = first.children;
  auto again = watch(x);
  run();
  CHECK_FALSE(*again);
  complete("c");
  CHECK((*again)->operator*().now == observed::state::ended);
}

TEST_CASE("more than so many do not watch one execution") {
  watched_world world({.settings = {.waits_max = 2}});
  world.definitions.define(workflow_of(simple("a")));
  auto id = world.start("w");
  auto one = world.watch(world.of(id, 1)), two = world.watch(world.of(id, 2));
  auto three = world.watch(world.of(id, 3));
  // Arrives twice: no further one.
  auto again = world.watch(world.of(id, 2));
  world.run();
  REQUIRE(*three);
  REQUIRE_FALSE(**three);
  CHECK((*three)->failure().code == errc::too_many);
  CHECK((*three)->failure().message.find("waits.execution_clients_max")
        != std::string::npos);
  CHECK_FALSE(*again);
  world.complete("a");
  CHECK(content(*one)["status"] == "COMPLETED");
  CHECK(content(*again)["status"] == "COMPLETED");
}

TEST_CASE_FIXTURE(watched_world, "a watch that is ended is told nothing and "
                                 "wakes nobody") {
  definitions.define(workflow_of(simple("a")));
  auto id = start("w");
  auto seen = watch(id);
  advance(1h);
  auto reads = readers->done();
  directory->tell(id, envelope<end_watch>{{id, 1}, {}, {}});
  run();
  CHECK(watches(id) == 0);
  CHECK(readers->done() == reads);
  complete("a");
  REQUIRE(*seen);
  CHECK_FALSE(**seen);
}

TEST_CASE("a commit that the store refuses tells nothing, and the watch goes "
          "on") {
  watched_world world({.commit_bytes_max = 20'000});
  world.definitions.define(workflow_of(simple("a")));
  auto id = world.start("w");
  auto seen = world.watch(id);
  auto task = world.poll("a");
  auto large = world.update(task, task_status::completed,
                            R"({"x":")" + std::string(50'000, 'x') + "\"}");
  world.run();
  REQUIRE(large.answered());
  CHECK_FALSE(large.good());
  CHECK_FALSE(*seen);
  CHECK(world.watches(id) == 1);
  world.update(task, task_status::completed);
  world.run();
  CHECK(content(*seen)["status"] == "COMPLETED");
}

TEST_CASE_FIXTURE(watched_world, "who watches what is removed, or never was, "
                                 "is told so") {
  definitions.define(workflow_of(simple("a")));
  auto id = start("w");
  auto seen = watch(id);
  remove(id, false);
  run();
  REQUIRE(*seen);
  CHECK((*seen)->failure().code == errc::not_found);
  auto unknown = watch("11111111-2222-3333-4444-555555555555");
  REQUIRE(*unknown);
  CHECK((*unknown)->failure().code == errc::not_found);
}

} // namespace watches_test
