#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace {

pure_world limited(int limit, std::string_view policy = "QUEUE",
                   std::string_view key = "${workflow.input.k}") {
  pure_world world;
  world.define_task("t1");
  world.define_task("t2");
  world.define(
      workflow_of(simple("t1") + "," + simple("t2"),
                  R"(,"rateLimitConfig":{"rateLimitKey":")" + std::string(key)
                      + R"(","concurrentExecLimit":)" + std::to_string(limit)
                      + R"(,"policy":")" + std::string(policy) + R"("})"));
  return world;
}

void ends(pure_world& world) {
  world.done("t1");
  world.done("t2");
}

bool waits(const pure_world& world, const std::string& id) {
  return world.at(id).head().slot == slot_state::waiting;
}

} // namespace

TEST_CASE("an execution over the limit is RUNNING without a task until one "
          "with its key ends") {
  auto world = limited(1);
  auto a = world.start("w", R"({"k":"x"})");
  auto b = world.start("w", R"({"k":"x"})");
  auto other = world.start("w", R"({"k":"y"})");
  CHECK(world.rows(a) == "t1:S");
  CHECK(world.status(b) == "RUNNING");
  CHECK(world.rows(b).empty());
  CHECK(waits(world, b));
  CHECK(world.at(b).head().rate_limit_key == "x");
  CHECK(world.rows(other) == "t1:S");
  world.done("t1");
  CHECK(world.rows(b).empty());
  world.done("t1"); // one of them is the other key's
  world.done("t2");
  world.done("t2");
  CHECK(world.status(a) == "COMPLETED");
  CHECK(world.rows(b) == "t1:S");
  CHECK_FALSE(waits(world, b));
  CHECK(world.replay_is_live());
}

TEST_CASE("those who wait are let in one by one, in the order they came") {
  auto world = limited(2);
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i)
    ids.push_back(world.start("w", R"({"k":1})"));
  for (size_t done = 0; done < ids.size(); ++done) {
    size_t running = 0;
    for (auto& id : ids)
      running += world.status(id) == "RUNNING" && !waits(world, id);
    CHECK(running == std::min<size_t>(2, ids.size() - done));
    world.tell(ids[done], command::terminate{"enough"});
    if (done + 2 < ids.size())
      CHECK_FALSE(waits(world, ids[done + 2]));
    if (done + 3 < ids.size())
      CHECK(waits(world, ids[done + 3]));
  }
  CHECK(world.replay_is_live());
}

TEST_CASE("who is terminated or times out while waiting leaves the line") {
  auto world = limited(1);
  auto a = world.start("w");
  auto b = world.start("w");
  auto c = world.start("w");
  world.tell(b, command::terminate{"no"});
  CHECK(world.status(b) == "TERMINATED");
  CHECK(waits(world, c));
  world.tell(a, command::terminate{"no"});
  CHECK(world.rows(b).empty());
  CHECK(world.rows(c) == "t1:S");
  CHECK(world.replay_is_live());
}

TEST_CASE("a slot that comes to a paused execution is used when it resumes") {
  auto world = limited(1);
  auto a = world.start("w");
  auto b = world.start("w");
  auto c = world.start("w");
  world.tell(b, command::pause{});
  world.tell(a, command::terminate{"no"});
  CHECK_FALSE(waits(world, b));
  CHECK(waits(world, c));
  CHECK(world.rows(b).empty());
  world.tell(b, command::resume{});
  CHECK(world.rows(b) == "t1:S");
  ends(world);
  CHECK(world.status(b) == "COMPLETED");
  CHECK(world.rows(c) == "t1:S");
  CHECK(world.replay_is_live());
}

