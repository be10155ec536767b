#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// Compensation tasks read the rows beside the compensated one.

namespace scope_compensation_cases {

using namespace tutti;
using nlohmann::json;
using test::pure_world;
using test::simple;
using test::workflow_of;

std::string scope(std::string_view body) {
  return test::scope("s", body, R"({"then":"COMPENSATE"})");
}

std::string loop(std::string_view type, std::string_view body) {
  return R"({"name":"l","taskReferenceName":"l","type":")" + std::string(type)
         + R"(","items":"${workflow.input.list}",
             "inputParameters":{"maxParallel":1},"loopOver":[)"
         + std::string(body) + "]}";
}

pure_world a_world() {
  pure_world world;
  world.define_tasks({"a", "b", "c", "u", "v"});
  return world;
}

TEST_CASE("the compensation of a task in a loop reads that task's iteration") {
  for (std::string type : {"DO_WHILE", "FOR_EACH"}) {
    CAPTURE(type);
    auto world = a_world();
    world.define(workflow_of(
        scope(loop(type, simple("a") + ","
                             + simple("b", R"(,"compensate":[)"
                                               + simple("u",
                                                        R"(,"inputParameters":{
                    "b":"${b.output.n}","a":"${a.output.n}",
                    "i":"${l.output.loopIndex}",
                    "x":"${l.output.loopItem}"})")
                                               + "]"))
              + "," + simple("c"))));
    auto id = world.start("w", R"({"list":["x","y"]})");
    for (auto* n : {R"({"n":1})", R"({"n":2})"}) {
      world.done("a", n);
      world.done("b", n);
    }
    world.fail("c", "no");
    CHECK(world.row(id, "u__2").input.json()["b"] == 2);
    CHECK(world.row(id, "u__2").input.json()["a"] == 2);
    world.done("u");
    CHECK(world.row(id, "u__1").input.json()["b"] == 1);
    CHECK(world.row(id, "u__1").input.json()["a"] == 1);
    CHECK(world.row(id, "u__1").input.json()["i"] == 0);
    CHECK(world.row(id, "u__1").input.json()["x"] == "x");
    world.done("u");
    CHECK(world.status(id) == "COMPLETED");
    CHECK(world.replay_is_live());
  }
}

TEST_CASE("a compensation task reads its own run of the list") {
  auto world = a_world();
  auto choice = R"({"name":"w","taskReferenceName":"w","type":"SWITCH",
      "evaluatorType":"value-param","expression":"x",
      "inputParameters":{"x":"${a.output.n}"},
      "decisionCases":{"2":[)"
                + simple("u") + "]}}";
  world.define(workflow_of(scope(
      loop("DO_WHILE", simple("a", R"(,"compensate":[)" + choice + ","
                                       + simple("v", R"(,"inputParameters":{
                                 "u":"${u.output.n}"})")
                                       + "]"))
      + "," + simple("c"))));
  auto id = world.start("w", R"({"list":["x","y"]})");
  world.done("a", R"({"n":1})");
  world.done("a", R"({"n":2})");
  world.fail("c", "no");
  world.done("u", R"({"n":7})");
  CHECK(world.row(id, "v__2").input.json()["u"] == 7);
  world.done("v");
  CHECK(world.row(id, "v__1").input.json()["u"] == nullptr);
  world.done("v");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a compensation task of an item reads its own run of the list") {
  auto world = a_world();
  auto compensated = simple("a", R"(,"compensate":[)" + simple("u") + ","
                                     + simple("v", R"(,"inputParameters":{
                                    "n":"${u.output.n}"})")
                                     + "]");
  world.define(workflow_of(
      R"({"name":"l","taskReferenceName":"l","type":"FOR_EACH",
          "items":"[1,2]","loopOver":[)"
      + scope(compensated + "," + simple("c")) + "]}"));
  auto id = world.start("w");
  world.done("a");
  world.done("a");
  world.fail("c", "no");
  world.fail("c", "no");
  CHECK(world.rows(id).ends_with("u__1:S u__2:S"));
  world.done("u", R"({"n":1})"); // the other item's row was made later
  CHECK(world.row(id, "v__1").input.json() == json{{"n", 1}});
  world.done("u", R"({"n":2})");
  CHECK(world.row(id, "v__2").input.json() == json{{"n", 2}});
  CHECK(world.replay_is_live());
}

TEST_CASE("a compensation task reads tasks around the scope like any task") {
  auto world = a_world();
  world.define(workflow_of(
      simple("b") + ","
      + scope(loop("DO_WHILE", simple("a", R"(,"compensate":[)"
                                               + simple("u",
                                                        R"(,"inputParameters":{
                  "b":"${b.output.n}","why":"${s.output.caught.reason}"})")
                                               + "]"))
              + "," + simple("c"))));
  auto id = world.start("w", R"({"list":["x"]})");
  world.done("b", R"({"n":5})");
  world.done("a");
  world.fail("c", "no");
  CHECK(world.row(id, "u__1").input.json() == json{{"b", 5}, {"why", "no"}});
  CHECK(world.replay_is_live());
}

TEST_CASE("a step of compensation writes a number, not the lists") {
  auto world = a_world();
  world.define(workflow_of(scope(
      loop("FOR_EACH", simple("a", R"(,"compensate":[)" + simple("u") + "]"))
      + "," + simple("c"))));
  auto id = world.start("w", R"({"list":["x","y","z"]})");
  for (int i = 0; i < 3; ++i)
    world.done("a");
  world.fail("c", "no");
  auto shown
      = [&] { return world.at(id).visible_output(world.row(id, "s")).json(); };
  CHECK(shown()["compensated"] == json{"a__3"});
  CHECK(shown()["toCompensate"]
        == json{world.row(id, "a__2").task_id, world.row(id, "a__1").task_id});
  world.tell(id, command::hand_out{world.row(id, "u__3").task_id, "worker"});
  command::update_task update;
  update.result.task_id = world.row(id, "u__3").task_id;
  update.result.status = task_status::completed;
  auto told = world.tell(id, update);
  for (auto& e : told.events)
    if (auto* change = event_as<task_changed>(e);
        change && change->task_id == world.row(id, "s").task_id)
      CHECK_FALSE(change->output);
  CHECK(shown()["compensated"] == json{"a__3", "a__2"});
  CHECK(shown()["caught"]["reason"] == "no");
  CHECK(world.replay_is_live());
  world.done("u");
  world.done("u");
  CHECK(world.row(id, "s").output.json()["compensated"]
        == json{"a__3", "a__2", "a__1"});
  CHECK(world.status(id) == "COMPLETED");
}

} // namespace scope_compensation_cases
