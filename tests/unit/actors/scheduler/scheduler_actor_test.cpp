#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <caf/scoped_actor.hpp>

#include <caf/actor_registry.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace scheduler_tests {

struct one_task : actor_world {
  one_task() { definitions.define(workflow_of(simple("a"))); }

  /// Those of the execution's shard.
  std::vector<incident> incidents_of(const std::string& id) {
    std::vector<incident> out;
    auto keep = [&](result<incident_list> x) { out = std::move(x->items); };
    caf::anon_send(scheduler_of(id),
                   envelope<list_incidents>{
                       {}, {}, reply<incident_list>(std::move(keep))});
    run();
    return out;
  }
};

TEST_CASE_FIXTURE(one_task,
                  "unknown executions and tasks are said to be unknown") {
  auto check = [&](const asked& x) {
    run();
    REQUIRE(x.answered());
    CHECK(x.why().code == errc::not_found);
  };
  std::string id = "11111111-2222-3333-4444-555555555555";
  check(call(id, command::pause{}));
  check(read(id));
  check(remove(id, true));
  read_execution task;
  task.what = read_execution::part::task;
  check(read(id, task));
  check(call("", command::pause{}));
  check(call(std::string(3, '\0'), command::pause{}));
}

TEST_CASE_FIXTURE(one_task, "idle executions leave memory and come back") {
  auto id = start("w");
  auto before = execution(id);
  advance(30s);
  CHECK(execution(id) == before);
  complete("a");
  CHECK(status(id) == "COMPLETED");
  advance(30s);
  CHECK(status(id) == "COMPLETED");
}

TEST_CASE("executions beyond the limit leave memory first come, first gone") {
  actor_world world({.settings = {.active_max = 3}});
  world.definitions.define(workflow_of(simple("a")));
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i)
    ids.push_back(world.start("w"));
  world.advance(600ms);
  for (int i = 0; i < 20; ++i) {
    world.complete("a");
    world.advance(100ms);
  }
  for (auto& id : ids)
    CHECK(world.status(id) == "COMPLETED");
  CHECK(contradictions(world.store).empty());
}

TEST_CASE_FIXTURE(one_task, "executions sleep earlier when memory is tight "
                            "[A11]") {
  auto id = start("w");
  auto memory = std::make_shared<memory_budget>(100 << 20);
  for (auto& x : contexts)
    x->memory = memory;
  auto running = [&] { return system.registry().running(); };
  auto awake = running();
  advance(2s);
  CHECK(running() == awake);
  memory->measured({80 << 20, 0});
  advance(2s);
  CHECK(running() == awake - 1);
  CHECK(status(id) == "RUNNING");
}

TEST_CASE_FIXTURE(one_task, "a start that another execution asks for waits "
                            "until there is memory [A3]") {
  auto memory = std::make_shared<memory_budget>(100 << 20);
  for (auto& x : contexts)
    x->memory = memory;
  memory->measured({120 << 20, 0});
  auto what = start_other{};
  what.workflow_id = contexts.front()->ids->workflow_id();
  what.name = "w";
  auto early = deliver({what.workflow_id, "someone", what});
  run();
  CHECK(early.why().code == errc::unavailable);
  memory->measured({10 << 20, 0});
  auto later = deliver({what.workflow_id, "someone", what});
  run();
  CHECK(later.good());
  CHECK(status(what.workflow_id) == "RUNNING");
}

