#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::is_error;
using test::is_json;
using test::is_text;
using test::is_void;
using test::route_world;

TEST_CASE("health is told at the root and below /api") {
  route_world world;
  for (auto target : {"/health", "/api/health"})
    CHECK(is_json(world.call("GET", target),
                  R"({"healthResults":[],"suppressedHealthResults":[],)"
                  R"("healthy":true})"));
}

TEST_CASE("a part that is not well is named, with 503 [A7]") {
  route_world world;
  world.context.health
      = [](const std::function<void(const health_report&)>& done) {
          done({{{"gateway 0"}, {"disk", "No \"space\" left"}}, {"a note"}});
        };
  auto health = world.call("GET", "/health");
  CHECK(health.status == 503);
  CHECK(health.body
        == R"({"healthResults":[{"details":{"part":"disk"},)"
           R"("errorMessage":"disk: No \"space\" left","healthy":false}],)"
           R"("suppressedHealthResults":[],"healthy":false})");
  auto readiness = world.call("GET", "/readyz");
  CHECK(readiness.status == 503);
  CHECK(readiness.body
        == R"({"ready":false,"parts":[{"name":"gateway 0","healthy":true},)"
           R"({"name":"disk","healthy":false,"error":"No \"space\" left"}],)"
           R"("notes":["a note"]})");
}

TEST_CASE("a node that is not well is alive all the same") {
  route_world world;
  world.context.health
      = [](const std::function<void(const health_report&)>& done) {
          done({{{"disk", "full"}}, {}});
        };
  auto got = world.call("GET", "/healthz");
  CHECK(got.status == 200);
  CHECK(is_json(got, R"({"alive":true})"));
}

TEST_CASE("a node that stops is healthy, and not ready") {
  route_world world;
  CHECK(is_json(world.call("GET", "/readyz"),
                R"({"ready":true,"parts":[],"notes":[]})"));
  *world.context.draining = true;
  CHECK(world.call("GET", "/health").status == 200);
  auto got = world.call("GET", "/readyz");
  CHECK(got.status == 503);
  CHECK(got.body.find("it is stopping") != std::string::npos);
}

TEST_CASE("the version is a bare text") {
  route_world world;
  world.context.settings.version = "7.8.9";
  CHECK(is_text(world.call("GET", "/api/version"), "7.8.9"));
}

TEST_CASE("executions are listed with what picks them") {
  route_world world;
  CHECK(is_json(world.call("GET", "/api/tutti/executions"), "[]"));
  auto& all = world.last<list_executions>();
  CHECK(all.name.empty());
  CHECK_FALSE(all.version);
  CHECK(all.running_only);
  CHECK(all.summaries);
  world.call("GET", "/api/tutti/executions?name=ship&running=false&version=2"
                    "&count=5");
  auto& some = world.last<list_executions>();
  CHECK(some.name == "ship");
  CHECK(some.version == 2);
  CHECK_FALSE(some.running_only);
  CHECK(some.count_max == 5);
  world.call("GET", "/api/tutti/executions?count=999999999");
  CHECK(world.last<list_executions>().count_max
        == world.context.settings.admission.list_count_max);
  world.gateway->executions.items
      = {{"w2", "ship", 3, workflow_status::paused, 17}, {"w1", "a\"b", 1}};
  CHECK(is_json(world.call("GET", "/api/tutti/executions"),
                R"([{"createTime":17,"status":"PAUSED","version":3,)"
                R"("workflowId":"w2","workflowType":"ship"},)"
                R"({"createTime":0,"status":"RUNNING","version":1,)"
                R"("workflowId":"w1","workflowType":"a\"b"}])"));
}

TEST_CASE("incidents are listed and released") {
  route_world world;
  CHECK(is_json(world.call("GET", "/api/tutti/incidents"), "[]"));
  world.gateway->incidents.items = {{"w1", "it \"broke\"", 5, 17}};
  CHECK(is_json(world.call("GET", "/api/tutti/incidents"),
                R"([{"crashes":5,"lastError":"it \"broke\"","since":17,)"
                R"("workflowId":"w1"}])"));
  CHECK(is_void(world.call("POST", "/api/tutti/incidents/w1/release")));
  CHECK(world.last<release_incident>().workflow_id == "w1");
}

TEST_CASE("the clock moves only on a node with a test clock") {
  route_world without;
  CHECK(is_error(
      without.call("POST", "/api/tutti/clock/advance", R"({"ms":5})"), 404));
  CHECK(without.gateway->got.empty());
  route_world with;
  with.context.settings.test_clock = true;
  CHECK(is_void(
      with.call("POST", "/api/tutti/clock/advance", R"({"ms":61000})")));
  CHECK(with.last<advance_clock>().by_ms == 61'000);
  with.gateway->got.clear();
  for (auto body : {"", "{}", "[]", "5", R"({"ms":-1})", R"({"ms":1.5})",
                    R"({"ms":"1"})", R"({"ms":18446744073709551615})"}) {
    CAPTURE(body);
    CHECK(is_error(with.call("POST", "/api/tutti/clock/advance", body), 400));
  }
  CHECK(with.gateway->got.empty());
}

} // namespace tutti::rest
