#include "storage/records.hpp"
#include "tests/support/fake_scripts.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// `wake` (wake.cpp) is an operator action that no file of the engine knows.

namespace operation_test {

using namespace tutti;
using nlohmann::json;

/// A patrol (patrol.cpp) that rests after its first round.
struct resting_world {
  test::fake_scripts scripts;
  test::pure_world world{scripts};
  std::string id;

  resting_world() {
    scripts.mean("more", [](auto&) { return json(true); });
    world.define_task("walk");
    world.define(R"({"name":"w","tasks":[
      {"name":"p","taskReferenceName":"p","type":"PATROL","expression":"more",
       "inputParameters":{"rounds":2,"restMs":5000},
       "loopOver":[{"name":"walk","taskReferenceName":"walk"}]}]})");
    id = world.start("w");
    world.done("walk");
  }

  static command::operation wake(const char* task) {
    return {"wake", payload(json{{"task", task}})};
  }
};

TEST_CASE_FIXTURE(resting_world, "it changes the execution") {
  auto told = world.tell(id, wake("p"));
  CHECK_FALSE(told.refused);
  CHECK(told.effective);
  CHECK(told.task_id == world.row(id, "p").task_id);
  CHECK(world.rows(id) == "p:IP walk__1:C walk__2:S");
  world.done("walk");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE_FIXTURE(resting_world, "it refuses, and then nothing has changed") {
  auto told = world.tell(id, wake("nobody"));
  REQUIRE(told.refused);
  CHECK(told.refused->code == errc::not_found);
  CHECK(told.events.empty());
  CHECK(world.rows(id) == "p:IP walk__1:C");
}

TEST_CASE_FIXTURE(resting_world, "a second one finds nothing to do") {
  world.tell(id, wake("p"));
  CHECK_FALSE(world.tell(id, wake("p")).effective);
}

TEST_CASE_FIXTURE(resting_world, "the history says what it was") {
  auto told = world.tell(id, wake("p"));
  CHECK(told.why.kind == cause_kind::operator_);
  CHECK(told.why.what == "wake p");
  storage::revision_codec codec;
  auto record = codec.write({7, world.now, told.why, told.events}, {});
  REQUIRE(record);
  auto read = storage::read_told(*record);
  REQUIRE(read);
  CHECK(read->why.kind == cause_kind::operator_);
  CHECK(read->why.what == "wake p");
}

TEST_CASE_FIXTURE(resting_world, "it says whether scripts may run") {
  CHECK(engine::may_run_scripts(world.at(id), wake("p")));
  world.define(R"({"name":"plain","tasks":[
    {"name":"walk","taskReferenceName":"a"}]})");
  auto other = world.start("plain");
  CHECK_FALSE(engine::may_run_scripts(world.at(other), wake("a")));
}

TEST_CASE("it travels from one execution to another") {
  outbox_message sent{"to", "from", workflow_command{resting_world::wake("p")}};
  auto record = storage::write(sent);
  REQUIRE(record);
  auto read = storage::read_outbox_message(*record);
  REQUIRE(read);
  auto& command = std::get<workflow_command>(read->what);
  auto& wake = std::get<command::operation>(command);
  CHECK(wake.name == "wake");
  CHECK(wake.arguments.json() == json{{"task", "p"}});
}

TEST_CASE_FIXTURE(resting_world, "a name that nobody registered is refused") {
  auto told = world.tell(id, command::operation{"dance", {}});
  REQUIRE(told.refused);
  CHECK(told.refused->code == errc::invalid);
  CHECK(told.refused->message == "there is no operation 'dance'");
}

} // namespace operation_test
