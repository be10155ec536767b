#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// DO_WHILE and FOR_EACH that end otherwise than by their bodies.

namespace loops_cases {

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

/// A loop l over two items, of a task a and what follows it, with z behind it;
/// it has a time limit.
std::string start(pure_world& world, const std::string& type,
                  std::string_view more = "") {
  world.define_tasks({"a", "b", "z"});
  world.define_task("loop", R"({"timeoutSeconds":10,"timeoutPolicy":"RETRY"})");
  world.define(workflow_of(R"({"name":"loop","taskReferenceName":"l","type":")"
                           + type + R"(","items":"[1,2]",
      "inputParameters":{"maxParallel":1},"loopOver":[)"
                           + simple("a") + "," + simple("b") + "]"
                           + std::string(more) + "}," + simple("z")));
  auto id = world.start("w");
  REQUIRE(world.rows(id) == "l:IP a__1:S");
  return id;
}

TEST_CASE("the time limit of a loop takes what is open in its body with it") {
  for (std::string type : {"DO_WHILE", "FOR_EACH"})
    for (std::string more : {R"(,"optional":true)", R"(,"permissive":true)"}) {
      CAPTURE(type);
      CAPTURE(more);
      pure_world world;
      auto id = start(world, type, more);
      bool optional = more.find("optional") != more.npos;
      world.advance(10'000);
      CHECK(world.rows(id)
            == std::string(optional ? "l:CE" : "l:TO") + " a__1:X z:S");
      CHECK(world.waiting("a") == 0);
      world.done("z");
      CHECK(world.status(id) == (optional ? "COMPLETED" : "FAILED"));
      CHECK(world.replay_is_live());
    }
}

TEST_CASE("whoever completes a loop closes it") {
  for (std::string type : {"DO_WHILE", "FOR_EACH"}) {
    CAPTURE(type);
    pure_world world;
    auto id = start(world, type);
    world.update(id, "l", task_status::completed, R"({"by":"hand"})");
    CHECK(world.rows(id) == "l:C a__1:X z:S");
    CHECK(world.waiting("a") == 0);
    CHECK(world.row(id, "l").output.json() == nlohmann::json{{"by", "hand"}});

    // What was open there is nobody's any more.
    world.fail("z", "no");
    world.tell(id, command::retry{});
    CHECK(world.rows(id) == "l:C a__1:X z:F z:S");
    world.done("z");
    CHECK(world.status(id) == "COMPLETED");
    CHECK(world.replay_is_live());
  }
}

TEST_CASE("whatever somebody writes into its output, a loop goes on") {
  for (std::string type : {"DO_WHILE", "FOR_EACH"}) {
    CAPTURE(type);
    pure_world world;
    auto id = start(world, type);
    for (auto* output : {R"({"iteration":"x","loopIndex":[],"1":3})", "[1]"}) {
      world.update(id, "l", task_status::in_progress, output);
      CHECK(world.rows(id).starts_with("l:IP"));
    }
    for (auto* name : {"a", "b", "a", "b", "z"})
      world.done(name, R"({"n":1})");
    CHECK(world.status(id) == "COMPLETED");
    auto output = world.row(id, "l").output.json();
    if (type == "DO_WHILE")
      CHECK(output["iteration"] == 2);
    else
      CHECK(output["count"] == 2);
    CHECK(world.replay_is_live());
  }
}

} // namespace loops_cases
