#include "actors/schedules/firing_ids.hpp"
#include "messages/model/schedules/schedule_codec.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/seeds.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace schedules_actor_test {

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

schedule_def schedule_of(const std::string& json) {
  auto out = read_schedule_def(json);
  REQUIRE_MESSAGE(out, (out ? "" : out.failure().message));
  return *out;
}

/// Every second, and what `more` adds.
schedule_def every_second(const std::string& more = "") {
  return schedule_of(R"({"name":"s","cronExpression":"* * * * * *",
    "startWorkflowRequest":{"name":"w","input":{"a":1}})"
                     + more + "}");
}

struct schedules_world : actor_world {
  explicit schedules_world(options how = {}) : actor_world(std::move(how)) {
    definitions.define_task("t1");
    definitions.define(workflow_of(simple("t1")));
    run();
  }

  template <class Request>
  asked ask(Request what, const std::string& name = "s") {
    asked out;
    directory->tell(schedule_shard_id(name), out.of(std::move(what)));
    return out;
  }
  /// Runs until quiet.
  template <class Request>
  asked must_ask(Request what, const std::string& name = "s") {
    auto out = ask(std::move(what), name);
    run();
    REQUIRE(out.answered());
    REQUIRE_MESSAGE(out.good(), (out.good() ? "" : out.why().message));
    return out;
  }
  asked save(schedule_def what) { return must_ask(save_schedule{what}); }
  nlohmann::json schedule() {
    return nlohmann::json::parse(must_ask(read_schedule{"s"}).value().text);
  }
  /// Oldest first.
  std::vector<nlohmann::json> firings() {
    std::vector<nlohmann::json> out;
    std::optional<result<sorted_documents>> got;
    envelope<search_firings> x;
    x.request.descending = false;
    x.request.count = 10'000;
    x.done = reply<sorted_documents>(
        [&](result<sorted_documents> found) { got = std::move(found); });
    directory->tell(schedule_shard_id("s"), std::move(x));
    run();
    REQUIRE((got && *got));
    for (auto& item : (*got)->items)
      out.push_back(nlohmann::json::parse(item.text));
    return out;
  }
  std::vector<std::string> executions() {
    list_executions what;
    what.name = "w";
    what.running_only = false;
    std::vector<std::string> out;
    for (auto& x : list(what).items)
      out.push_back(x.workflow_id);
    return out;
  }
};