TEST_CASE_FIXTURE(one_task, "when memory is tight, executions of a large "
                            "family wait, and others begin [A3]") {
  auto memory = std::make_shared<memory_budget>(100 << 20);
  for (auto& x : contexts)
    x->memory = memory;
  auto begin = [&](std::string family) {
    auto what = start_other{};
    what.workflow_id = contexts.front()->ids->workflow_id();
    what.name = "w";
    what.family = std::move(family);
    auto out = deliver({what.workflow_id, "someone", what});
    run();
    return out;
  };
  for (int i = 0; i < 1'500; ++i)
    REQUIRE(begin("large").good());
  memory->measured({80 << 20, 0});
  int waits = 0;
  for (int i = 0; i < 50; ++i) {
    auto one = begin("large");
    waits += !one.good() && one.why().code == errc::unavailable;
    CHECK(begin("small").good());
  }
  // Shards see their own part of a family.
  CHECK(waits > 40);
  memory->measured({10 << 20, 0});
  CHECK(begin("large").good());
}

TEST_CASE_FIXTURE(one_task,
                  "a message to an execution that falls asleep is not lost") {
  auto id = start("w");
  auto task = poll("a");
  advance(5s);
  // One message at a time, calls between any two.
  for (int i = 0; i < 2'000; ++i) {
    if (i % 100 == 0)
      advance(9'950ms);
    auto x = read(id);
    run_some(1 + i % 3);
    run();
    REQUIRE(x.good());
  }
}

TEST_CASE_FIXTURE(one_task, "a start that comes twice begins one execution") {
  auto id = start("w");
  auto message_of_start = start_other{};
  message_of_start.workflow_id = id;
  message_of_start.name = "w";
  auto again = deliver({id, "someone", message_of_start});
  run();
  CHECK(again.good());
  CHECK(execution(id)["tasks"].size() == 1);
  advance(30s);
  auto later = deliver({id, "someone", message_of_start});
  run();
  CHECK(later.good());
  CHECK(replayed(store, id).revision_number() == 1);
}

TEST_CASE("a workflow that starts two of itself ends at the bound of its "
          "family [A3]") {
  engine::limits rules;
  rules.family_executions_max = 64;
  actor_world world({.bounds = rules});
  auto start = [](const char* name) {
    return R"({"type":"START_WORKFLOW","name":")" + std::string(name)
           + R"(","taskReferenceName":")" + name
           + R"(","inputParameters":{"startWorkflow":{"name":"w"}}})";
  };
  world.definitions.define(workflow_of(start("a") + "," + start("b")));
  auto id = world.start("w");
  world.run();
  // START_WORKFLOW's output names what it started.
  std::vector<std::string> all{id};
  bool named = false;
  for (size_t i = 0; i < all.size(); ++i) {
    auto x = world.execution(all[i]);
    CHECK(x["status"] != "RUNNING");
    named |= to_text(x).find("executions.family_executions_max")
             != std::string::npos;
    for (auto& task : x["tasks"])
      if (task["outputData"].contains("workflowId"))
        all.push_back(task["outputData"]["workflowId"].get<std::string>());
  }
  CHECK(all.size() > 32);
  CHECK(all.size() <= 65);
  CHECK(named);
  CHECK(contradictions(world.store).empty());
}

TEST_CASE_FIXTURE(one_task, "an execution that crashes once is restarted") {
  auto id = start("w");
  bool crash = true;
  before_decision = [&](std::string_view) {
    if (std::exchange(crash, false))
      throw std::runtime_error("injected");
  };
  auto task = poll("a");
  CHECK(task.is_null());
  CHECK(!poll("a").is_null());
}

TEST_CASE_FIXTURE(one_task,
                  "an execution that crashes again and again is put aside") {
  auto id = start("w");
  auto other = start("w");
  before_decision = [&](std::string_view x) {
    if (x == id)
      throw std::runtime_error("injected");
  };
  for (int i = 0; i < 5; ++i) {
    auto x = call(id, command::pause{});
    run();
    REQUIRE(x.answered());
    CHECK(x.why().code == errc::unavailable);
  }
  auto refused = read(id);
  run();
  CHECK(refused.why().message.find("put aside") != std::string::npos);
  auto report = incidents_of(id);
  REQUIRE(report.size() == 1);
  CHECK(report[0].workflow_id == id);
  CHECK(report[0].last_error == "injected");
  CHECK(report[0].crashes == 5);
  CHECK(status(other) == "RUNNING");

  before_decision = nullptr;
  asked released;
  caf::anon_send(scheduler_of(id), released.of(release_incident{id}));
  run();
  CHECK(released.good());
  CHECK(status(id) == "RUNNING");
  asked again;
  caf::anon_send(scheduler_of(id), again.of(release_incident{id}));
  run();
  CHECK(again.why().code == errc::not_found);
}

TEST_CASE_FIXTURE(one_task,
                  "an execution is not put aside because there was no "
                  "memory [A11]") {
  auto id = start("w");
  before_decision = [](std::string_view) { throw std::bad_alloc(); };
  for (int i = 0; i < 20; ++i) {
    auto x = call(id, command::pause{});
    run();
    REQUIRE(x.answered());
    CHECK(x.why().code == errc::unavailable);
  }
  before_decision = nullptr;
  CHECK(incidents_of(id).empty());
  CHECK(status(id) == "RUNNING");
}

