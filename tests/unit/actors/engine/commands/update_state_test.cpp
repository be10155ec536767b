#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// reference:operators#state

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace update_state_cases {

engine::decision change(pure_world& world, const std::string& id,
                        std::string arguments) {
  return world.tell(
      id, command::operation{"update_state", payload::trusted(arguments)});
}

nlohmann::json variables(const pure_world& world, const std::string& id) {
  return world.at(id).head().variables.json();
}

constexpr auto waits = R"({"name":"w","taskReferenceName":"w","type":"WAIT"})";

TEST_CASE("variables are laid over those that are there") {
  pure_world world;
  world.define(workflow_of(std::string(waits) + "," + simple("a", R"(,
      "inputParameters":{"x":"${workflow.variables.x}"})"),
                           R"(,"variables":{"x":1,"y":2})"));
  world.define_tasks({"a"});
  auto id = world.start("w");
  CHECK_FALSE(change(world, id, R"({"variables":{"x":7,"z":null}})").refused);
  CHECK(variables(world, id)
        == nlohmann::json::parse(R"({"x":7,"y":2,"z":null})"));
  CHECK(world.rows(id) == "WAIT:IP");
  world.update(id, "w", task_status::completed);
  CHECK(world.row(id, "a").input.json()["x"] == 7);
  CHECK(world.replay_is_live());
}

TEST_CASE("a task and the variables change in one decision, and what follows "
          "sees both") {
  pure_world world;
  world.define_tasks({"a"});
  world.define(workflow_of(std::string(waits) + "," + simple("a", R"(,
      "inputParameters":{"x":"${workflow.variables.x}",
                         "said":"${w.output.said}"})")));
  auto id = world.start("w");
  world.update(id, "w", task_status::in_progress, R"({"kept":1})");
  auto d = change(world, id,
                  R"({"variables":{"x":3},"taskReferenceName":"w",
                      "taskResult":{"status":"COMPLETED",
                                    "outputData":{"said":"yes"}}})");
  CHECK(d.effective);
  CHECK(world.rows(id) == "WAIT:C a:S");
  CHECK(world.row(id, "a").input.json()
        == nlohmann::json::parse(R"({"x":3,"said":"yes"})"));
  CHECK(world.row(id, "w").output.json()["kept"] == 1);
  CHECK(world.replay_is_live());
}

TEST_CASE("a change that cannot be made as a whole is not made") {
  pure_world world;
  world.define(workflow_of(waits));
  auto id = world.start("w");
  struct {
    const char* arguments;
    errc code;
  } const cases[] = {
      {R"({"variables":{"x":1},"taskReferenceName":"nobody",
           "taskResult":{"status":"COMPLETED"}})",
       errc::not_found},
      {R"({"variables":{"x":1},"taskReferenceName":"w",
           "taskResult":{"status":"DONE"}})",
       errc::invalid},
      {R"({"variables":{"x":1},"taskReferenceName":"w","taskResult":{}})",
       errc::invalid},
  };
  for (auto& [arguments, code] : cases) {
    CAPTURE(arguments);
    auto d = change(world, id, arguments);
    REQUIRE(d.refused);
    CHECK(d.refused->code == code);
    CHECK(variables(world, id).empty());
    CHECK(world.rows(id) == "WAIT:IP");
  }
  world.bounds.variables_bytes_max = 100;
  auto large = change(
      world, id, R"({"variables":{"x":")" + std::string(200, 'x') + "\"}}");
  REQUIRE(large.refused);
  CHECK(large.refused->code == errc::too_large);
  world.update(id, "w", task_status::completed);
  auto late = change(world, id, R"({"variables":{"x":1}})");
  REQUIRE(late.refused);
  CHECK(late.refused->code == errc::conflict);
}

TEST_CASE("an empty change is none, and arguments of a wrong kind do no harm") {
  pure_world world;
  world.define(workflow_of(waits));
  auto id = world.start("w");
  for (auto* arguments : {"{}", R"({"variables":{}})", R"({"variables":[1]})",
                          R"({"taskReferenceName":"w"})",
                          R"({"taskResult":{"status":"COMPLETED"}})"}) {
    CAPTURE(arguments);
    CHECK_FALSE(change(world, id, arguments).refused);
    CHECK(world.rows(id) == "WAIT:IP");
  }
}

} // namespace update_state_cases
