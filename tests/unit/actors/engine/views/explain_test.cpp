#include "actors/engine/decision/leases.hpp"
#include "actors/engine/views/explain.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace explain_test {

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

nlohmann::json explained(const pure_world& world, const std::string& id) {
  return engine::explain(world.at(id), world.now, 100);
}

nlohmann::json entry(const pure_world& world, const std::string& id,
                     const std::string& reference) {
  auto all = explained(world, id);
  for (auto& x : all["tasks"])
    if (x["referenceTaskName"] == reference)
      return x;
  return {};
}

size_t leases(const engine::decision& x, bool begin) {
  size_t out = 0;
  for (auto& effect : x.effects)
    out += begin ? std::holds_alternative<engine::take_lease>(effect)
                 : std::holds_alternative<engine::end_lease>(effect);
  return out;
}

TEST_CASE("a task waits for a poll, then for its worker, then for nothing") {
  pure_world world;
  world.define_task("t1", R"({"responseTimeoutSeconds":60})");
  world.define(workflow_of(simple("t1", R"(,"startDelay":5)")));
  auto id = world.start("w");
  auto before = entry(world, id, "t1");
  CHECK(before["waitsFor"] == "DELAY");
  CHECK(before["queue"] == "t1");
  CHECK(before["visibleTime"] == world.now + 5'000);
  world.advance(5'000);
  CHECK(entry(world, id, "t1")["waitsFor"] == "QUEUE");
  world.poll("t1");
  auto held = entry(world, id, "t1");
  CHECK(held["waitsFor"] == "WORKER");
  CHECK(held["workerId"] == "worker");
  CHECK(held["timers"][0]["timer"] == "responseTimeoutSeconds");
  CHECK(held["timers"][0]["time"] == world.now + 60'000);
  CHECK(explained(world, id)["nextTimer"] == world.now + 60'000);
  world.tell(id, command::terminate{"enough"});
  CHECK(explained(world, id)["waitsFor"] == "NOTHING");
  CHECK(explained(world, id)["tasks"].empty());
}

TEST_CASE("a join names what it misses, a wait its instant, a human nobody") {
  pure_world world;
  world.define_task("a");
  world.define_task("b");
  world.define(workflow_of(
      R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN","forkTasks":[[)"
      + simple("a") + "],[" + simple("b")
      + R"(],[{"name":"x","taskReferenceName":"x","type":"WAIT",
            "inputParameters":{"duration":"10s"}}],
           [{"name":"h","taskReferenceName":"h","type":"HUMAN"}]]},
          {"name":"j","taskReferenceName":"j","type":"JOIN",
           "joinOn":["a","b","x","h"]})"));
  auto id = world.start("w");
  world.done("a");
  auto join = entry(world, id, "j");
  CHECK(join["waitsFor"] == "JOIN");
  REQUIRE(join["missing"].size() == 3);
  CHECK(join["missing"][0]["referenceTaskName"] == "b");
  CHECK(join["missing"][0]["status"] == "SCHEDULED");
  auto wait = entry(world, id, "x");
  CHECK(wait["waitsFor"] == "TIMER");
  CHECK(wait["timers"][0]["time"] == world.now + 10'000);
  CHECK(entry(world, id, "h")["waitsFor"] == "MESSAGE");
  world.tell(id, command::pause{});
  CHECK(explained(world, id)["waitsFor"] == "OPERATOR");
}

TEST_CASE("no more entries are told than asked for, and all are counted") {
  pure_world world;
  world.define_task("a");
  world.define_task("b");
  world.define(workflow_of(
      R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN","forkTasks":[[)"
      + simple("a") + "],[" + simple("b")
      + R"(]]},{"name":"j","taskReferenceName":"j","type":"JOIN",
           "joinOn":["a","b"]})"));
  auto id = world.start("w");
  auto some = engine::explain(world.at(id), world.now, 1);
  CHECK(some["tasks"].size() == 1);
  CHECK(some["openTasks"] == 3);
}

TEST_CASE("a lease begins with a hand-out and ends however the task does") {
  auto run = [](auto end) {
    pure_world world;
    world.define_task("t1", R"({"responseTimeoutSeconds":60})");
    world.define(workflow_of(simple("t1")));
    auto id = world.start("w");
    auto task_id = world.row(id, "t1").task_id;
    auto given = world.tell(id, command::hand_out{task_id, "me"});
    CHECK(leases(given, true) == 1);
    CHECK(engine::holds_lease(world.row(id, "t1")));
    auto ended = end(world, id, task_id);
    CHECK(leases(ended, false) == 1);
    CHECK_FALSE(engine::holds_lease(*world.at(id).find(task_id)));
    CHECK(world.replay_is_live());
  };
  auto update = [](task_status status) {
    return [status](pure_world& world, const std::string& id,
                    const std::string& task_id) {
      task_result result;
      result.task_id = task_id;
      result.status = status;
      return world.tell(id, command::update_task{result});
    };
  };
  run(update(task_status::completed));
  run(update(task_status::failed));
  run(update(task_status::in_progress)); // handed back
  run([](pure_world& world, const std::string& id, const std::string&) {
    return world.tell(id, command::terminate{"enough"});
  });
  run([](pure_world& world, const std::string& id, const std::string&) {
    world.now += 60'000;
    return world.tell(id, command::timer_fired{});
  });
}

TEST_CASE("a row says what limits it, unless its task says that nothing does") {
  pure_world world;
  world.define_task("t1", R"({"concurrentExecLimit":3})");
  world.define(workflow_of(simple("t1", R"(,"rateLimited":false)")));
  auto id = world.start("w");
  CHECK_FALSE(engine::is_limited(world.row(id, "t1")));
  auto given = world.tell(
      id, command::hand_out{world.row(id, "t1").task_id, "me", true});
  CHECK_FALSE(given.may_wait); // durable first
  for (auto& effect : given.effects)
    if (auto* x = std::get_if<engine::take_lease>(&effect))
      CHECK_FALSE(x->what.limited);
}

TEST_CASE("a task that was taken out of its queue is offered again in time") {
  pure_world world;
  world.define_task("t1");
  world.define(workflow_of(simple("t1")));
  auto id = world.start("w");
  auto task_id = world.row(id, "t1").task_id;
  world.tell(id, command::leave_queue{task_id});
  CHECK(world.waiting("t1") == 0);
  CHECK(world.poll("t1").empty());
  CHECK(entry(world, id, "t1")["waitsFor"] == "TIMER");
  world.advance(world.bounds.queue_repair_ms - 1);
  CHECK(world.poll("t1").empty());
  world.advance(1);
  CHECK(world.waiting("t1") == 1);
  world.tell(id, command::leave_queue{task_id});
  CHECK(world.tell(id, command::queue_again{task_id}).effective);
  CHECK_FALSE(world.tell(id, command::queue_again{task_id}).effective);
  world.done("t1");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

} // namespace explain_test
