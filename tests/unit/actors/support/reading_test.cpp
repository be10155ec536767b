#include "actors/engine/definition/pin_definitions.hpp"
#include "actors/idempotent_start/start_coordinator.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

// What executions do while the store takes its time, or cannot be read.

namespace reading_tests {

struct slow_reads : actor_world {
  slow_reads() : actor_world({.reads = options::reading::by_hand}) {
    definitions.define(workflow_of(simple("a") + "," + simple("b")));
    read_all(); // what actors read when they begin
  }

  void read_all() {
    run();
    while (readers->waiting() > 0) {
      readers->run_one();
      run();
    }
  }
  /// It has left memory.
  std::string asleep() {
    auto id = start("w");
    advance(30s);
    REQUIRE(readers->waiting() == 0);
    return id;
  }
};

TEST_CASE_FIXTURE(slow_reads,
                  "an execution in memory runs to its end without a read") {
  auto before = readers->done();
  auto id = start("w");
  complete("a");
  complete("b");
  auto seen = read(id);
  run();
  CHECK(seen.good());
  CHECK(readers->waiting() == 0);
  CHECK(readers->done() == before);
}

TEST_CASE_FIXTURE(slow_reads, "a child that is started and its parent that is "
                              "told read nothing either") {
  definitions.define(workflow_of(
      R"({"type":"SUB_WORKFLOW","name":"s","taskReferenceName":"s",)"
      R"("subWorkflowParam":{"name":"w","version":1}})",
      "", "parent"));
  auto before = readers->done();
  auto id = start("parent");
  complete("a");
  complete("b");
  auto seen = read(id);
  run();
  REQUIRE(seen.good());
  CHECK(nlohmann::json::parse(seen.value().text)["status"] == "COMPLETED");
  CHECK(readers->waiting() == 0);
  CHECK(readers->done() == before);
}

TEST_CASE_FIXTURE(slow_reads, "who calls an execution that is read waits, and "
                              "is served in the order of the calls") {
  auto id = asleep();
  auto pause = call(id, command::pause{});
  auto resume = call(id, command::resume{});
  auto again = call(id, command::resume{}); // of one that runs: refused
  run();
  CHECK_FALSE(pause.answered());
  CHECK(readers->waiting() == 1);
  readers->run_one();
  run();
  CHECK(pause.good());
  CHECK(resume.good());
  REQUIRE(again.answered());
  CHECK(again.why().code == errc::illegal_state);
  CHECK(readers->waiting() == 0);
}

TEST_CASE_FIXTURE(slow_reads, "one execution that is read holds up no other") {
  auto slow = asleep(), quick = asleep();
  auto first = read(slow);
  auto second = read(quick);
  auto [fresh, started] = try_start("w");
  run();
  CHECK(started.good());
  REQUIRE(readers->waiting() == 2);
  readers->run_one(1);
  run();
  CHECK(second.good());
  CHECK_FALSE(first.answered());
  readers->run_one();
  run();
  CHECK(first.good());
}

TEST_CASE_FIXTURE(slow_reads, "a read that fails is told, changes nothing, and "
                              "is done again for who asks again") {
  auto id = asleep();
  auto pause = call(id, command::pause{});
  run();
  store->fail_reads(true);
  readers->run_one();
  store->fail_reads(false);
  run();
  REQUIRE(pause.answered());
  CHECK(pause.why().code == errc::unavailable);
  auto seen = read(id);
  run();
  CHECK_FALSE(seen.answered());
  readers->run_one();
  run();
  REQUIRE(seen.good());
  CHECK(nlohmann::json::parse(seen.value().text)["status"] == "RUNNING");
}

TEST_CASE_FIXTURE(slow_reads,
                  "of those who wait only the first hears of a failed read") {
  auto id = asleep();
  auto first = read(id), second = read(id);
  run();
  readers->refuse_one();
  run();
  REQUIRE(first.answered());
  CHECK(first.why().code == errc::unavailable);
  CHECK_FALSE(second.answered());
  read_all();
  CHECK(second.good());
}

TEST_CASE_FIXTURE(slow_reads, "an unknown execution is looked for once, and "
                              "its actor does not stay") {
  std::string id = "11111111-2222-3333-4444-555555555555";
  auto seen = read(id);
  run();
  CHECK_FALSE(seen.answered());
  readers->run_one();
  run();
  REQUIRE(seen.answered());
  CHECK(seen.why().code == errc::not_found);
  auto before = system.registry().running();
  auto again = read(id);
  run();
  CHECK(system.registry().running() == before + 1);
  readers->run_one();
  run();
  CHECK(again.why().code == errc::not_found);
  CHECK(system.registry().running() == before);
}

TEST_CASE_FIXTURE(slow_reads, "a start that comes twice while the first is "
                              "looked for begins one execution") {
  start_other what;
  what.workflow_id = "11111111-2222-3333-4444-555555555555";
  what.name = "w";
  auto deliver_it = [&] {
    return deliver({what.workflow_id, "someone", what});
  };
  auto first = deliver_it(), second = deliver_it();
  run();
  CHECK(readers->waiting() == 1);
  read_all();
  CHECK(first.good());
  CHECK(second.good());
  CHECK(replayed(store, what.workflow_id).revision_number() == 1);
  advance(30s);
  auto third = deliver_it();
  read_all();
  CHECK(third.good());
  CHECK(replayed(store, what.workflow_id).revision_number() == 1);
}

TEST_CASE_FIXTURE(slow_reads,
                  "a start that cannot be looked for is to come again") {
  start_other what;
  what.workflow_id = "11111111-2222-3333-4444-555555555555";
  what.name = "w";
  auto first = deliver({what.workflow_id, "someone", what});
  run();
  readers->refuse_one();
  run();
  REQUIRE(first.answered());
  CHECK(first.why().code == errc::unavailable);
  auto second = deliver({what.workflow_id, "someone", what});
  read_all();
  CHECK(second.good());
  CHECK(replayed(store, what.workflow_id).revision_number() == 1);
}

TEST_CASE_FIXTURE(slow_reads, "a deadline whose execution cannot be read is "
                              "kept, and met later") {
  definitions.define(
      workflow_of(R"({"type":"WAIT","name":"nap","taskReferenceName":"nap",)"
                  R"("inputParameters":{"duration":"60 seconds"}})",
                  "", "sleeper"));
  auto id = start("sleeper");
  advance(59s);
  CHECK(readers->waiting() == 0);
  advance(2s);
  REQUIRE(readers->waiting() > 0);
  while (readers->waiting() > 0)
    readers->refuse_one();
  advance(5s);
  read_all();
  advance(1s);
  read_all();
  auto seen = read(id);
  read_all();
  REQUIRE(seen.good());
  CHECK(nlohmann::json::parse(seen.value().text)["status"] == "COMPLETED");
}

TEST_CASE_FIXTURE(slow_reads, "messages of the outbox are delivered, in order "
                              "and once, however late they are read") {
  actor_world world({.writes = storage::memory_store::writes::by_hand,
                     .reads = actor_world::options::reading::by_hand});
  world.definitions.define(workflow_of(simple("a"), "", "child"));
  world.definitions.define(workflow_of(
      R"({"type":"SUB_WORKFLOW","name":"s","taskReferenceName":"s",)"
      R"("subWorkflowParam":{"name":"child","version":1}})",
      "", "parent"));
  world.run();
  while (world.readers->waiting() > 0)
    world.readers->run_one();
  auto [id, started] = world.try_start("parent");
  world.run();
  world.crash(1);
  // The first read of the new process fails, the next one comes by itself.
  world.run();
  while (world.readers->waiting() > 0)
    world.readers->refuse_one();
  for (int i = 0; i < 30; ++i) {
    world.advance(200ms);
    while (world.readers->waiting() > 0)
      world.readers->run_one(world.readers->waiting() - 1);
    world.run();
    world.store->flush();
  }
  world.run();
  CHECK(world.count_rows("o") == 0);
  CHECK(world.count_rows("q") == 1);
  CHECK(contradictions(world.store).empty());
}

TEST_CASE_FIXTURE(slow_reads, "a list that cannot be read says so") {
  auto id = start("w");
  auto ask = [&] {
    asked out;
    caf::anon_send(scheduler_of(id), out.of(list_executions{}));
    run();
    return out;
  };
  auto listed = ask();
  CHECK_FALSE(listed.answered());
  store->fail_reads(true);
  readers->run_one();
  store->fail_reads(false);
  run();
  REQUIRE(listed.answered());
  CHECK(listed.why().code == errc::unavailable);
  auto again = ask();
  read_all();
  CHECK(again.good());
}

// An idempotency key

command::start keyed_start(slow_reads& world) {
  start_workflow_request request;
  request.name = "w";
  request.input = payload::trusted("{}");
  request.idempotency_key = "k";
  auto definition = engine::pin_definitions(
      *world.definitions.find_workflow("w", {}), world.definitions);
  command::start out;
  out.head = *engine::make_head(request, *definition, "", world.now_ms());
  return out;
}

TEST_CASE_FIXTURE(slow_reads, "a start with a key waits for its look-up and "
                              "holds up nobody") {
  using outcome = std::optional<result<begun>>;
  auto got = std::make_shared<outcome>();
  auto& context = *contexts.front();
  start_with_coordination(
      {directory, readers, context.env}, keyed_start(*this), {},
      reply<begun>([got](result<begun> x) { *got = std::move(x); }));
  run();
  CHECK_FALSE(*got);
  CHECK(start("w") != ""); // another one goes ahead
  read_all();
  REQUIRE(*got);
  CHECK(**got);
}

TEST_CASE_FIXTURE(slow_reads,
                  "a start whose key cannot be looked up is refused") {
  using outcome = std::optional<result<begun>>;
  auto got = std::make_shared<outcome>();
  auto& context = *contexts.front();
  start_with_coordination(
      {directory, readers, context.env}, keyed_start(*this), {},
      reply<begun>([got](result<begun> x) { *got = std::move(x); }));
  run();
  readers->refuse_one();
  run();
  REQUIRE(*got);
  CHECK((*got)->failure().code == errc::unavailable);
  CHECK(count_rows("e") == 0);
}

// Slots

TEST_CASE_FIXTURE(slow_reads, "slots are given in the order of the questions, "
                              "however long each takes to look up") {
  definitions.define(workflow_of(simple("a"),
                                 R"(,"rateLimitConfig":{"rateLimitKey":"k",
        "concurrentExecLimit":1})",
                                 "limited"));
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(try_start("limited").first);
    run();
  }
  CHECK(offered->rows.empty()); // nobody has a slot yet
  read_all();
  for (auto& id : ids) {
    REQUIRE(offered->rows.size() == 1);
    CHECK(offered->rows.begin()->second.workflow_id == id);
    complete("a");
    read_all();
  }
  CHECK(offered->rows.empty());
}

} // namespace reading_tests
