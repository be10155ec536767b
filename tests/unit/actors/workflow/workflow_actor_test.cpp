#include "actors/engine/definition/pin_definitions.hpp"
#include "messages/model/codec.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>

#include <future>
#include <thread>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace workflow_actor_tests {

using storage::memory_store;

struct slow_disk : actor_world {
  slow_disk()
      : actor_world({.writes = memory_store::writes::by_hand,
                     .settings = {.defer_max = 50ms}}) {
    definitions.define(workflow_of(simple("a") + "," + simple("b")));
  }
  /// Writes what was handed in, until nothing more comes of it.
  void write_all() {
    run();
    while (store->held() > 0) {
      store->flush();
      run();
    }
  }
};

TEST_CASE_FIXTURE(actor_world, "an execution runs from its start to its end") {
  definitions.define(
      workflow_of(simple("a") + "," + simple("b"),
                  R"(,"outputParameters":{"x":"${b.output.n}"})"));
  auto id = start("w", R"({"k":1})");
  complete("a");
  CHECK(status(id) == "RUNNING");
  complete("b", R"({"n":7})");
  auto x = execution(id);
  CHECK(x["status"] == "COMPLETED");
  CHECK(x["output"]["x"] == 7);
  CHECK(x["tasks"].size() == 2);
  CHECK(offered->rows.empty());
  advance(1s);
  CHECK(contradictions(store).empty());
}