TEST_CASE("a crash loses no effect of what became durable") {
  actor_world world({.writes = storage::memory_store::writes::by_hand});
  world.definitions.define(workflow_of(simple("a")));
  auto [id, started] = world.try_start("w");
  world.run();
  world.before_decision
      = [](std::string_view) { throw std::runtime_error("injected"); };
  world.call(id, command::pause{});
  world.run();
  CHECK(world.offered->rows.empty());
  world.before_decision = nullptr;
  world.store->flush();
  world.run();
  CHECK(started.good());
  CHECK(world.offered->rows.size() == 1);
  auto seen = world.read(id);
  world.run();
  CHECK(seen.good());
}

TEST_CASE_FIXTURE(one_task, "lists show what runs, or all of one time") {
  auto first = start("w");
  advance(1s);
  auto second = start("w");
  definitions.define(workflow_of(simple("a"), R"(,"version":2)", "other"));
  auto third = start("other");
  complete("a");

  auto ids = [&](list_executions what) {
    std::set<std::string> out;
    for (auto& x : list(std::move(what)).items)
      out.insert(x.workflow_id);
    return out;
  };
  using set = std::set<std::string>;
  CHECK(ids({}) == set{second, third});
  list_executions what;
  what.name = "w";
  CHECK(ids(what) == set{second});
  what.version = 9;
  CHECK(ids(what) == set{});
  what.version.reset();
  what.running_only = false;
  CHECK(ids(what) == set{first, second});
  what.created_from = 1;
  what.created_to = now_ms() - 500;
  CHECK(ids(what) == set{first});
}

TEST_CASE_FIXTURE(one_task, "a list that is cut has the newest, and says how "
                            "many there are [D6]") {
  std::vector<std::string> started;
  for (int i = 0; i < 6; ++i) {
    advance(10ms);
    started.push_back(start("w"));
  }
  for (bool running : {true, false}) {
    list_executions what;
    what.running_only = running;
    what.summaries = true;
    what.count_max = 2;
    // Of each shard, before they are merged.
    auto parts = list(what);
    CHECK(parts.total == 6);
    std::set<std::string> ids;
    for (auto& x : parts.items) {
      CHECK(x.name == "w");
      CHECK(x.version == 1);
      ids.insert(x.workflow_id);
    }
    CHECK(ids.contains(started[5]));
    CHECK(ids.contains(started[4]));
  }
}

TEST_CASE_FIXTURE(one_task, "a removed execution leaves nothing behind") {
  auto id = start("w");
  SUBCASE("while it runs") {
    auto kept = remove(id, true);
    run();
    CHECK(kept.why().code == errc::invalid);
    CHECK(status(id) == "RUNNING");
  }
  SUBCASE("after it ended") { complete("a"); }
  log("" + execution(id)["tasks"][0]["taskId"].get<std::string>(), "line");
  advance(100ms);
  auto gone = remove(id, false);
  run();
  CHECK(gone.good());
  CHECK(offered->rows.empty());
  auto after = read(id);
  run();
  CHECK(after.why().code == errc::not_found);
  for (auto* kind : {"e", "s", "c", "i", "q", "t", "r", "n", "l"})
    CHECK(count_rows(kind) == 0);
  advance(30s);
  CHECK(execution(id).is_null());
}

TEST_CASE_FIXTURE(one_task, "an archived execution can be read, not listed") {
  auto id = start("w");
  complete("a");
  auto archived = remove(id, true);
  run();
  CHECK(archived.good());
  CHECK(status(id) == "COMPLETED");
  restart();
  CHECK(status(id) == "COMPLETED");
  list_executions ask;
  ask.running_only = false;
  CHECK(list(ask).items.empty());
}

TEST_CASE_FIXTURE(one_task,
                  "a scheduler that drains ends when all is written") {
  auto id = start("w");
  CHECK(!poll("a").is_null());
  auto quiet = std::make_shared<bool>(false);
  for (auto& shard : shards)
    caf::anon_send(shard.scheduler, drain{reply<done>([quiet](result<done> x) {
                     *quiet = bool(x);
                   })});
  advance(200ms);
  CHECK(*quiet);
  CHECK(loaded(store, id).rows()[0].status == task_status::in_progress);
  auto refused = call(id, command::pause{});
  run();
  CHECK(refused.why().code == errc::unavailable);
}

} // namespace scheduler_tests
