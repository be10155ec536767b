#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/scripts_by_hand.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace suspended_decision_tests {

constexpr auto script_task = R"({"type":"INLINE","name":"i",
  "taskReferenceName":"i","inputParameters":{"expression":"the script",
  "evaluatorType":"javascript"}})";

/// Executions whose first task is a script: it is for the test to end it.
struct thinking : actor_world {
  explicit thinking(options how = {}) : actor_world(how) {
    definitions.define(workflow_of(script_task + ("," + simple("a"))));
    definitions.define(workflow_of(
        simple("a") + "," + script_task + "," + simple("b"), "", "later"));
    definitions.define(workflow_of(
        R"({"type":"FORK_JOIN","name":"f","taskReferenceName":"f",
            "forkTasks":[[)"
            + simple("a") + "," + script_task + "],[" + simple("b") + "],["
            + simple("c")
            + R"(]]},{"type":"JOIN","name":"j","taskReferenceName":"j",
                "joinOn":["i","b","c"]})",
        "", "forked"));
    use();
  }
  /// Contexts are made anew with every incarnation.
  void use() {
    for (auto& x : contexts)
      x->scripts = scripts;
  }
  std::shared_ptr<scripts_by_hand> scripts
      = std::make_shared<scripts_by_hand>();
};

TEST_CASE_FIXTURE(thinking,
                  "a decision that waits for a script is answered after it") {
  auto [id, started] = try_start("w", R"({"n":4})");
  run();
  CHECK(!started.answered());
  REQUIRE(scripts->waiting.size() == 1);
  CHECK(scripts->waiting[0]->source == "the script");
  CHECK(scripts->waiting[0]->group == "w");
  CHECK(count_rows("e") == 0);
  scripts->value(7);
  run();
  CHECK(started.good());
  CHECK(execution(id)["tasks"][0]["outputData"]["result"] == 7);
  CHECK(status(id, "a") == "SCHEDULED");
  CHECK(contradictions(store).empty());
}

TEST_CASE_FIXTURE(thinking, "an execution that thinks does not stop others") {
  auto [slow, started] = try_start("w");
  auto other = start("later");
  CHECK(status(other, "a") == "SCHEDULED");
  CHECK(!started.answered());
  scripts->value(1);
  run();
  CHECK(status(slow, "a") == "SCHEDULED");
}

// 20 filters over 50,000 elements: several pauses.
constexpr int filters = 20, elements = 50'000;

std::string filtering() {
  nlohmann::json inputs;
  for (int i = 0; i < filters; ++i)
    inputs["k" + std::to_string(i)] = "${workflow.input.list[?(@.v > "
                                      + std::to_string(elements + i) + ")].v}";
  return R"({"type":"SIMPLE","name":"p","taskReferenceName":"p",
             "inputParameters":)"
         + inputs.dump() + "}";
}

std::string long_list() {
  nlohmann::json list = nlohmann::json::array();
  for (int i = 0; i < elements; ++i)
    list.push_back({{"v", i}});
  return nlohmann::json{{"list", std::move(list)}}.dump();
}

TEST_CASE_FIXTURE(thinking, "long expressions of one execution let others run "
                            "in between [A7]") {
  definitions.define(workflow_of(filtering(), "", "filters"));
  auto [slow, started] = try_start("filters", long_list());
  run();
  // It waits for its next turn.
  CHECK(!started.answered());
  auto other = start("later");
  CHECK(status(other, "a") == "SCHEDULED");
  auto ended = call(slow, command::terminate{"enough"});
  for (int i = 0; i < 100 && !started.answered(); ++i)
    advance(1ms);
  CHECK(started.good());
  CHECK(scripts->waiting.empty());
  CHECK(ended.good());
  auto all = execution(slow);
  CHECK(all["status"] == "TERMINATED");
  REQUIRE(all["tasks"].size() == 1);
  CHECK(all["tasks"][0]["inputData"].size() == filters);
  CHECK(contradictions(store).empty());
}

TEST_CASE_FIXTURE(thinking,
                  "messages during a script are handled after it, in order") {
  auto id = start("later");
  auto updated = update(poll("a"), task_status::completed);
  run();
  REQUIRE(scripts->waiting.size() == 1);
  auto running = read(id);
  auto paused = call(id, command::pause{});
  auto seen_paused = read(id);
  auto resumed = call(id, command::resume{});
  auto ended = call(id, command::terminate{"enough"});
  auto refused = call(id, command::pause{});
  auto removed = remove(id, false);
  auto gone = read(id);
  run();
  for (auto& x : {updated, running, paused, seen_paused, resumed, ended,
                  refused, removed, gone})
    CHECK(!x.answered());

  scripts->value("x");
  run();
  CHECK(updated.good());
  auto status_of = [](const asked& x) {
    REQUIRE(x.good());
    return nlohmann::json::parse(x.value().text)["status"];
  };
  CHECK(status_of(running) == "RUNNING");
  CHECK(paused.good());
  CHECK(status_of(seen_paused) == "PAUSED");
  CHECK(resumed.good());
  CHECK(ended.good());
  REQUIRE(refused.answered());
  CHECK(!refused.good());
  CHECK(removed.good());
  CHECK(gone.why().code == errc::not_found);
  CHECK(contradictions(store).empty());
}