struct much_to_read : actor_world {
  much_to_read() : actor_world({.settings = {.answer_bytes_max = 2'000}}) {
    definitions.define(workflow_of(
        R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN_DYNAMIC",
            "dynamicForkTasksParam":"tasks",
            "dynamicForkTasksInputParamName":"inputs","inputParameters":{
            "tasks":"${workflow.input.tasks}","inputs":{}}},
           {"name":"j","taskReferenceName":"j","type":"JOIN"})"));
  }
  std::string start_wide(int branches) {
    auto tasks = nlohmann::json::array();
    for (int i = 0; i < branches; ++i)
      tasks.push_back({{"name", "t"},
                       {"taskReferenceName", "t" + std::to_string(i)},
                       {"type", "SIMPLE"}});
    return start("w", nlohmann::json{{"tasks", tasks}}.dump());
  }
};

TEST_CASE_FIXTURE(much_to_read, "a page of tasks ends before the bound of an "
                                "answer, and the next one goes on [A9]") {
  auto id = start_wide(6);
  for (int i = 0; i < 6; ++i)
    complete("t", R"({"x":")" + std::string(400, 'x') + "\"}");
  auto whole = read(id);
  run();
  REQUIRE(whole.answered());
  CHECK(whole.why().code == errc::too_large);
  CHECK(whole.why().message.find("http.answer_kib_max") != std::string::npos);
  std::set<std::string> seen;
  for (int64_t start = 0, pages = 0; pages < 10; ++pages) {
    read_execution what;
    what.what = read_execution::part::tasks;
    what.start = start;
    what.count = 100;
    auto page = read(id, what);
    run();
    REQUIRE(page.good());
    auto json = nlohmann::json::parse(page.value().text);
    CHECK(json["totalHits"] == 8);
    if (json["results"].empty())
      break;
    for (auto& x : json["results"])
      seen.insert(x["referenceTaskName"].get<std::string>());
    start += int64_t(json["results"].size());
  }
  CHECK(seen.size() == 8);
}

TEST_CASE("a large execution is read aside, once for a crowd, and shows what "
          "it would itself [A7]") {
  much_to_read world;
  auto id = world.start_wide(300);
  for (int i = 0; i < 10; ++i)
    world.complete("t", R"({"n":1})");
  auto& context = world.context_of(id);
  context.settings.answer_bytes_max = 64 << 20;
  auto direct = world.read(id);
  world.run();
  REQUIRE(direct.good());
  context.aside = std::make_shared<work_pool>(1, 10, "aside");
  // The thread is busy until all have asked.
  std::promise<void> asked_all;
  context.aside->submit(
      [&, wait = asked_all.get_future().share()] { wait.wait(); });
  std::vector<asked> crowd;
  for (int i = 0; i < 50; ++i)
    crowd.push_back(world.read(id));
  read_execution one;
  one.what = read_execution::part::tasks;
  auto page = world.read(id, one);
  // The execution goes on while it is read.
  world.complete("t", R"({"n":2})");
  asked_all.set_value();
  while (context.aside->count().done < 3)
    std::this_thread::yield();
  for (auto& x : crowd) {
    REQUIRE(x.good());
    CHECK(x.value().text == direct.value().text);
  }
  CHECK(page.good());
  CHECK(context.aside->count().waiting == 0);
  context.aside->close();
  // Nobody waits for ever when the pool is gone.
  auto late = world.read(id);
  world.run();
  REQUIRE(late.answered());
  CHECK(late.why().code == errc::too_many);
}

TEST_CASE_FIXTURE(slow_disk,
                  "nobody hears of a decision before it is durable") {
  auto [id, started] = try_start("w");
  run();
  CHECK(!started.answered());
  CHECK(offered->rows.empty());
  auto seen = read(id);
  run();
  CHECK(!seen.answered());

  write_all();
  CHECK(started.good());
  CHECK(seen.good());
  CHECK(offered->rows.size() == 1);
}

TEST_CASE_FIXTURE(slow_disk,
                  "a hand-out goes out without waiting for the disk") {
  auto [id, started] = try_start("w");
  write_all();
  auto task = poll("a");
  CHECK(task["status"] == "IN_PROGRESS");
  CHECK(store->held() == 0);
  CHECK(count_rows("q") == 1);

  advance(60ms);
  CHECK(store->held() == 1);
  write_all();
  CHECK(count_rows("q") == 0);
  CHECK(offered->rows.empty());
}

TEST_CASE_FIXTURE(slow_disk,
                  "the mark of a hand-out rides on the commit of its update") {
  auto [id, started] = try_start("w");
  write_all();
  auto task = poll("a");
  auto updated = update(task, task_status::completed);
  run();
  CHECK(store->held() == 1);
  CHECK(!updated.answered());
  write_all();
  CHECK(updated.good());
  CHECK(updated.value().task_ended);
  CHECK(updated.value().task_type == "a");
  CHECK(replayed(store, id).revision_number() == 3);
}

TEST_CASE_FIXTURE(slow_disk, "decisions go on while commits are under way") {
  auto [id, started] = try_start("w");
  write_all();
  auto task = poll("a");
  auto first = update(task, task_status::completed);
  auto again = update(task, task_status::completed);
  auto paused = call(id, command::pause{});
  run();
  CHECK(store->held() == 2);
  CHECK(!again.answered());
  store->flush_some(1);
  run();
  CHECK(first.good());
  // The duplicate changed nothing, so it waits for what was decided before it.
  CHECK(again.good());
  CHECK(!paused.answered());
  write_all();
  CHECK(paused.good());
}

TEST_CASE_FIXTURE(slow_disk, "a refusal waits for what it is based on") {
  auto [id, started] = try_start("w");
  write_all();
  auto ended = call(id, command::terminate{"enough"});
  auto refused = call(id, command::pause{});
  run();
  CHECK(!refused.answered());
  write_all();
  CHECK(ended.good());
  REQUIRE(refused.answered());
  CHECK(!refused.good());
}

TEST_CASE_FIXTURE(slow_disk, "what was not written is not acknowledged") {
  auto [id, started] = try_start("w");
  run();
  store->fail_next();
  store->flush();
  run();
  REQUIRE(started.answered());
  CHECK(started.why().code == errc::unavailable);
  auto later = call(id, command::pause{});
  run();
  REQUIRE(later.answered());
  CHECK(later.why().code == errc::unavailable);
}

struct small_commits : actor_world {
  static constexpr size_t bytes_max = 100'000;

