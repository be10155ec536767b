#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::is_error;
using test::is_json;
using test::is_text;
using test::route_world;
using kind = queue_query::kind;

TEST_CASE("queues are asked for by kind") {
  struct {
    const char* target;
    kind what;
  } const cases[] = {
      {"/api/tasks/queue/all", kind::all},
      {"/api/tasks/queue/all/verbose", kind::all_verbose},
      {"/api/tasks/queue/polldata/all?workerSize=3", kind::all_poll_data},
      {"/api/tasks/queue/polldata?taskType=a", kind::poll_data},
      {"/api/tasks/queue/size?taskType=a", kind::size},
      {"/api/tasks/queue/sizes?taskType=a", kind::sizes},
  };
  route_world world;
  world.gateway->usual = test::a_text("0");
  for (auto& c : cases) {
    CAPTURE(c.target);
    CHECK(is_json(world.call("GET", c.target), "0"));
    CHECK(world.last<queue_query>().what == c.what);
  }
}

TEST_CASE("sizes take repeated and comma-separated types, or none") {
  route_world world;
  world.gateway->usual = test::a_text("{}");
  world.call("GET", "/api/tasks/queue/sizes?taskType=a,b&taskType=c");
  CHECK(world.last<queue_query>().task_types
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
  auto& ask = world.last<queue_query>();
  CHECK(ask.task_types == std::vector<std::string>{"a"});
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
  CHECK(world.last<queue_query>().what == kind::requeue);
  CHECK(world.last<queue_query>().task_types
        == std::vector<std::string>{"pack"});
}

} // namespace tutti::rest
