#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace tutti;
using namespace tutti::test;
using nlohmann::json;

namespace output_view_tests {

std::string a_join(const std::string& reference, const std::string& on) {
  return R"({"type":"JOIN","name":"j","taskReferenceName":")" + reference
         + R"(","joinOn":[)" + on + "]}";
}

/// A fork of these branches, and a JOIN that waits for the first one.
std::string a_fork(const std::string& branches, const std::string& first) {
  return R"({"type":"FORK_JOIN","name":"f","taskReferenceName":"f",
    "forkTasks":[)"
         + branches + "]}," + a_join("last", "\"" + first + "\"");
}

json shown_of(const pure_world& world, const std::string& id,
              std::string_view reference) {
  return world.at(id).visible_output(world.row(id, reference)).json();
}

} // namespace output_view_tests

using namespace output_view_tests;

TEST_CASE("joins that wait for each other show what has come, and can be "
          "ended") {
  pure_world world;
  world.define_task("a");
  world.define(
      workflow_of(a_fork("[" + simple("a") + "],[" + a_join("j1", R"("a","j2")")
                             + "],[" + a_join("j2", R"("j1")") + "]",
                         "j1")));
  auto id = world.start("w");
  CHECK(shown_of(world, id, "j1") == json::object());
  world.done("a", R"({"x":1})");
  CHECK(shown_of(world, id, "j1") == R"({"a":{"x":1}})"_json);
  CHECK(shown_of(world, id, "j2") == R"({"j1":{"a":{"x":1}}})"_json);
  world.tell(id, command::terminate{"enough"});
  CHECK(world.status(id) == "TERMINATED");
  CHECK(world.replay_is_live());
}

TEST_CASE("an open join may wait for itself, as an input can say it") {
  pure_world world;
  world.define(workflow_of(a_join("j", R"("j")")));
  auto id = world.start("w");
  CHECK(shown_of(world, id, "j") == json::object());
  CHECK(world.rows(id) == "JOIN:IP");
}

TEST_CASE("joins that share what they wait for ask it once") {
  pure_world world;
  std::string branches = "[" + simple("a") + "]";
  std::string below = R"("a")";
  for (int i = 1; i <= 60; ++i) {
    auto l = "l" + std::to_string(i), r = "r" + std::to_string(i);
    branches += ",[" + a_join(l, below) + "],[" + a_join(r, below) + "]";
    below = "\"" + l + "\",\"" + r + "\"";
  }
  world.define(workflow_of(a_fork(branches, "l60")));
  auto id = world.start("w"); // 2^60 ways lead down
  CHECK(shown_of(world, id, "last") == json::object());
}

TEST_CASE("a long row of joins is shown from near by") {
  pure_world world;
  std::string branches = "[" + simple("a") + "]";
  for (int i = 1; i <= 5000; ++i)
    branches += ",["
                + a_join("j" + std::to_string(i),
                         i == 1 ? R"("a","never")"
                                : "\"j" + std::to_string(i - 1) + "\"")
                + "]";
  world.define_task("a");
  world.define(workflow_of(a_fork(branches, "j5000")));
  auto id = world.start("w");
  world.done("a", R"({"x":1})");
  CHECK(shown_of(world, id, "j2") == R"({"j1":{"a":{"x":1}}})"_json);
  CHECK(shown_of(world, id, "j5000") == json::object());
}
