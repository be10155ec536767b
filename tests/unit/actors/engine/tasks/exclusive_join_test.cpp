#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace tutti;
using test::simple;
using test::workflow_of;

namespace exclusive_joins {

std::string decision(const char* reference, const char* input,
                     const std::string& cases) {
  return std::string(R"({"type":"DECISION","name":"d","taskReferenceName":")")
         + reference + R"(","caseValueParam":"k","inputParameters":{"k":")"
         + input + R"("},"decisionCases":{)" + cases + "}}";
}

/// t1; d1{true:[t2,d2{true:[t3]}], false:[t4,d3{true:[t5]}]}; xj
std::string definition(const char* more = "") {
  auto d2
      = decision("d2", "${t2.output.k}", R"("true":[)" + simple("t3") + "]");
  auto d3
      = decision("d3", "${t4.output.k}", R"("true":[)" + simple("t5") + "]");
  auto d1 = decision("d1", "${t1.output.k}",
                     R"("true":[)" + simple("t2", more) + "," + d2
                         + R"(],"false":[)" + simple("t4") + "," + d3 + "]");
  return simple("t1") + "," + d1
         + R"(,{"type":"EXCLUSIVE_JOIN","name":"xj","taskReferenceName":"xj",
            "joinOn":["t3","t5"],
            "defaultExclusiveJoinTask":["t2","t4","t1"]})";
}

test::pure_world world_with(std::string tasks) {
  test::pure_world world;
  for (auto name : {"t1", "t2", "t3", "t4", "t5"})
    world.define_task(name);
  world.define(workflow_of(tasks));
  return world;
}

} // namespace exclusive_joins

TEST_CASE("an exclusive join takes the output of the branch that ran") {
  auto world = exclusive_joins::world_with(exclusive_joins::definition());
  auto id = world.start("w");
  auto result = [&] { return world.row(id, "xj").output.json().value("n", 0); };
  SUBCASE("no branch: the default that exists") {
    world.done("t1", R"({"n":1})");
    CHECK(world.rows(id, false) == "t1:C d1:C xj:C");
    CHECK(result() == 1);
  }
  SUBCASE("half a branch") {
    world.done("t1", R"({"k":"true"})");
    CHECK(world.rows(id, false) == "t1:C d1:C t2:S");
    world.done("t2", R"({"n":2})");
    CHECK(world.rows(id, false) == "t1:C d1:C t2:C d2:C xj:C");
    CHECK(result() == 2);
  }
  SUBCASE("a branch to its end") {
    world.done("t1", R"({"k":"true"})");
    world.done("t2", R"({"k":"true"})");
    world.done("t3", R"({"n":3})");
    CHECK(world.rows(id, false) == "t1:C d1:C t2:C d2:C t3:C xj:C");
    CHECK(result() == 3);
  }
  SUBCASE("the other branch") {
    world.done("t1", R"({"k":"false"})");
    world.done("t4", R"({"k":"true"})");
    world.done("t5", R"({"n":5})");
    CHECK(result() == 5);
  }
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("an exclusive join fails with the permissive task it stands for") {
  auto world = exclusive_joins::world_with(
      exclusive_joins::definition(R"(,"permissive":true)"));
  auto id = world.start("w");
  world.done("t1", R"({"k":"true"})");
  world.fail("t2", "no luck");
  CHECK(world.row(id, "xj").status == task_status::failed);
  CHECK(world.row(id, "xj").reason == "no luck");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.replay_is_live());
}

TEST_CASE("an exclusive join beside its tasks waits for the first that ends") {
  auto world = exclusive_joins::world_with(
      R"({"type":"FORK_JOIN","name":"f","taskReferenceName":"f","forkTasks":[[)"
      + simple("t2") + R"(],[{"type":"EXCLUSIVE_JOIN","name":"xj",
        "taskReferenceName":"xj","joinOn":["t2"]}]]},
        {"type":"JOIN","name":"j","taskReferenceName":"j","joinOn":["xj"]})");
  auto id = world.start("w");
  CHECK(world.row(id, "xj").status == task_status::in_progress);
  CHECK_FALSE(world.at(id).has_pending_work());
  world.done("t2", R"({"n":2})");
  CHECK(world.row(id, "xj").output.json().at("n") == 2);
  CHECK(world.status(id) == "COMPLETED");
}
