#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::broken_paths;
using test::is_error;
using test::is_text;
using test::route_world;

TEST_CASE("a start answers the bare id") {
  route_world world;
  world.gateway->usual = test::a_text("the-id");
  auto x = world.call("POST", "/api/workflow",
                      R"({"name":"ship","version":3,"correlationId":"c",
                          "input":{"a":[1,2.50]},"priority":7,
                          "idempotencyKey":"k","idempotencyStrategy":"FAIL",
                          "taskToDomain":{"*":"d"},"somethingElse":{}})");
  CHECK(is_text(x, "the-id"));
  auto& r = world.last<start_workflow>().what;
  CHECK(r.name == "ship");
  CHECK(r.version == 3);
  CHECK(r.correlation_id == "c");
  REQUIRE(r.input);
  CHECK(nlohmann::json::parse(r.input->text())
        == nlohmann::json::parse(R"({"a":[1,2.50]})"));
  CHECK(r.priority == 7);
  CHECK(r.idempotency_key == "k");
  CHECK(r.idempotency_strategy == idempotency_strategy::fail);
  CHECK(r.task_to_domain.at("*") == "d");
}

TEST_CASE("a start without input begins with an empty one") {
  route_world world;
  CHECK(is_text(world.call("POST", "/api/workflow", R"({"name":"ship"})"), ""));
  REQUIRE(world.last<start_workflow>().what.input);
  CHECK(world.last<start_workflow>().what.input->is_empty_object());
}

TEST_CASE("a start that is wrong is refused before the gateway") {
  using paths = std::vector<std::string>;
  route_world world;
  auto start = [&](const char* body) {
    return world.call("POST", "/api/workflow", body);
  };
  CHECK(is_error(start(R"({"name":"ship","input":null})"), 400));
  CHECK(is_error(start(R"({"name":"ship","input":[1]})"), 400));
  CHECK(is_error(start(R"({"name":"ship","version":"two"})"), 400));
  CHECK(
      is_error(start(R"({"name":"ship","idempotencyStrategy":"MAYBE"})"), 400));
  CHECK(broken_paths(start(R"({"priority":3})"))
        == paths{"startWorkflow.arg0.name"});
  CHECK(broken_paths(start(R"({"name":"ship","priority":100})"))
        == paths{"startWorkflow.arg0.priority"});
  CHECK(broken_paths(start(R"({"name":"s","workflowDef":{"name":"s"}})"))
        == paths{"startWorkflow.arg0.workflowDef.tasks"});
  CHECK(world.gateway->got.empty());
}

TEST_CASE("a start by name takes its input as the body") {
  route_world world;
  world.gateway->usual = test::a_text("the-id");
  auto x = world.call(
      "POST", "/api/workflow/ship?version=2&correlationId=c&priority=9",
      R"({"a":1})",
      {{"X-Idempotency-key", "k"}, {"X-on-conflict", "RETURN_EXISTING"}});
  CHECK(is_text(x, "the-id"));
  auto& r = world.last<start_workflow>().what;
  CHECK(r.name == "ship");
  CHECK(r.version == 2);
  CHECK(r.correlation_id == "c");
  CHECK(r.priority == 9);
  CHECK(r.input->text() == R"({"a":1})");
  CHECK(r.idempotency_key == "k");
  CHECK(r.idempotency_strategy == idempotency_strategy::return_existing);
}

TEST_CASE("a start by name that is wrong is refused before the gateway") {
  route_world world;
  auto start = [&](const char* query, const char* body) {
    return world.call("POST", std::string("/api/workflow/ship") + query, body);
  };
  CHECK(is_error(start("", ""), 400));
  CHECK(is_error(start("", "null"), 400));
  CHECK(is_error(start("", "[]"), 400));
  CHECK(is_error(start("?version=1.5", "{}"), 400));
  CHECK(is_error(start("?priority=high", "{}"), 400));
  CHECK(broken_paths(start("?priority=100", "{}"))
        == std::vector<std::string>{"startWorkflow.arg3"});
  CHECK(broken_paths(start("?priority=-1", "{}"))
        == std::vector<std::string>{"startWorkflow.arg3"});
  CHECK(is_error(world.call("POST", "/api/workflow/ship", "{}",
                            {{"X-on-conflict", "PERHAPS"}}),
                 400));
  CHECK(world.gateway->got.empty());
}

} // namespace tutti::rest
