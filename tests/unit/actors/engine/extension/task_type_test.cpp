#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/dry_run/dry_run.hpp"
#include "actors/engine/task_kind.hpp"
#include "actors/engine/views/explain.hpp"
#include "messages/model/codec.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/fake_scripts.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// PATROL (patrol.cpp) is a task type that no file of the engine knows. Here it
// does what a type may do, verb by verb.

namespace task_type_test {

using namespace tutti;
using nlohmann::json;
using test::fake_scripts;
using test::pure_world;

/// Says yes to every round; `tired`: no after the second one.
struct patrol_world {
  fake_scripts scripts;
  pure_world world{scripts};

  patrol_world() {
    scripts.mean("more", [](auto&) { return json(true); });
    scripts.mean("tired", [](auto& in) { return json(in["round"] < 2); });
    world.define_tasks({"walk", "before", "after"});
  }

  std::string start(std::string script = "more", std::string rounds = "3") {
    world.define(
        R"({"name":"w","tasks":[
          {"name":"before","taskReferenceName":"before"},
          {"name":"p","taskReferenceName":"p","type":"PATROL",
           "expression":")"
        + script + R"(","inputParameters":{"rounds":)" + rounds
        + R"(,"restMs":5000,"who":"${workflow.input.who}"},
           "loopOver":[{"name":"walk","taskReferenceName":"walk",
             "inputParameters":{"who":"${p.input.who}"}}]},
          {"name":"after","taskReferenceName":"after"}]})");
    return world.start("w", R"({"who":"Ada"})");
  }

  /// At the first round.
  std::string walking(std::string script = "more", std::string rounds = "3") {
    auto id = start(std::move(script), std::move(rounds));
    world.done("before");
    return id;
  }

  json entry(const std::string& id) {
    auto all = engine::explain(world.at(id), world.now, 100);
    for (auto& x : all["tasks"])
      if (x["referenceTaskName"] == "p")
        return x;
    return {};
  }
};

