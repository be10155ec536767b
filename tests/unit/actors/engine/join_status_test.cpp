#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tutti;
using test::pure_world;

namespace {

/// A fork of `a`, which may fail, and `b`; both are failed or done by the test.
pure_world joined(std::string_view status, std::string_view how_a) {
  pure_world world;
  for (auto name : {"a", "b"})
    world.define_task(name);
  world.define(R"({"name":"w","version":1,"tasks":[
    {"name":"f","taskReferenceName":"f","type":"FORK_JOIN","forkTasks":[
      [{"name":"a","taskReferenceName":"a","type":"SIMPLE",)"
               + std::string(how_a) + R"(}],
      [{"name":"b","taskReferenceName":"b","type":"SIMPLE"}]]},
    {"name":"j","taskReferenceName":"j","type":"JOIN","joinOn":["a","b"],
     "joinStatus":")"
               + std::string(status) + R"("}]})");
  return world;
}

std::string outcome(std::string_view status, std::string_view how_a) {
  auto world = joined(status, how_a);
  auto id = world.start("w");
  world.fail("a", "broken");
  world.done("b");
  CHECK(world.replay_is_live());
  return std::string(to_text(world.row(id, "j").status)) + " "
         + world.status(id);
}

} // namespace

TEST_CASE("joinStatus says what the joined tasks must come to") {
  auto optional = R"("optional":true)", permissive = R"("permissive":true)";
  CHECK(outcome("", optional) == "COMPLETED_WITH_ERRORS COMPLETED");
  CHECK(outcome("COMPLETED_WITH_ERRORS", optional)
        == "COMPLETED_WITH_ERRORS COMPLETED");
  CHECK(outcome("COMPLETED", optional) == "FAILED FAILED");
  CHECK(outcome("TERMINAL", optional) == "COMPLETED COMPLETED");
  CHECK(outcome("", permissive) == "FAILED FAILED");
  // The permissive failure still counts at the end.
  CHECK(outcome("TERMINAL", permissive) == "COMPLETED FAILED");
}