  small_commits()
      : actor_world({.writes = memory_store::writes::by_hand,
                     .commit_bytes_max = bytes_max}) {
    definitions.define(workflow_of(simple("a") + "," + simple("b")));
  }
  void write_all() {
    run();
    while (store->held() > 0) {
      store->flush();
      run();
    }
  }
  static std::string output(size_t bytes) {
    return R"({"x":")" + std::string(bytes, 'x') + R"("})";
  }
};

TEST_CASE_FIXTURE(small_commits,
                  "what the store refuses fails its request alone [A2]") {
  auto [id, started] = try_start("w");
  auto [other, also] = try_start("w");
  write_all();
  auto task = poll("a");
  auto before = call(id, command::pause{}); // still under way
  run();
  REQUIRE(store->held() == 1);
  auto refused = update(task, task_status::completed, output(bytes_max));
  auto behind = call(id, command::resume{});
  run();
  CHECK(refused.why().code == errc::too_large);
  CHECK(refused.why().message.find("store.commit_mib_max")
        != std::string::npos);
  CHECK(!before.answered());
  write_all();
  CHECK(before.good());
  CHECK(behind.good());
  CHECK(status(id) == "RUNNING");
  CHECK(status(id, "a") == "IN_PROGRESS");
  CHECK(!context_of(id).failed);

  auto taken = update(task, task_status::completed, output(1'000));
  write_all();
  CHECK(taken.good());
  CHECK(status(id, "b") == "SCHEDULED");
  CHECK(status(other) == "RUNNING");
  CHECK(contradictions(store).empty());
}

TEST_CASE_FIXTURE(small_commits,
                  "a start that the store refuses leaves nothing [A2]") {
  auto [id, started] = try_start("w", output(bytes_max));
  write_all();
  CHECK(started.why().code == errc::too_large);
  auto seen = read(id);
  write_all();
  CHECK(seen.why().code == errc::not_found);
  CHECK(count_rows("e") == 0);
  // Its definition was used by others already, or may be.
  auto [next, good] = try_start("w");
  write_all();
  CHECK(good.good());
  restart();
  CHECK(status(next) == "RUNNING");
  CHECK(contradictions(store).empty());
}

TEST_CASE_FIXTURE(slow_disk, "an execution goes on where the process died") {
  auto [id, started] = try_start("w");
  write_all();
  auto updated = update(poll("a"), task_status::completed);
  run();
  SUBCASE("before the disk") {
    crash(0);
    write_all();
    CHECK(!updated.good());
    CHECK(status(id, "a") == "SCHEDULED");
  }
  SUBCASE("after the disk, before the answer") {
    crash(store->held());
    write_all();
    CHECK(!updated.good());
    CHECK(status(id, "a") == "COMPLETED");
    CHECK(status(id, "b") == "SCHEDULED");
  }
  CHECK(contradictions(store).empty());
}

/// Every decision of more than ten events is written in parts.
struct small_parts : actor_world {
  static engine::limits ten_events() {
    engine::limits x;
    x.decision_events_max = 10;
    return x;
  }
  explicit small_parts(storage::memory_store::writes writes
                       = memory_store::writes::by_hand)
      : actor_world({.writes = writes, .bounds = ten_events()}) {
    definitions.define(workflow_of(R"({"type":"FOR_EACH","name":"each",
      "taskReferenceName":"each","items":"${workflow.input.list}",
      "loopOver":[{"type":"SET_VARIABLE","name":"s","taskReferenceName":"s",
        "inputParameters":{"v":"${each.item}"}}]},)"
                                   + simple("a")));
  }
  static std::string list(int n) {
    std::string out;
    for (int i = 0; i < n; ++i)
      out += (i ? "," : "") + std::to_string(i);
    return R"({"list":[)" + out + "]}";
  }
  int write_all() {
    int writes = 0;
    for (run(); store->held() > 0; run(), ++writes)
      store->flush();
    return writes;
  }
};

TEST_CASE_FIXTURE(small_parts,
                  "a long decision is written in parts and answered at last") {
  auto [id, started] = try_start("w", list(50));
  run();
  store->flush();
  run();
  CHECK(!started.answered());
  CHECK(offered->rows.empty());
  auto seen = read(id); // others get their turn in between
  CHECK(write_all() > 10);
  CHECK(started.good());
  CHECK(seen.good());
  CHECK(status(id, "a") == "SCHEDULED");
  CHECK(execution(id)["variables"]["v"] == 49);
  CHECK(contradictions(store).empty());
}

TEST_CASE_FIXTURE(small_parts,
                  "between two parts of a decision others have their turn "
                  "[A7]") {
  auto [slow, slow_start] = try_start("w", list(50));
  run();
  auto [quick, quick_start] = try_start("w", list(0));
  for (int parts = 0; parts < 2; ++parts) {
    run();
    store->flush();
  }
  run();
  CHECK(quick_start.good());
  CHECK(!slow_start.answered());
  write_all();
  CHECK(slow_start.good());
}

TEST_CASE_FIXTURE(small_parts,
                  "the rest of a long decision is found after a crash") {
  auto [id, started] = try_start("w", list(50));
  run();
  for (int parts = 0; parts < 5; ++parts) {
    store->flush();
    run();
  }
  SUBCASE("the part under way is lost") { crash(0); }
  SUBCASE("the part under way is kept") { crash(store->held()); }
  CHECK(!started.good());
  CHECK(!is_terminal(loaded(store, id).rows()[0].status));
  CHECK(loaded(store, id).next_deadline() <= now_ms());
  run();
  advance(1s);
  write_all();
  CHECK(status(id, "each") == "COMPLETED");
  CHECK(status(id, "a") == "SCHEDULED");
  CHECK(contradictions(store).empty());
}

TEST_CASE_FIXTURE(small_parts,
                  "an operator may end an execution between two parts") {
  auto [id, started] = try_start("w", list(200));
  run();
  store->flush();
  run();
  auto ended = call(id, command::terminate{"enough"});
  write_all();
  CHECK(started.good());
  CHECK(ended.good());
  CHECK(status(id) == "TERMINATED");
  CHECK(execution(id)["tasks"].size() < 100);
}

TEST_CASE_FIXTURE(actor_world, "secrets are resolved only for the worker") {
  definitions.define_task("a",
                          R"({"runtimeMetadata":["PASSWORD","REGION","NO"]})");
  definitions.define(workflow_of(simple(
      "a", R"(,"inputParameters":{"p":"${workflow.secrets.PASSWORD}"})")));
  auto id = start("w");
  auto task = poll("a");
  CHECK(task["inputData"]["p"] == "swordfish");
  CHECK(task["runtimeMetadata"]["PASSWORD"] == "swordfish");
  CHECK(task["runtimeMetadata"]["REGION"] == "north");
  CHECK(!task["runtimeMetadata"].contains("NO"));
  CHECK(execution(id)["tasks"][0]["inputData"]["p"]
        == "${workflow.secrets.PASSWORD}");
}

TEST_CASE_FIXTURE(actor_world, "a read shows the part that was asked for") {
  definitions.define(workflow_of(simple("a") + "," + simple("b")));
  auto id = start("w", R"({"k":1})");
  complete("a", R"({"n":1})");
  auto ask = [&](read_execution what) {
    auto x = read(id, what);
    run();
    REQUIRE(x.good());
    return nlohmann::json::parse(x.value().text);
  };
  read_execution what;
  what.include_tasks = false;
  CHECK(ask(what)["tasks"].empty());
  what.what = read_execution::part::tasks;
  what.start = 1;
  auto page = ask(what);
  CHECK(page["totalHits"] == 2);
  CHECK(page["results"].size() == 1);
  CHECK(page["results"][0]["referenceTaskName"] == "b");
  what.start = 0;
  what.statuses = {task_status::completed};
  CHECK(ask(what)["totalHits"] == 1);
  what.what = read_execution::part::status;
  CHECK(ask(what)["status"] == "RUNNING");

  auto task_id = page["results"][0]["taskId"].get<std::string>();
  what.what = read_execution::part::task;
  auto task = read(task_id, what);
  run();
  REQUIRE(task.good());
  CHECK(nlohmann::json::parse(task.value().text)["taskId"] == task_id);
}

TEST_CASE("a long execution is kept as a snapshot and the revisions since") {
  actor_world world({.settings = {.snapshot_revisions_min = 4}});
  world.definitions.define(workflow_of(simple("a") + "," + simple("b") + ","
                                           + simple("c") + "," + simple("d"),
                                       "", "long"));
  auto id = world.start("long", R"({"big":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})");
  for (auto* queue : {"a", "b", "c", "d"})
    world.complete(queue);
  world.advance(1s);
  CHECK(world.count_rows("s") == 1);
  CHECK(contradictions(world.store).empty());
  auto before = world.execution(id);
  world.restart();
  CHECK(world.execution(id) == before);
}

TEST_CASE_FIXTURE(actor_world,
                  "an execution that brings its definition takes it along") {
  auto text = workflow_of(simple("a"));
  auto own = std::make_shared<const workflow_def>(*read_workflow_def(text));
  start_workflow_request request;
  request.input = payload();
  command::start start;
  start.own_definition = true;
  start.head
      = *engine::make_head(request, *engine::pin_definitions(*own, definitions),
                           "11111111-2222-3333-4444-555555555555", now_ms());
  auto id = start.head.workflow_id;
  call(id, start);
  run();
  CHECK(count_rows("d") == 0);
  CHECK(count_rows("i") == 1);
  restart();
  CHECK(status(id) == "RUNNING");
  remove(id, false);
  run();
  CHECK(count_rows("i") == 0);
}

TEST_CASE_FIXTURE(actor_world, "a registered definition is stored once") {
  definitions.define(workflow_of(simple("a")));
  for (int i = 0; i < 20; ++i)
    start("w");
  // In each of the two shards: populating anew makes another object of it.
  CHECK(count_rows("d") == 2);
}

} // namespace workflow_actor_tests