TEST_CASE_FIXTURE(thinking,
                  "a held command that needs a script itself holds the rest") {
  definitions.define(workflow_of(
      R"({"type":"FORK_JOIN","name":"f","taskReferenceName":"f",
          "forkTasks":[[)"
          + simple("a") + R"(,{"type":"INLINE","name":"i",
            "taskReferenceName":"i1","inputParameters":{"expression":"one"}}],[)"
          + simple("b") + R"(,{"type":"INLINE","name":"i",
            "taskReferenceName":"i2","inputParameters":{"expression":"two"}}]]},
          {"type":"JOIN","name":"j","taskReferenceName":"j"},)"
          + simple("c"),
      "", "two"));
  auto id = start("two");
  auto a = poll("a"), b = poll("b");
  auto first = update(a, task_status::completed);
  auto second = update(b, task_status::completed);
  auto third = call(id, command::pause{});
  run();
  REQUIRE(scripts->waiting.size() == 1);
  CHECK(scripts->waiting[0]->source == "one");
  scripts->value(1);
  run();
  CHECK(first.good());
  CHECK(!second.answered());
  CHECK(!third.answered());
  REQUIRE(scripts->waiting.size() == 1);
  CHECK(scripts->waiting[0]->source == "two");
  scripts->value(2);
  run();
  CHECK(second.good());
  CHECK(third.good());
  CHECK(status(id) == "PAUSED");
}

TEST_CASE_FIXTURE(thinking, "a task whose helper died may be retried") {
  definitions.define_task("i", R"({"retryCount":1,"retryDelaySeconds":5})");
  auto id = start("later");
  auto updated = update(poll("a"), task_status::completed);
  run();
  scripts->lost();
  run();
  // The update was taken all the same: the failure is the script's task's.
  CHECK(updated.good());
  auto failed = execution(id)["tasks"][1];
  CHECK(failed["status"] == "FAILED");
  CHECK(failed["reasonForIncompletion"] == "it died");
  advance(5s);
  REQUIRE(scripts->waiting.size() == 1);
  scripts->value(1);
  run();
  CHECK(status(id, "i") == "COMPLETED");
  CHECK(status(id, "b") == "SCHEDULED");
  CHECK(execution(id)["tasks"].size() == 4);
}

TEST_CASE("an execution that thinks is not put to sleep") {
  thinking world({.settings = {.idle_sleep = 100ms, .terminal_sleep = 100ms}});
  auto [id, started] = world.try_start("w");
  world.run();
  for (int i = 0; i < 20; ++i)
    world.advance(1s);
  auto held = world.read(id);
  world.advance(1s);
  CHECK(!held.answered());
  world.scripts->value(1);
  world.run();
  CHECK(started.good());
  CHECK(held.good());
  world.advance(1s);
  CHECK(world.status(id, "a") == "SCHEDULED");
}

TEST_CASE_FIXTURE(thinking, "a node that stops waits for scripts under way") {
  auto [id, started] = try_start("w");
  run();
  size_t drained = 0;
  for (auto& x : shards)
    caf::anon_send(x.scheduler,
                   drain{reply<done>([&](result<done>) { ++drained; })});
  advance(1s);
  CHECK(drained < shards.size());
  scripts->value(1);
  advance(1s);
  CHECK(started.good());
  CHECK(drained == shards.size());
}

TEST_CASE_FIXTURE(thinking,
                  "an execution that dies with a script is there again") {
  auto id = start("later");
  auto task = poll("a");
  advance(1s); // its mark is written
  auto updated = update(task, task_status::completed);
  scripts->on_submit = [this] {
    scripts->on_submit = nullptr;
    throw std::runtime_error("no memory");
  };
  auto paused = call(id, command::pause{});
  run();
  // Whoever waited is told, and nothing was half done.
  REQUIRE(updated.answered());
  CHECK(updated.why().code == errc::unavailable);
  REQUIRE(paused.answered());
  CHECK(status(id, "a") == "IN_PROGRESS");
  auto again = update(task, task_status::completed);
  run();
  scripts->value(3);
  run();
  CHECK(again.good());
  CHECK(status(id, "b") == "SCHEDULED");
  CHECK(contradictions(store).empty());
}

