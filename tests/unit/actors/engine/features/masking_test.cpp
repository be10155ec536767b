#include "actors/engine/views/rendering.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tutti;
using nlohmann::json;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace {

pure_world masked(std::string_view more = "") {
  pure_world world;
  world.define_task("t1");
  world.define_task("t2");
  world.define(workflow_of(
      simple("t1", R"(,"inputParameters":{"card":"${workflow.input.card}"})")
          + ","
          + simple("t2",
                   R"(,"inputParameters":{"copy":"${t1.output.list[0].pin}"})"),
      R"(,"maskedFields":["card","pin"])" + std::string(more)));
  return world;
}

json shown(const pure_world& world, const std::string& id) {
  return json::parse(engine::render_execution(world.at(id), true));
}

} // namespace

TEST_CASE("readers see stars where maskedFields say so, workers the values") {
  auto world = masked();
  auto id = world.start("w", R"({"card":{"no":5},"open":1})");
  CHECK(world.row(id, "t1").input.json()["card"]["no"] == 5);
  auto x = shown(world, id);
  CHECK(x["input"] == json{{"card", "***"}, {"open", 1}});
  CHECK(x["tasks"][0]["inputData"]["card"] == "***");
  world.done("t1", R"({"list":[{"pin":17,"x":1}]})");
  CHECK(world.row(id, "t2").input.json()["copy"] == 17);
  x = shown(world, id);
  CHECK(x["tasks"][0]["outputData"].dump()
        == R"({"list":[{"pin":"***","x":1}]})");
  engine::name_lookup none
      = [](std::string_view) { return std::optional<std::string>(); };
  auto given = json::parse(
      engine::render_for_worker(world.at(id), world.row(id, "t1"), none, none));
  CHECK(given["inputData"]["card"]["no"] == 5);
  CHECK(world.replay_is_live());
}

TEST_CASE("a key that was written with escapes is masked as well") {
  auto world = masked();
  auto id = world.start("w", R"({"c\u0061rd":"secret"})");
  CHECK(shown(world, id)["input"]["card"] == "***");
}

TEST_CASE("the failure workflow gets the values, and a copy of the execution "
          "as readers see it") {
  auto world = masked(R"(,"failureWorkflow":"after")");
  world.define(R"({"name":"after","version":1,"tasks":[{"name":"t2",
    "taskReferenceName":"t2","type":"SIMPLE"}]})");
  auto id = world.start("w", R"({"card":"4711"})");
  world.fail("t1", "no");
  auto after = world.at(id)
                   .head()
                   .output.json()["conductor.failure_workflow"]
                   .get<std::string>();
  auto& input = world.at(after).head().input.json();
  CHECK(input["card"] == "4711");
  CHECK(input["failedWorkflow"]["input"]["card"] == "***");
  CHECK(input["failedWorkflow"]["tasks"][0]["inputData"]["card"] == "***");
}
