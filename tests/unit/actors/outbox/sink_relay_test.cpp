// What executions publish to other systems, until those have it.

#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/test_sinks.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace sink_relay_tests {

std::string event(std::string_view reference,
                  std::string_view sink = "amqp:orders") {
  return R"({"type":"EVENT","name":"event","taskReferenceName":")"
         + std::string(reference) + R"(","sink":")" + std::string(sink)
         + R"(","inputParameters":{"n":"${workflow.input.n}"}})";
}

using mood = test_sinks::mood;

struct sink_world {
  explicit sink_world(storage::memory_store::writes how
                      = storage::memory_store::writes::at_once)
      : sinks(std::make_shared<test_sinks>()),
        world({.writes = how, .settings = settings(), .sinks = sinks}) {
    world.definitions.define(workflow_of(event("e")));
    world.definitions.define(
        workflow_of(event("e1") + "," + event("e2"), "", "two"));
    world.run();
  }
  ~sink_world() { sinks->waiting.clear(); }

  static execution_settings settings() {
    execution_settings out;
    out.sink_credit = 2;
    return out;
  }

  std::string start(std::string_view name = "w") {
    auto [id, answer] = world.try_start(std::string(name), R"({"n":7})");
    world.run();
    return id;
  }
  std::string task_id(const std::string& id, size_t i = 0) {
    return world.execution(id)["tasks"][i]["taskId"].get<std::string>();
  }
  size_t rows() { return world.count_rows("u"); }

  std::shared_ptr<test_sinks> sinks;
  actor_world world;
};

TEST_CASE_FIXTURE(sink_world, "a message is kept until the system has it") {
  sinks->now = mood::waits;
  auto id = start();
  CHECK(world.status(id) == "COMPLETED");
  REQUIRE(sinks->given.size() == 1);
  auto& message = sinks->given[0];
  CHECK(message.provider == "amqp");
  CHECK(message.queue == "orders");
  CHECK(message.id == task_id(id));
  CHECK(message.content.json()["n"] == 7);
  CHECK(message.content.json()["event_produced"] == "amqp:orders");
  CHECK(rows() == 1);
  CHECK(world.sink_figures->in_flight == 1);
  sinks->take_one();
  world.run();
  CHECK(rows() == 0);
  CHECK(world.sink_figures->in_flight == 0);
  CHECK(world.sink_figures->acknowledged == 1);
  world.advance(60s);
  CHECK(sinks->given.size() == 1);
}

TEST_CASE_FIXTURE(sink_world, "a message that is not taken comes again, later "
                              "each time") {
  SUBCASE("refused") { sinks->now = mood::refuses; }
  SUBCASE("the sink throws") { sinks->now = mood::throws; }
  SUBCASE("the sink drops it") { sinks->now = mood::forgets; }
  auto id = start();
  CHECK(world.status(id) == "COMPLETED");
  CHECK(sinks->given.size() == 1);
  world.advance(10s);
  auto tried = sinks->given.size();
  CHECK(tried >= 5);
  CHECK(tried <= 10);
  CHECK(rows() == 1);
  CHECK(world.sink_figures->failed == tried);
  sinks->now = mood::takes;
  world.advance(10s);
  CHECK(sinks->given.size() == tried + 1);
  CHECK(sinks->taken.contains(task_id(id)));
  CHECK(rows() == 0);
}

TEST_CASE("nothing is published before it is durable") {
  sink_world w{storage::memory_store::writes::by_hand};
  auto id = w.start();
  CHECK(w.sinks->given.empty());
  w.world.store->flush();
  w.world.run();
  CHECK(w.sinks->given.size() == 1);
}

TEST_CASE("a message that was not acknowledged survives the process") {
  sink_world w{storage::memory_store::writes::by_hand};
  w.sinks->now = mood::waits;
  auto id = w.start();
  SUBCASE("it died before the sink was told") {
    w.world.crash(1);
    CHECK(w.sinks->given.empty());
  }
  SUBCASE("it died before the sink answered") {
    w.world.store->flush();
    w.world.run();
    REQUIRE(w.sinks->given.size() == 1);
    w.sinks->waiting.clear();
    w.world.crash(0);
  }
  SUBCASE("it died before the row was erased") {
    w.world.store->flush();
    w.world.run();
    w.sinks->take_one();
    w.world.run();
    w.world.crash(0);
  }
  w.sinks->given.clear();
  w.world.run();
  CHECK(w.sinks->ids().size() == 1);
  w.sinks->take_one();
  w.world.run();
  w.world.store->flush();
  w.world.run();
  CHECK(w.sinks->taken.size() == 1);
  CHECK(w.rows() == 0);
}

TEST_CASE("what was never decided is never published") {
  sink_world w{storage::memory_store::writes::by_hand};
  w.start();
  w.world.crash(0);
  w.world.store->flush();
  w.world.run();
  w.world.advance(10s);
  CHECK(w.sinks->given.empty());
}

TEST_CASE_FIXTURE(sink_world,
                  "messages of an execution to one queue go in order") {
  sinks->now = mood::waits;
  auto id = start("two");
  CHECK(sinks->ids() == std::vector{task_id(id, 0)});
  sinks->take_one();
  world.run();
  CHECK(sinks->ids() == std::vector{task_id(id, 0), task_id(id, 1)});
}

TEST_CASE_FIXTURE(sink_world, "a system that is away bounds what is in flight "
                              "and holds up no execution") {
  world.definitions.define(workflow_of(simple("a"), "", "child"));
  world.definitions.define(workflow_of(
      R"({"type":"SUB_WORKFLOW","name":"s","taskReferenceName":"s",)"
      R"("subWorkflowParam":{"name":"child","version":1}})",
      "", "parent"));
  sinks->now = mood::waits;
  for (int i = 0; i < 50; ++i)
    start();
  // Two shards, two at a time each.
  CHECK(sinks->given.size() == 4);
  CHECK(world.sink_figures->in_flight == 4);
  CHECK(rows() == 50);
  auto parent = start("parent");
  world.complete("a");
  CHECK(world.status(parent) == "COMPLETED");
  sinks->now = mood::takes;
  while (!sinks->waiting.empty())
    sinks->take_one();
  world.advance(1s);
  CHECK(sinks->taken.size() == 50);
  CHECK(rows() == 0);
}

TEST_CASE_FIXTURE(sink_world, "a system that nobody configured is refused") {
  world.definitions.define(workflow_of(event("e", "kafka:t"), "", "kafka"));
  auto id = start("kafka");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.execution(id)["tasks"][0]["reasonForIncompletion"]
        == "sink provider 'kafka' is not configured");
  CHECK(rows() == 0);
}

TEST_CASE_FIXTURE(sink_world, "a transition is published like a task") {
  world.definitions.define(workflow_of(
      simple("a", R"(,"onStateChange":{"onSuccess":[{"type":"amqp:states",)"
                  R"("payload":{"x":1}}]})"),
      "", "states"));
  start("states");
  world.complete("a");
  REQUIRE(sinks->given.size() == 1);
  CHECK(sinks->given[0].queue == "states");
  CHECK(sinks->given[0].content.json()["stateChange"] == "onSuccess");
  CHECK(rows() == 0);
}

TEST_CASE_FIXTURE(sink_world, "messages wait for a system that is taken out of "
                              "the configuration") {
  sinks->now = mood::refuses;
  start();
  CHECK(rows() == 1);
  for (auto& x : world.contexts)
    x->sinks.reset();
  world.advance(60s);
  CHECK(rows() == 1);
}

} // namespace sink_relay_tests