TEST_CASE("a schedule starts executions at its instants") {
  schedules_world world;
  world.save(every_second());
  CHECK(world.executions().empty());
  world.advance(3'500ms);
  auto fired = world.firings();
  REQUIRE(fired.size() == 3);
  CHECK(world.executions().size() == 3);
  auto& first = fired[0];
  CHECK(first["state"] == "EXECUTED");
  CHECK(first["outcome"] == "STARTED");
  CHECK(first["scheduleName"] == "s");
  CHECK(first["workflowName"] == "w");
  CHECK(first["zoneId"] == "UTC");
  CHECK(first["scheduledTime"].get<int64_t>() % 1'000 == 0);
  CHECK(first["startWorkflowRequest"]["input"]["a"] == 1);
  auto input = world.execution(first["workflowId"].get<std::string>())["input"];
  CHECK(input["a"] == 1);
  CHECK(input["_startedByScheduler"] == "s");
  CHECK(input["_scheduledTime"] == first["scheduledTime"]);
  CHECK(input["_executionId"] == first["executionId"]);
  CHECK(input["_schedulerCron"] == "* * * * * * UTC");
  auto said = world.schedule();
  CHECK(said["firedCount"] == 3);
  CHECK(said["nextRunTime"]
        == fired[2]["scheduledTime"].get<int64_t>() + 1'000);
  CHECK(said["nextRunTimes"].size() == 5);
  CHECK(said["lastRun"]["executionId"] == fired[2]["executionId"]);
  CHECK(world.count_rows("Sp") == 0);
}

TEST_CASE("a restart goes on where the schedule was") {
  schedules_world world;
  world.save(every_second());
  world.advance(2'500ms);
  world.restart();
  world.advance(2s);
  CHECK(world.executions().size() == 4);
  CHECK(world.firings().size() == 4);
}

TEST_CASE("pause, resume, remove") {
  schedules_world world;
  world.save(every_second());
  world.must_ask(control_schedule{"s", true, "holiday"});
  CHECK(world.schedule()["pausedReason"] == "holiday");
  CHECK_FALSE(world.schedule().contains("nextRunTime"));
  world.advance(5s);
  CHECK(world.executions().empty());
  world.restart();
  world.advance(5s);
  CHECK(world.executions().empty());
  world.must_ask(control_schedule{"s", false, {}});
  auto again = world.ask(control_schedule{"s", false, {}});
  world.run();
  CHECK(again.why().code == errc::not_found);
  world.advance(1s);
  CHECK(world.executions().size() == 1);
  world.must_ask(remove_schedule{"s"});
  world.must_ask(remove_schedule{"s"});
  CHECK(world.count_rows("S") == 0);
  world.advance(5s);
  CHECK(world.executions().size() == 1);
  auto gone = world.ask(read_schedule{"s"});
  world.run();
  CHECK(gone.why().message == "Schedule 's' not found");
}

TEST_CASE("a schedule that was made again has ids of its own") {
  schedules_world world;
  world.save(every_second());
  world.advance(1s);
  world.must_ask(remove_schedule{"s"});
  world.save(every_second());
  world.advance(1s);
  CHECK(world.executions().size() == 2);
}

TEST_CASE("a workflow that is gone: the firing failed, and says why") {
  schedules_world world;
  auto def = every_second();
  def.start.name = "nobody";
  world.save(def);
  world.advance(1s);
  auto fired = world.firings();
  REQUIRE(fired.size() == 1);
  CHECK(fired[0]["state"] == "FAILED");
  CHECK(fired[0]["outcome"] == "REFUSED");
  CHECK(fired[0]["reason"].get<std::string>().find("nobody")
        != std::string::npos);
  CHECK(world.schedule()["failedCount"] == 1);
}

TEST_CASE("the node did not run: the policy decides") {
  schedules_world world;
  SUBCASE("nothing is made up for") {
    world.save(every_second());
    world.must_ask(hold_schedules{true});
    world.advance(60s);
    CHECK(world.executions().empty());
    world.must_ask(hold_schedules{false});
    world.advance(1s);
    auto fired = world.firings();
    REQUIRE(fired.size() > 1);
    CHECK(fired[0]["outcome"] == "MISSED");
    CHECK(fired[0]["state"] == "FAILED");
    auto missed = fired[0]["count"].get<int>();
    CHECK(missed >= 49);
    CHECK(world.schedule()["missedCount"] == missed);
    CHECK(size_t(missed) + world.executions().size() == 61);
  }
  SUBCASE("everything is") {
    world.save(every_second(R"(,"runCatchupScheduleInstances":true)"));
    world.must_ask(hold_schedules{true});
    world.advance(60s);
    world.must_ask(hold_schedules{false});
    world.advance(1s);
    CHECK(world.executions().size() == 61);
    CHECK(world.schedule()["catchupPolicy"] == "ALL");
  }
}

TEST_CASE("while an execution runs the next instant is skipped") {
  schedules_world world;
  world.save(every_second(R"(,"overlapPolicy":"SKIP")"));
  world.advance(3s);
  REQUIRE(world.executions().size() == 1);
  CHECK(world.schedule()["skippedCount"] == 2);
  CHECK(world.schedule()["runningWorkflowIds"].size() == 1);
  world.complete("t1");
  world.advance(1s);
  CHECK(world.executions().size() == 2);
  SUBCASE("also after a restart") {
    world.restart();
    world.advance(2s);
    CHECK(world.executions().size() == 2);
  }
  SUBCASE("it ended while nobody listened") {
    auto id = world.schedule()["runningWorkflowIds"][0].get<std::string>();
    // As if the hint were lost: the schedule's shard is another process's.
    world.must_ask(hold_schedules{true});
    world.call(id, command::terminate{"no"});
    world.run();
    world.must_ask(hold_schedules{false});
    world.advance(1s);
    CHECK(world.executions().size() >= 3);
  }
}

TEST_CASE("one waits for the end, and starts then") {
  schedules_world world;
  world.save(every_second(R"(,"overlapPolicy":"BUFFER_ONE")"));
  world.advance(3s);
  REQUIRE(world.executions().size() == 1);
  auto fired = world.firings();
  CHECK(fired[1]["outcome"] == "BUFFERED");
  CHECK(fired[1]["state"] == "POLLED");
  CHECK(fired[2]["outcome"] == "SKIPPED");
  SUBCASE("now") {}
  SUBCASE("after a restart") { world.restart(); }
  world.must_ask(control_schedule{"s", true, {}});
  auto first = fired[0]["workflowId"].get<std::string>();
  world.call(first, command::terminate{"enough"});
  world.run();
  CHECK(world.executions().size() == 2);
  CHECK(world.firings()[1]["outcome"] == "STARTED");
}

TEST_CASE("the others are ended first") {
  schedules_world world;
  world.save(every_second(R"(,"overlapPolicy":"TERMINATE_OTHER")"));
  world.advance(3s);
  auto all = world.executions();
  CHECK(all.size() == 3);
  size_t running = 0;
  for (auto& id : all)
    running += world.status(id) == "RUNNING";
  CHECK(running == 1);
}

TEST_CASE("a trigger fires now, also while it is paused") {
  schedules_world world;
  auto def = every_second();
  def.paused = true;
  world.save(def);
  auto told = world.must_ask(trigger_schedule{"s"}).value().text;
  CHECK(world.executions().size() == 1);
  auto fired = world.firings();
  REQUIRE(fired.size() == 1);
  CHECK(fired[0]["cause"] == "TRIGGER");
  CHECK(nlohmann::json::parse(told)["workflowId"] == fired[0]["workflowId"]);
}

TEST_CASE("a backfill fires what has not been fired, and nothing twice") {
  schedules_world world;
  auto before = world.now_ms();
  world.advance(10s);
  world.save(every_second());
  world.advance(5s);
  auto now = world.now_ms();
  CHECK(world.executions().size() == 5);
  auto told = nlohmann::json::parse(
      world.must_ask(backfill_schedule{"s", before + 1, now + 3'600'000})
          .value()
          .text);
  CHECK(told["instants"] == 10);
  CHECK(told["alreadyFired"] == 5);
  world.advance(10ms);
  CHECK(world.executions().size() == 15);
  told = nlohmann::json::parse(
      world.must_ask(backfill_schedule{"s", before + 1, now}).value().text);
  CHECK(told["instants"] == 0);
  auto many = world.ask(backfill_schedule{"s", before - 10'000'000, now});
  world.run();
  CHECK(many.why().code == errc::too_many);
}

TEST_CASE("bounds: schedules, their size, kept firings") {
  actor_world::options how;
  how.schedules.count_max = 1;
  how.schedules.definition_bytes_max = 500;
  how.schedules.firings_max = 5;
  schedules_world world(how);
  world.save(every_second());
  auto other = every_second();
  other.name = "s2";
  auto refused = world.ask(save_schedule{other});
  world.run();
  CHECK(refused.why().code == errc::too_many);
  auto large = every_second();
  large.description = std::string(1'000, 'x');
  refused = world.ask(save_schedule{large});
  world.run();
  CHECK(refused.why().code == errc::too_large);
  world.advance(30s);
  CHECK(world.count_rows("Sf") <= 7);
  CHECK(world.schedule()["firedCount"] == 30);
  // By age.
  world.must_ask(control_schedule{"s", true, {}});
  world.advance(31 * 24h);
  CHECK(world.count_rows("Sf") == 0);
}

TEST_CASE("a start that fails for a moment is repeated") {
  actor_world::options how;
  how.reads = actor_world::options::reading::shuffled;
  schedules_world world(how);
  auto def = every_second();
  def.start.idempotency_key = "k"; // which has to be looked up
  def.start.idempotency_strategy = idempotency_strategy::return_existing;
  world.save(def);
  world.refused_reads = 700;
  world.advance(3s);
  world.refused_reads = 0;
  world.must_ask(control_schedule{"s", true, {}});
  world.advance(120s);
  CHECK(world.count_rows("Sp") == 0);
  CHECK(world.executions().size() == 1);
  for (auto& x : world.firings())
    CHECK(x["outcome"] == "STARTED");
}

// The process dies at any write, with any part of the writes under way on the
// disk: each instant has one firing, each firing one execution.
TEST_CASE("every instant fires once over crashes at any write") {
  for_each_seed(1, 40, [](uint64_t seed) {
    actor_world::options how;
    how.writes = storage::memory_store::writes::by_hand;
    how.reads = actor_world::options::reading::shuffled;
    how.seed = seed;
    schedules_world world(how);
    std::mt19937_64 dice(seed);
    auto roll = [&](size_t n) { return size_t(dice() % n); };
    const char* policies[]
        = {"", R"(,"overlapPolicy":"SKIP")", R"(,"overlapPolicy":"BUFFER_ONE")",
           R"(,"overlapPolicy":"TERMINATE_OTHER")"};
    auto policy = policies[seed % 4];
    auto settle = [&] {
      for (int i = 0; i < 200; ++i) {
        world.run();
        if (world.store->flush_some(100) == 0 && i > 2)
          break;
      }
    };
    auto saved = world.ask(save_schedule{every_second(policy)});
    settle();
    REQUIRE(saved.good());
    auto begin = world.now_ms();
    for (int i = 0; i < 60; ++i) {
      world.run_some(roll(60));
      world.store->flush_some(roll(4));
      if (roll(3) == 0)
        world.advance(std::chrono::milliseconds(roll(700)));
      if (roll(6) == 0)
        world.crash(roll(world.store->held() + 1));
    }
    settle();
    auto paused = world.ask(control_schedule{"s", true, {}});
    settle();
    REQUIRE(paused.good());
    auto end = world.now_ms();
    // What was refused is repeated, with pauses.
    for (int i = 0; i < 40; ++i) {
      world.advance(3s);
      settle();
    }
    world.store->flush();
    settle();
    std::map<int64_t, int> decided;
    std::set<std::string> ids;
    size_t started = 0;
    for (auto& x : world.firings()) {
      settle();
      auto last
          = x.value("lastScheduledTime", x["scheduledTime"].get<int64_t>());
      for (auto t = x["scheduledTime"].get<int64_t>(); t <= last; t += 1'000)
        ++decided[t];
      if (x["outcome"] != "STARTED")
        continue;
      ++started;
      ids.insert(x["workflowId"].get<std::string>());
    }
    for (auto t = begin / 1'000 * 1'000 + 1'000; t <= end; t += 1'000) {
      CAPTURE(t);
      CHECK(decided[t] == 1);
    }
    CHECK(ids.size() == started);
    CHECK(world.executions().size() == started);
    for (auto& wrong : contradictions(world.store))
      FAIL_CHECK(wrong);
  });
}

} // namespace schedules_actor_test