TEST_CASE(
    "a retried execution waits for a slot, and its task is offered then") {
  auto world = limited(1);
  auto a = world.start("w");
  world.done("t1");
  world.fail("t2", "broken");
  CHECK(world.status(a) == "FAILED");
  auto b = world.start("w");
  world.tell(a, command::retry{});
  CHECK(world.status(a) == "RUNNING");
  CHECK(waits(world, a));
  CHECK(world.rows(a) == "t1:C t2:F t2:S");
  CHECK(world.waiting("t2") == 0);
  ends(world);
  CHECK(world.status(b) == "COMPLETED");
  CHECK(world.waiting("t2") == 1);
  world.done("t2");
  CHECK(world.status(a) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a restarted and a rerun execution wait for a slot as well") {
  auto world = limited(1);
  auto a = world.start("w");
  ends(world);
  auto b = world.start("w");
  world.tell(a, command::restart{});
  CHECK(waits(world, a));
  CHECK(world.rows(a).empty());
  world.tell(b, command::terminate{"no"});
  CHECK(world.rows(a) == "t1:S");
  world.tell(b, command::rerun{});
  CHECK(waits(world, b));
  ends(world);
  CHECK(world.rows(b) == "t1:S");
  CHECK(world.replay_is_live());
}

TEST_CASE("a late or repeated grant changes nothing and goes back") {
  auto world = limited(1);
  auto a = world.start("w");
  auto again = world.tell(a, command::slot_granted{1});
  CHECK(again.events.empty());
  CHECK(again.effects.empty());
  ends(world);
  auto late = world.tell(a, command::slot_granted{1});
  CHECK(late.events.empty());
  REQUIRE(late.effects.size() == 1);
  auto& back = std::get<slot_request>(
      std::get<engine::send_outbox_message>(late.effects[0]).what->what);
  CHECK(back.what == slot_request::verb::give_back);
  CHECK(back.generation == 1);
}

TEST_CASE("who follows an execution is told of each of its ends") {
  pure_world world;
  world.define_task("t1");
  world.define(workflow_of(simple("t1")));
  world.define(R"({"name":"p","version":1,"tasks":[{"name":"s",
    "taskReferenceName":"s","type":"SUB_WORKFLOW",
    "subWorkflowParam":{"name":"unknown","version":7}}]})");
  auto shared = world.start("w");
  auto told = world.tell(shared, command::attach{"p1", "task", "chosen"});
  REQUIRE(told.effects.size() == 1);
  world.tell(shared, command::attach{"p1", "task", "chosen"});
  CHECK(world.at(shared).head().attached_tasks.size() == 1);
  // One that only follows cannot end it.
  command::terminate stop;
  stop.by_parent = true;
  stop.parent_task_id = "another";
  world.tell(shared, stop);
  CHECK(world.status(shared) == "RUNNING");
  auto end = world.tell(shared, command::terminate{"enough"});
  CHECK(std::any_of(end.effects.begin(), end.effects.end(), [](auto& x) {
    auto* mail = std::get_if<engine::send_outbox_message>(&x);
    return mail && mail->what->to == "p1";
  }));
  auto late = world.tell(shared, command::attach{"p2", "task2", "chosen"});
  CHECK(late.effects.size() == 2);
  CHECK(late.events.empty());
  CHECK(world.replay_is_live());
}

TEST_CASE("with REJECT an execution over the limit does not begin") {
  auto world = limited(1, "REJECT");
  auto a = world.start("w", R"({"k":"x"})");
  CHECK(world.rows(a) == "t1:S");
  start_workflow_request request;
  request.name = "w";
  request.input = *payload::parse(R"({"k":"x"})");
  auto refused = world.try_start(request);
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().code == errc::too_many);
  CHECK(refused.failure().message.find("'x'") != std::string::npos);
  ends(world);
  CHECK(world.try_start(request));
  CHECK(world.replay_is_live());
}

TEST_CASE("a child waits for a slot while its parent runs, and a rejected one "
          "fails its task") {
  for (bool reject : {false, true}) {
    auto world = limited(1, reject ? "REJECT" : "QUEUE", "all");
    world.define(
        R"({"name":"p","version":1,"tasks":[{"name":"s",
          "taskReferenceName":"s","type":"SUB_WORKFLOW",
          "subWorkflowParam":{"name":"w","version":1}}]})");
    auto first = world.start("w");
    auto parent = world.start("p");
    if (reject) {
      CHECK(world.status(parent) == "FAILED");
      CHECK(world.row(parent, "s").reason.find("rejects") != std::string::npos);
      continue;
    }
    auto child = world.child(parent, "s");
    CHECK(waits(world, child));
    CHECK(world.rows(parent) == "SUB_WORKFLOW:IP");
    ends(world);
    ends(world);
    CHECK(world.status(first) == "COMPLETED");
    CHECK(world.status(parent) == "COMPLETED");
    CHECK(world.replay_is_live());
  }
}
