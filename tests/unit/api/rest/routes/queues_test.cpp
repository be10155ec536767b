#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::is_error;
using test::is_json;
using test::is_text;
using test::route_world;

TEST_CASE("each question about queues is a request of its own") {
  route_world world;
  world.gateway->usual = test::a_text("0");
  auto ask = [&](const char* target) {
    CHECK(is_json(world.call("GET", target), "0"));
  };
  ask("/api/tasks/queue/all");
  CHECK_FALSE(world.last<list_queues>().verbose);
  ask("/api/tasks/queue/all/verbose");
  CHECK(world.last<list_queues>().verbose);
  ask("/api/tasks/queue/polldata/all?workerSize=3");
  CHECK(world.last<read_poll_data>().task_type.empty());
  ask("/api/tasks/queue/polldata?taskType=a");
  CHECK(world.last<read_poll_data>().task_type == "a");
  ask("/api/tasks/queue/size?taskType=a");
  CHECK(world.last<read_queue_size>().task_type == "a");
  ask("/api/tasks/queue/sizes?taskType=a");
  CHECK(world.last<read_queue_sizes>().task_types.size() == 1);
}

TEST_CASE("sizes take repeated and comma-separated types, or none") {
  route_world world;
  world.gateway->usual = test::a_text("{}");
  world.call("GET", "/api/tasks/queue/sizes?taskType=a,b&taskType=c");
  CHECK(world.last<read_queue_sizes>().task_types
        == std::vector<std::string>{"a", "b", "c"});
  world.gateway->got.clear();
  CHECK(is_json(world.call("GET", "/api/tasks/queue/sizes"), "{}"));
  CHECK(world.gateway->got.empty());
}

TEST_CASE("one size is asked for with all that names the queue") {
  route_world world;
  world.gateway->usual = test::a_text("12");
  CHECK(is_json(world.call("GET", "/api/tasks/queue/size?taskType=a&domain=d"
                                  "&isolationGroupId=i&executionNamespace=n"),
                "12"));
  auto& ask = world.last<read_queue_size>();
  CHECK(ask.task_type == "a");
  CHECK(ask.domain == "d");
  CHECK(ask.isolation_group == "i");
  CHECK(ask.execution_namespace == "n");
}

TEST_CASE("a type that is missing is told by name") {
  route_world world;
  for (auto target : {"/api/tasks/queue/size", "/api/tasks/queue/polldata"}) {
    auto x = world.call("GET", target);
    CHECK(is_error(x, 400));
    CHECK(x.body.find("'taskType'") != x.body.npos);
  }
  CHECK(world.gateway->got.empty());
}

TEST_CASE("a requeue answers the number as text") {
  route_world world;
  world.gateway->usual = test::a_text("3");
  CHECK(
      is_text(world.call("POST", "/api/tasks/queue/requeue/pack", "{}"), "3"));
  CHECK(world.last<requeue_tasks>().task_type == "pack");
}

} // namespace tutti::rest
