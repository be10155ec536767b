#include "actors/engine/views/progress.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// reference:yield

using namespace tutti;
using test::pure_world;
using test::workflow_of;

namespace yield_cases {

std::string yields(std::string_view name, std::string_view more = "") {
  return R"({"name":")" + std::string(name) + R"(","taskReferenceName":")"
         + std::string(name) + R"(","type":"YIELD")" + std::string(more) + "}";
}

command::signal say(std::string_view output,
                    task_status status = task_status::completed) {
  return {status, payload::trusted(std::string(output))};
}

TEST_CASE("a YIELD is open until it is signalled, whatever time passes") {
  pure_world world;
  world.define(workflow_of(
      yields("a", R"(,"inputParameters":{"q":"${workflow.input.q}"})") + ","
      + yields("b")));
  auto id = world.start("w", R"({"q":1})");
  CHECK(world.rows(id) == "a:IP");
  CHECK(world.row(id, "a").input.json()["q"] == 1);
  world.advance(1'000'000'000);
  CHECK(world.rows(id) == "a:IP");
  world.tell(id, say(R"({"x":1})"));
  CHECK(world.rows(id) == "a:C b:IP");
  CHECK(world.row(id, "a").output.json()["x"] == 1);
  world.tell(id, say("{}", task_status::failed));
  CHECK(world.status(id) == "FAILED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a YIELD is tried again as its definition says") {
  pure_world world;
  world.define_task("a", R"({"retryCount":1,"retryDelaySeconds":5})");
  world.define(workflow_of(yields("a")));
  auto id = world.start("w");
  world.tell(id, say("{}", task_status::failed));
  CHECK(world.status(id) == "RUNNING");
  world.advance(5'000);
  world.tell(id, say("{}"));
  CHECK(world.status(id) == "COMPLETED");
}

TEST_CASE("what blocks is the first open task that waits for a client alone") {
  pure_world world;
  world.define_tasks({"t"});
  world.define(workflow_of(test::fork(
      R"([{"name":"timed","taskReferenceName":"timed","type":"WAIT",
           "inputParameters":{"duration":"10s"}}],[)"
          + yields("y") + R"(],[{"name":"w","taskReferenceName":"w",
           "type":"WAIT"}])",
      R"("timed","y","w")")));
  auto id = world.start("w");
  auto now = [&] { return engine::progress_of(world.at(id), {}, 100); };
  REQUIRE(now().blocking);
  CHECK(now().blocking->reference_name == "y");
  world.update(id, "y", task_status::completed);
  REQUIRE(now().blocking);
  CHECK(now().blocking->reference_name == "w");
  world.update(id, "w", task_status::completed);
  CHECK_FALSE(now().blocking);
  CHECK(now().takes_signals);
  world.advance(10'000);
  CHECK(now().ended);
  CHECK_FALSE(now().takes_signals);
}

} // namespace yield_cases
