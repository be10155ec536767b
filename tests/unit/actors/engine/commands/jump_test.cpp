#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// reference:operators#jump

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace jump_cases {

engine::decision jump(pure_world& world, const std::string& id,
                      std::string reference, std::string input = "{}") {
  nlohmann::json arguments{{"taskReferenceName", std::move(reference)},
                           {"input", nlohmann::json::parse(input)}};
  return world.tell(id,
                    command::operation{"jump", payload(std::move(arguments))});
}

/// a b c d, one after another.
struct row_world : pure_world {
  row_world() {
    define_tasks({"a", "b", "c", "d"});
    define(workflow_of(simple("a") + "," + simple("b") + ","
                           + simple("c", R"(,"inputParameters":{"x":1,"y":2})")
                           + "," + simple("d"),
                       R"(,"outputParameters":{"out":"${d.output.n}"})"));
    id = start("w");
  }
  std::string id;
};

TEST_CASE_FIXTURE(row_world, "a jump ahead cancels what is open, skips what "
                             "lies between, and the rest goes on") {
  CHECK_FALSE(jump(*this, id, "c", R"({"y":7})").refused);
  CHECK(rows(id) == "a:X b:SK c:S");
  CHECK(row(id, "c").input.json() == nlohmann::json::parse(R"({"x":1,"y":7})"));
  CHECK(waiting("a") == 0);
  done("c");
  done("d", R"({"n":5})");
  CHECK(status(id) == "COMPLETED");
  CHECK(at(id).head().output.json()["out"] == 5);
  CHECK(replay_is_live());
}

TEST_CASE_FIXTURE(row_world, "a jump back runs the task again in place, and "
                             "what followed it") {
  done("a", R"({"k":1})");
  done("b");
  CHECK(rows(id) == "a:C b:C c:S");
  CHECK_FALSE(jump(*this, id, "a", R"({"again":true})").refused);
  CHECK(rows(id) == "a:S");
  CHECK(row(id, "a").input.json()["again"] == true);
  CHECK(waiting("c") == 0);
  for (auto* name : {"a", "b", "c", "d"})
    done(name);
  CHECK(status(id) == "COMPLETED");
  CHECK(replay_is_live());
}

TEST_CASE_FIXTURE(row_world, "a jump to the open task begins it again") {
  auto first = row(id, "a").task_id;
  CHECK_FALSE(jump(*this, id, "a", R"({"n":1})").refused);
  CHECK(rows(id) == "a:S");
  CHECK(row(id, "a").task_id == first);
  CHECK(row(id, "a").input.json()["n"] == 1);
  done("a");
  CHECK(rows(id) == "a:C b:S");
}

TEST_CASE_FIXTURE(row_world, "a retry leaves alone what was jumped over") {
  CHECK_FALSE(jump(*this, id, "c").refused);
  fail("c", "broken");
  CHECK(status(id) == "FAILED");
  tell(id, command::retry{});
  CHECK(waiting("a") == 0);
  done("c");
  done("d");
  CHECK(status(id) == "COMPLETED");
}

TEST_CASE_FIXTURE(row_world, "a jump that cannot be made changes nothing") {
  CHECK(jump(*this, id, "nobody").refused->code == errc::not_found);
  jump(*this, id, "c");
  // `b` was skipped, and lies behind.
  CHECK(jump(*this, id, "b").refused->code == errc::invalid);
  CHECK(rows(id) == "a:X b:SK c:S");
  bounds.task_input_bytes_max = 50;
  CHECK(jump(*this, id, "d", R"({"x":")" + std::string(100, 'x') + "\"}")
            .refused->code
        == errc::too_large);
  tell(id, command::pause{});
  CHECK(jump(*this, id, "d").refused->code == errc::conflict);
  tell(id, command::resume{});
  done("c");
  done("d");
  CHECK(jump(*this, id, "a").refused->code == errc::conflict);
}

TEST_CASE("a jump out of a fork leaves all of it behind, a jump inside of a "
          "branch that branch alone") {
  pure_world world;
  world.define_tasks({"a", "b", "c", "d"});
  world.define(workflow_of(test::fork("[" + simple("a") + "," + simple("c")
                                          + "],[" + simple("b") + "]",
                                      R"("c","b")")
                           + "," + simple("d")));
  auto id = world.start("w");
  CHECK(world.rows(id) == "FORK:C a:S b:S JOIN:IP");
  CHECK_FALSE(jump(world, id, "c").refused);
  CHECK(world.rows(id) == "FORK:C a:X b:S JOIN:IP c:S");
  CHECK(jump(world, id, "j").refused->code == errc::invalid);
  SUBCASE("out of it") {
    CHECK_FALSE(jump(world, id, "d").refused);
    CHECK(world.rows(id) == "FORK:C a:X b:X JOIN:X c:X d:S");
    world.done("d");
  }
  SUBCASE("to its end") {
    world.done("c");
    world.done("b");
    CHECK(world.rows(id) == "FORK:C a:X b:C JOIN:C c:C d:S");
    world.done("d");
  }
  SUBCASE("back before it") {
    CHECK_FALSE(jump(world, id, "f").refused);
    CHECK(world.waiting("c") == 0);
    for (auto* name : {"a", "b", "c", "d"})
      world.done(name);
  }
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE(
    "a jump out of a loop ends it, a jump inside stays in its iteration") {
  pure_world world;
  world.define_tasks({"a", "b", "c", "d"});
  world.define(workflow_of(
      R"({"name":"l","taskReferenceName":"l","type":"DO_WHILE",
          "evaluatorType":"value-param","loopCondition":"",
          "inputParameters":{"items":[1,2]},"loopOver":[)"
      + simple("a") + "," + simple("b") + "," + simple("c") + "]},"
      + simple("d")));
  auto id = world.start("w");
  for (auto* name : {"a", "b", "c"})
    world.done(name);
  auto at = world.rows(id);
  CHECK_FALSE(jump(world, id, "c").refused);
  CHECK(world.waiting("a") == 0);
  CHECK(world.waiting("c") == 1);
  SUBCASE("the loop goes on") {
    world.done("c");
    world.done("d");
  }
  SUBCASE("and is left") {
    CHECK_FALSE(jump(world, id, "d").refused);
    CHECK(world.waiting("c") == 0);
    world.done("d");
  }
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a jump over a sub-workflow ends the child") {
  pure_world world;
  world.define_tasks({"a", "d"});
  world.define(workflow_of(simple("a"), "", "child"));
  world.define(workflow_of(
      R"({"name":"s","taskReferenceName":"s","type":"SUB_WORKFLOW",
          "subWorkflowParam":{"name":"child"}},)"
      + simple("d")));
  auto id = world.start("w");
  auto child = world.child(id, "s");
  CHECK_FALSE(jump(world, id, "d").refused);
  CHECK(world.status(child) == "TERMINATED");
  world.done("d");
  CHECK(world.status(id) == "COMPLETED");
}

} // namespace jump_cases
