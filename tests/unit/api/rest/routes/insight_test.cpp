#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::is_error;
using test::is_json;
using test::is_void;
using test::route_world;

TEST_CASE("a history is asked for in pages") {
  route_world world;
  world.gateway->usual = test::a_text("{}");
  CHECK(is_json(world.call("GET", "/api/workflow/w1/history"), "{}"));
  auto& first = world.last<read_history>();
  CHECK(first.workflow_id == "w1");
  CHECK(first.from == 1);
  CHECK(first.count == 100);
  world.call("GET", "/api/workflow/w1/history?from=101&count=5000");
  auto& second = world.last<read_history>();
  CHECK(second.from == 101);
  CHECK(second.count == 1000);
  CHECK(is_error(world.call("GET", "/api/workflow/w1/history?from=x"), 400));
}

TEST_CASE("a page that cannot be is refused with the parameter and the rule") {
  route_world world;
  world.gateway->usual = test::a_text("{}");
  std::pair<const char*, const char*> refused[] = {
      {"history?from=-1", "query parameter 'from' must be 1 or greater, but is "
                          "'-1'"},
      {"history?from=0&count=5", "query parameter 'from' must be 1 or greater, "
                                 "but is '0'"},
      {"history?count=0", "query parameter 'count' must be 1 or greater, but "
                          "is '0'"},
      {"explain?count=-7", "query parameter 'count' must be 1 or greater, but "
                           "is '-7'"},
  };
  for (auto& [what, why] : refused) {
    auto got = world.call("GET", std::string("/api/workflow/w1/") + what);
    CHECK(is_error(got, 400));
    CHECK(got.body.find(why) != std::string::npos);
  }
}

TEST_CASE("what an execution waits for is asked of it") {
  route_world world;
  world.gateway->usual = test::a_text("{}");
  CHECK(is_json(world.call("GET", "/api/workflow/w1/explain?count=7"), "{}"));
  CHECK(world.last<explain_workflow>().workflow_id == "w1");
  CHECK(world.last<explain_workflow>().count_max == 7);
}

TEST_CASE(
    "an execution that is unknown has no history and nothing to explain") {
  route_world world;
  world.gateway->usual = failure{errc::not_found, "no such workflow"};
  CHECK(is_error(world.call("GET", "/api/workflow/w1/history"), 404));
  CHECK(is_error(world.call("GET", "/api/workflow/w1/explain"), 404));
}

TEST_CASE("a task leaves its queue by its id, and who asked is passed on") {
  route_world world;
  for (auto method : {"DELETE", "GET"}) {
    CHECK(is_void(world.call(method, "/api/tasks/queue/encode/t1", {},
                             {{"X-Client-Id", "ops"}})));
    CHECK(world.last_command<command::leave_queue>().task_id == "t1");
    CHECK(world.last<call_workflow>().workflow_id == "t1");
    CHECK(world.last_envelope<call_workflow>().context.client == "ops");
  }
  CHECK(is_void(world.call("POST", "/api/tutti/queues/encode/t1")));
  CHECK(world.last_command<command::queue_again>().task_id == "t1");
}

TEST_CASE("a client that names itself is named with what it asks for") {
  route_world world;
  world.call("PUT", "/api/workflow/w1/pause", {}, {{"X-Client-Id", "ops"}});
  CHECK(world.last_envelope<call_workflow>().context.client == "ops");
  world.call("PUT", "/api/workflow/w1/resume");
  CHECK(world.last_envelope<call_workflow>().context.client.empty());
}

TEST_CASE("queues are shown with their limits") {
  route_world world;
  world.gateway->usual = test::a_text("[]");
  CHECK(is_json(world.call("GET", "/api/tutti/queues?taskType=a,b"), "[]"));
  CHECK(world.last<describe_queues>().task_types
        == std::vector<std::string>{"a", "b"});
}

} // namespace tutti::rest
