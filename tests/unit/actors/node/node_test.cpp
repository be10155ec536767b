#include "actors/node/random_ids.hpp"
#include "messages/model/ids.hpp"
#include "tests/unit/actors/node/live_node.hpp"

#include <set>
#include <thread>

namespace node_test {

using namespace tutti;
using namespace std::chrono_literals;
using test::live_node;

TEST_CASE("a node runs a workflow from its start to its end") {
  live_node node;
  node.define_step("ship", "pack");
  auto id = node.start("ship");
  CHECK(node.status(id) == "RUNNING");
  auto task = node.work("pack");
  CHECK(task["workflowInstanceId"].get<std::string>() == id);
  CHECK(node.status(id) == "COMPLETED");
}

TEST_CASE("what was acknowledged is there after the node was started again") {
  live_node node;
  node.define_step("ship", "pack");
  auto waiting = node.start("ship"), held = node.start("ship");
  auto first = node.poll("pack");
  REQUIRE(node.running().drain(10s));
  node.end();
  node.begin();
  CHECK(node.status(waiting) == "RUNNING");
  auto second = node.poll("pack", 5);
  REQUIRE(second.size() == 1);
  CHECK(second[0]["taskId"] != first[0]["taskId"]);
  node.finish(first[0]);
  node.finish(second[0]);
  CHECK(node.status(waiting) == "COMPLETED");
  CHECK(node.status(held) == "COMPLETED");
  CHECK(node.poll("pack", 5, 0).empty());
}

TEST_CASE("a draining node answers parked polls and takes no more requests") {
  live_node node;
  node.define_step("ship", "pack");
  std::promise<std::vector<nlohmann::json>> got;
  std::thread worker([&] { got.set_value(node.poll("pack", 1, 60'000)); });
  // Whether the poll is parked before or after makes no difference.
  REQUIRE(node.running().drain_polls(10s));
  auto future = got.get_future();
  REQUIRE(future.wait_for(10s) == std::future_status::ready);
  CHECK(future.get().empty());
  worker.join();
  REQUIRE(node.running().drain(10s));
  CHECK(node.error(node.starting("ship")) == errc::unavailable);
}

TEST_CASE("a test clock moves timers and delayed tasks") {
  live_node node;
  node.define(R"({"name":"nap","tasks":[{"name":"nap","type":"WAIT",
    "taskReferenceName":"nap","inputParameters":{"duration":"1 hours"}},
    {"name":"pack","type":"SIMPLE","taskReferenceName":"pack",
     "startDelay":600}]})");
  auto id = node.start("nap");
  advance_clock hour;
  hour.by_ms = 3'600'000;
  node.get(std::move(hour));
  std::vector<nlohmann::json> got;
  auto polling = std::async(std::launch::async,
                            [&] { got = node.poll("pack", 1, 20'000); });
  // Ten minutes more, once the delayed task is queued.
  while (node.execution(id)["tasks"].size() < 2)
    std::this_thread::yield();
  advance_clock minutes;
  minutes.by_ms = 600'000;
  node.get(std::move(minutes));
  polling.get();
  REQUIRE(got.size() == 1);
  node.finish(got[0]);
  CHECK(node.status(id) == "COMPLETED");
}

TEST_CASE("the clock of a node without a test clock does not move") {
  live_node node;
  node.end();
  node.options.gateway.test_clock = false;
  node.begin();
  CHECK(node.error(advance_clock{1000}) == errc::forbidden);
}

TEST_CASE("a store that fails rings once and refuses what it cannot keep") {
  live_node node;
  node.end();
  std::atomic<int> rung = 0;
  node.options.failed = [&](const std::string&) { ++rung; };
  node.begin();
  node.define_step("ship", "pack");
  node.store->fail_next();
  CHECK(node.error(node.starting("ship")) == errc::unavailable);
  CHECK(node.error(node.starting("ship")) == errc::unavailable);
  CHECK(rung == 1);
}

health_report health_of(live_node& node) {
  std::promise<health_report> answered;
  node.running().health()(
      [&](const health_report& x) { answered.set_value(x); });
  auto got = answered.get_future();
  REQUIRE(got.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  return got.get();
}

std::string error_of(const health_report& x, std::string_view part) {
  for (auto& one : x.parts)
    if (one.name == part)
      return one.error;
  return "there is no part '" + std::string(part) + "'";
}

TEST_CASE("a node that works says so of each of its parts [A7]") {
  live_node node;
  auto got = health_of(node);
  CHECK(got.healthy());
  for (auto* part : {"gateway 0", "gateway 1", "scheduler 0", "scheduler 3",
                     "queues", "store writer", "disk", "shards"})
    CHECK(error_of(got, part).empty());
}

TEST_CASE("a node whose disk failed says so, and can still be read [B11]") {
  live_node node;
  node.define_step("ship", "pack");
  auto id = node.start("ship");
  node.store->fail_next();
  CHECK(node.error(node.starting("ship")) == errc::unavailable);
  auto got = health_of(node);
  CHECK_FALSE(got.healthy());
  CHECK(error_of(got, "shards").find("cannot write: the store has failed")
        != std::string::npos);
  CHECK_FALSE(error_of(got, "disk").empty());
  CHECK(error_of(got, "gateway 0").empty());
}

TEST_CASE("a node goes on from the times its store has seen, and waits last as "
          "long as they should [B8]") {
  live_node node;
  node.define_step("ship", "pack");
  auto id = node.start("ship");
  node.get(advance_clock{3'600'000});
  auto before = node.clock->now_ms();
  node.end();
  // The clock of the new process is an hour behind.
  node.begin();
  CHECK(node.clock->now_ms() >= before);
  CHECK(node.poll("pack").size() == 1);
}

TEST_CASE("ids do not repeat, and a task's lead to its workflow") {
  random_ids ids;
  std::set<std::string> prefixes, tasks;
  for (int i = 0; i < 20'000; ++i) {
    auto id = ids.workflow_id();
    REQUIRE(id.size() == 36);
    REQUIRE(prefixes.insert(id.substr(0, id_prefix_length)).second);
    auto task = ids.task_id(id);
    REQUIRE(task.substr(0, id_prefix_length) == id.substr(0, id_prefix_length));
    REQUIRE(tasks.insert(task).second);
  }
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i)
    seen.insert(ids.random(7));
  CHECK(seen == std::set<uint64_t>{0, 1, 2, 3, 4, 5, 6});
}

TEST_CASE("ids of one moment fall on all shards") {
  random_ids ids;
  std::vector<int> hits(16);
  for (int i = 0; i < 16'000; ++i)
    ++hits[shard_of(ids.workflow_id(), 16)];
  for (auto n : hits) {
    CHECK(n > 700);
    CHECK(n < 1300);
  }
}

TEST_CASE("workflows read only what the environment's settings name") {
  node_environment::settings how;
  how.names = {"STAGE"};
  node_environment x(how, {{"STAGE", "blue"},
                           {"HOME", "/root"},
                           {"CONDUCTOR_ENV_REGION", "eu"},
                           {"CONDUCTOR_SECRET_KEY", "hush"}});
  CHECK(x.system_name("STAGE") == "blue");
  CHECK_FALSE(x.system_name("HOME"));
  CHECK(x.variable("REGION") == "eu");
  CHECK_FALSE(x.variable("KEY"));
  CHECK(x.secret("KEY") == "hush");
  CHECK_FALSE(x.secret("REGION"));
}

} // namespace node_test