TEST_CASE_FIXTURE(thinking, "a crash during a script loses only the decision") {
  auto id = start("later");
  auto task = poll("a");
  advance(1s); // its mark is written
  auto updated = update(task, task_status::completed);
  run();
  auto late = scripts->take();
  crash(0);
  use();
  run();
  REQUIRE(updated.answered());
  CHECK(updated.why().code == errc::unavailable);
  // The answer to who is no more disturbs nobody.
  late->done(engine::script_result{});
  run();
  CHECK(status(id, "a") == "IN_PROGRESS");
  CHECK(execution(id)["tasks"].size() == 1);
  auto again = update(task, task_status::completed);
  run();
  scripts->value(1);
  run();
  CHECK(again.good());
  CHECK(status(id, "b") == "SCHEDULED");
}

TEST_CASE_FIXTURE(thinking,
                  "while the pool is full nothing is begun that needs it") {
  auto id = start("later");
  auto task = poll("a");
  scripts->refuses = true;
  auto refused = update(task, task_status::completed);
  auto [other, started] = try_start("w");
  run();
  REQUIRE(refused.answered());
  CHECK(refused.why().code == errc::unavailable);
  CHECK(started.why().code == errc::unavailable);
  CHECK(execution(other).is_null());
  CHECK(status(id, "a") == "IN_PROGRESS");
  // Tasks still go out: that runs no script.
  scripts->refuses = false;
  auto forked = start("forked");
  scripts->refuses = true;
  CHECK(poll("b")["workflowInstanceId"] == forked);

  scripts->refuses = false;
  auto again = update(task, task_status::completed);
  run();
  scripts->value(1);
  run();
  CHECK(again.good());
}

TEST_CASE_FIXTURE(thinking,
                  "a deadline that finds the pool full is looked at again") {
  definitions.define(workflow_of(R"({"type":"WAIT","name":"t",
      "taskReferenceName":"t","inputParameters":{"duration":"10s"}},)"
                                     + std::string(script_task),
                                 "", "waits"));
  auto id = start("waits");
  scripts->refuses = true;
  advance(30s);
  CHECK(status(id, "t") == "IN_PROGRESS");
  CHECK(scripts->waiting.empty());
  scripts->refuses = false;
  advance(3s);
  REQUIRE(scripts->waiting.size() == 1);
  scripts->value(1);
  run();
  CHECK(status(id) == "COMPLETED");
}

TEST_CASE_FIXTURE(thinking,
                  "a child that finds the pool full is started later") {
  definitions.define(workflow_of(R"({"type":"SUB_WORKFLOW","name":"s",
      "taskReferenceName":"s","subWorkflowParam":{"name":"w","version":1}})",
                                 "", "parent"));
  scripts->refuses = true;
  auto id = start("parent");
  advance(5s);
  CHECK(scripts->waiting.empty());
  CHECK(status(id, "s") != "FAILED");
  scripts->refuses = false;
  advance(60s);
  REQUIRE(scripts->waiting.size() == 1);
  scripts->value(1);
  advance(1s);
  complete("a");
  advance(1s);
  CHECK(status(id) == "COMPLETED");
}

TEST_CASE_FIXTURE(
    thinking, "a hand-out waits for a short script and not for a long one") {
  auto id = start("forked");
  auto updated = update(poll("a"), task_status::completed);
  run();
  std::map<std::string, std::string> rows; // by queue
  for (auto& [task_id, row] : offered->rows)
    rows[row.queue] = task_id;
  auto ask = [&](const std::string& queue) {
    return call(id, command::hand_out{rows.at(queue), "worker"});
  };
  SUBCASE("short") {
    auto given = ask("b");
    advance(50ms);
    CHECK(!given.answered());
    scripts->value(1);
    run();
    REQUIRE(given.good());
    CHECK(given.value().effective);
    // The alarm that was set for it finds nothing to do.
    advance(1s);
    CHECK(status(id, "b") == "IN_PROGRESS");
  }
  SUBCASE("long") {
    auto given = ask("b");
    auto paused = call(id, command::pause{});
    advance(99ms);
    CHECK(!given.answered());
    advance(2ms);
    REQUIRE(given.answered());
    CHECK(given.why().code == errc::unavailable);
    auto next = ask("c");
    run();
    REQUIRE(next.answered());
    CHECK(next.why().code == errc::unavailable);
    CHECK(!paused.answered());
    scripts->value(1);
    run();
    CHECK(paused.good());
    CHECK(status(id, "b") == "SCHEDULED");
    auto again = ask("b");
    run();
    CHECK(again.value().effective);
  }
}

} // namespace suspended_decision_tests
