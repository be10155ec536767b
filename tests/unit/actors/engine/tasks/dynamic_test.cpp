#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using test::pure_world;
using test::workflow_of;

namespace dynamic_tests {

/// It ended for want of a body, as registration would have refused it.
void check_failed(const pure_world& world, const std::string& id,
                  const std::string& type, const std::string& reference) {
  CHECK(world.status(id) == "FAILED");
  CHECK(world.at(id).head().reason
        == type + " task '" + reference + "': loopOver is required");
  CHECK(world.at(id).open_rows() == 0);
  CHECK(world.replay_is_live());
}

const char* const types[] = {"DO_WHILE", "FOR_EACH", "SCOPE"};

TEST_CASE("a DYNAMIC task that turns into a container without a body ends the "
          "execution") {
  for (std::string type : types) {
    CAPTURE(type);
    pure_world world;
    world.define(workflow_of(
        R"({"type":"DYNAMIC","name":"d","taskReferenceName":"d",)"
        R"("dynamicTaskNameParam":"n","inputParameters":{"_items":[1],)"
        R"("n":"${workflow.input.n}"}})"));
    auto id = world.start("w", R"({"n":")" + type + "\"}");
    check_failed(world, id, type, "d");
  }
}

TEST_CASE("a branch that is a container without a body ends the execution") {
  for (std::string type : types) {
    CAPTURE(type);
    pure_world world;
    world.define(workflow_of(
        R"({"type":"FORK_JOIN_DYNAMIC","name":"f","taskReferenceName":"f",)"
        R"("inputParameters":{"forkTaskType":"${workflow.input.n}",)"
        R"("forkTaskInputs":[{"_items":[1]}]}},)"
        R"({"type":"JOIN","name":"j","taskReferenceName":"j"})"));
    auto id = world.start("w", R"({"n":")" + type + "\"}");
    check_failed(world, id, type, "_" + type + "_0");
  }
}

TEST_CASE("whatever a DYNAMIC task turns into that only holds others ends") {
  for (std::string type : {"SWITCH", "DECISION", "FORK_JOIN", "FORK",
                           "FORK_JOIN_DYNAMIC", "SUB_WORKFLOW", "JOIN"}) {
    CAPTURE(type);
    pure_world world;
    world.define(
        workflow_of(R"({"type":"DYNAMIC","name":"d","taskReferenceName":"d",)"
                    R"("dynamicTaskNameParam":"n","inputParameters":)"
                    R"({"n":"${workflow.input.n}"}},)"
                    R"({"type":"JOIN","name":"j","taskReferenceName":"j"})"));
    auto id = world.start("w", R"({"n":")" + type + "\"}");
    CHECK(world.at(id).open_rows() == 0);
    CHECK(is_terminal(world.at(id).head().status));
    CHECK(world.replay_is_live());
  }
}

} // namespace dynamic_tests
