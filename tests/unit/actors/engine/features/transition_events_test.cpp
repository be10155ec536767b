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

/// "onX" of each message the decision publishes, in order.
std::string told(const engine::decision& d) {
  std::string out;
  for (auto& effect : d.effects)
    if (auto* x = std::get_if<engine::publish_message>(&effect))
      out += (out.empty() ? "" : " ")
             + x->content.json()["stateChange"].get<std::string>();
  return out;
}

pure_world loud(std::string_view type = "conductor:news") {
  pure_world world;
  world.define_task("t1", R"({"retryCount":1})");
  std::string events;
  for (auto name :
       {"onScheduled", "onStart", "onSuccess", "onFailed", "onCancelled"})
    events += (events.empty() ? "\"" : ",\"") + std::string(name)
              + R"(":[{"type":")" + std::string(type)
              + R"(","payload":{"who":"${workflow.input.who}"}}])";
  world.define(
      workflow_of(simple("t1", ",\"onStateChange\":{" + events + "}")));
  return world;
}

} // namespace

TEST_CASE("each transition of a task publishes what onStateChange says") {
  auto world = loud();
  auto id = world.start("w", R"({"who":"ann"})");
  auto task = world.row(id, "t1").task_id;
  auto given = world.tell(id, command::hand_out{task, "me"});
  CHECK(told(given) == "onStart");
  task_result result;
  result.task_id = task;
  result.status = task_status::failed;
  auto failed = world.tell(id, command::update_task{result});
  CHECK(told(failed) == "onFailed onScheduled");
  auto& message = std::get<engine::publish_message>(
      *std::find_if(failed.effects.begin(), failed.effects.end(), [](auto& x) {
        return std::holds_alternative<engine::publish_message>(x);
      }));
  CHECK(message.queue == "w:news");
  CHECK(message.content.json()["who"] == "ann");
  CHECK(message.content.json()["taskId"] == task);
  CHECK(message.content.json()["status"] == "FAILED");
  task = world.row(id, "t1").task_id;
  world.tell(id, command::hand_out{task, "me"});
  result.task_id = task;
  result.status = task_status::completed;
  CHECK(told(world.tell(id, command::update_task{result})) == "onSuccess");
  CHECK(world.replay_is_live());
}

TEST_CASE("a task that is cancelled says so once") {
  auto world = loud("news");
  auto id = world.start("w");
  CHECK(told(world.tell(id, command::terminate{"no"})) == "onCancelled");
}

TEST_CASE("a sink that cannot be reached leaves a line in the task's log") {
  auto world = loud("kafka:topic");
  auto id = world.start("w");
  auto d = world.tell(id, command::terminate{"no"});
  CHECK(told(d).empty());
  CHECK(std::any_of(d.effects.begin(), d.effects.end(), [](auto& x) {
    auto* logs = std::get_if<engine::append_logs>(&x);
    return logs
           && logs->logs[0].log.find("not configured") != std::string::npos;
  }));
}