TEST_CASE_FIXTURE(patrol_world, "it holds tasks, and the flow goes on behind") {
  auto id = walking();
  CHECK(world.rows(id) == "before:C p:IP walk__1:S");
  world.done("walk");
  world.advance(5'000);
  world.done("walk");
  world.advance(5'000);
  world.done("walk", R"({"seen":3})");
  CHECK(world.rows(id) == "before:C p:C walk__1:C walk__2:C walk__3:C after:S");
  auto output = world.row(id, "p").output.json();
  CHECK(output["3"]["walk"] == json{{"seen", 3}});
  world.done("after");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE_FIXTURE(patrol_world, "it waits between two rounds") {
  auto id = walking();
  world.done("walk");
  CHECK(world.at(id).next_deadline() == world.now + 5'000);
  CHECK(world.rows(id) == "before:C p:IP walk__1:C");
  world.advance(4'999);
  CHECK(world.rows(id) == "before:C p:IP walk__1:C");
  world.advance(1);
  CHECK(world.rows(id) == "before:C p:IP walk__1:C walk__2:S");
}

TEST_CASE_FIXTURE(patrol_world, "it has inputs of its own") {
  auto id = walking();
  auto input = world.row(id, "p").input.json();
  CHECK(input["_most"] == 3);
  CHECK(input["who"] == "Ada");
  CHECK(world.row(id, "walk__1").input.json() == json{{"who", "Ada"}});
}

TEST_CASE_FIXTURE(patrol_world, "its script decides, and is announced") {
  auto id = walking("tired", "9");
  auto definition = world.at(id).head().definition;
  CHECK(engine::compiled_definition::of(definition)->may_run_scripts());
  world.done("walk");
  world.advance(5'000);
  CHECK(scripts.inputs == std::vector<std::string>{R"({"round":1})"});
  world.done("walk");
  CHECK(world.rows(id) == "before:C p:C walk__1:C walk__2:C after:S");
}

TEST_CASE_FIXTURE(patrol_world, "a script that fails fails it") {
  auto id = walking("nonsense");
  world.done("walk");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.row(id, "p").reason == "no such script");
  CHECK(world.row(id, "p").output.json() == json{{"error", "no such script"}});
}

TEST_CASE_FIXTURE(patrol_world, "it is retried where it stood") {
  auto id = walking();
  world.done("walk");
  world.advance(5'000);
  world.fail("walk", "dark");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.row(id, "p").status == task_status::canceled);
  CHECK_FALSE(world.tell(id, command::retry{}).refused);
  CHECK(world.status(id) == "RUNNING");
  auto& again = world.row(id, "p");
  CHECK(again.status == task_status::in_progress);
  CHECK(again.iteration == 2);
  CHECK(again.retry_count == 0);
  world.done("walk");
  world.advance(5'000);
  world.done("walk");
  world.done("after");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE_FIXTURE(patrol_world,
                  "a script that failed is run again by a retry") {
  auto id = walking("late");
  world.done("walk");
  CHECK(world.status(id) == "FAILED");
  scripts.mean("late", [](auto&) { return json(false); });
  CHECK_FALSE(world.tell(id, command::retry{}).refused);
  CHECK(world.rows(id) == "before:C p:C walk__1:C after:S");
  CHECK(world.row(id, "p").retry_count == 1);
}

TEST_CASE_FIXTURE(patrol_world, "it is rerun from its first round") {
  auto id = walking("more", "1");
  world.done("walk");
  world.done("after");
  CHECK(world.status(id) == "COMPLETED");
  // What it wrote into its input stays; the rest is the operator's.
  CHECK_FALSE(world.rerun(id, "p", *payload::parse(R"({"who":"Bo"})")).refused);
  CHECK(world.rows(id) == "before:C p:IP walk__1:S");
  CHECK(world.row(id, "p").input.json() == json{{"who", "Bo"}, {"_most", 1}});
  CHECK(world.row(id, "walk__1").input.json() == json{{"who", "Bo"}});
  world.done("walk");
  world.done("after");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE_FIXTURE(patrol_world, "a task inside is rerun, and it waits for it") {
  auto id = walking("more", "1");
  world.done("walk");
  world.done("after");
  CHECK_FALSE(world.rerun(id, "walk__1").refused);
  CHECK(world.rows(id) == "before:C p:IP walk__1:S");
  world.done("walk");
  CHECK(world.rows(id) == "before:C p:C walk__1:C after:S");
}

TEST_CASE_FIXTURE(patrol_world, "it says what it waits for") {
  auto id = walking();
  auto walking = entry(id);
  CHECK(walking["waitsFor"] == "BODY");
  CHECK(walking["iteration"] == 1);
  world.done("walk");
  auto resting = entry(id);
  CHECK(resting["waitsFor"] == "TIMER");
  CHECK(resting["text"] == "rests until " + engine::at_time(world.now + 5'000));
  CHECK(resting["timers"][0]["time"] == world.now + 5'000);
}

TEST_CASE_FIXTURE(patrol_world, "it is skipped") {
  auto id = start();
  command::skip_task skip;
  skip.reference_name = "p";
  CHECK_FALSE(world.tell(id, skip).refused);
  world.done("before");
  CHECK(world.row(id, "p").status == task_status::skipped);
  CHECK(world.waiting("walk") == 0);
  world.done("after");
  CHECK(world.status(id) == "COMPLETED");
}

TEST_CASE_FIXTURE(patrol_world, "what is open inside ends with it") {
  auto id = walking();
  command::terminate stop;
  stop.reason = "enough";
  CHECK_FALSE(world.tell(id, stop).refused);
  CHECK(world.row(id, "p").status == task_status::canceled);
  CHECK(world.row(id, "walk__1").status == task_status::canceled);
  CHECK(world.waiting("walk") == 0);
}

TEST_CASE_FIXTURE(patrol_world, "its definition is checked, and its script") {
  auto def = read_workflow_def(R"({"name":"w","tasks":[
    {"name":"p","taskReferenceName":"p","type":"PATROL",
     "loopOver":[{"name":"a","taskReferenceName":"a"}]}]})");
  REQUIRE(def);
  validation_settings rules;
  rules.rules_of = engine::rules_of_type;
  auto broken = validate(*def, "p", rules, nullptr);
  REQUIRE(broken.size() == 1);
  CHECK(broken[0].message == "PATROL task 'p': expression is required");
  auto& task = def->tasks[0];
  task.expression = "more";
  CHECK(validate(*def, "p", rules, nullptr).empty());
  auto scripts = engine::rules_of_type("PATROL").scripts(task);
  REQUIRE(scripts.size() == 1);
  CHECK(scripts[0].source == "more");
}

/// No definitions but those that a request brings.
struct nothing_known final : definition_source, engine::environment {
  workflow_def_pointer find_workflow(std::string_view,
                                     std::optional<int32_t>) const override {
    return nullptr;
  }
  task_def_pointer find_task(std::string_view) const override {
    return nullptr;
  }
  std::optional<std::string> system_name(std::string_view) const override {
    return std::nullopt;
  }
  std::optional<std::string> variable(std::string_view) const override {
    return std::nullopt;
  }
};

TEST_CASE("a dry run walks it by itself, in virtual time") {
  fake_scripts scripts;
  scripts.mean("more", [](auto&) { return json(true); });
  auto request = read_workflow_test_request(R"({"name":"w","workflowDef":{
    "name":"w","tasks":[
      {"name":"p","taskReferenceName":"p","type":"PATROL","expression":"more",
       "inputParameters":{"rounds":3,"restMs":5000},
       "loopOver":[{"name":"walk","taskReferenceName":"walk"}]}]},
    "taskRefToMockOutput":{"walk":[
      {"output":{"n":1}},{"output":{"n":2}},{"output":{"n":3}}]}})");
  REQUIRE(request);
  nothing_known none;
  engine::dry_run::dry_run_bounds bounds;
  auto report = engine::dry_run::dry_run(*request, {none, none, scripts}, {},
                                         bounds, 1'700'000'000'000, 1);
  REQUIRE(report);
  CHECK(report->status == workflow_status::completed);
  CHECK(report->waiting_for.empty());
  CHECK(report->took_ms == 10'000);
}

TEST_CASE("a name that no type has is a worker's") {
  auto& unknown = engine::kind_of_type("NOBODY_KNOWS");
  CHECK(unknown.traits.worker);
  CHECK_FALSE(engine::is_system_type("NOBODY_KNOWS"));
  CHECK(engine::is_system_type("PATROL"));
}

} // namespace task_type_test
