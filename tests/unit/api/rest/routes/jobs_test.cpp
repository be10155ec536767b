#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::is_error;
using test::is_json;
using test::route_world;

TEST_CASE("an order of a job is read, and answered with the job") {
  route_world world;
  world.gateway->usual = test::a_text(R"({"jobId":"j"})");
  auto x = world.call("POST", "/api/tutti/jobs",
                      R"({"query":"status=FAILED","action":"retry",
                          "arguments":{"resumeSubworkflowTasks":true},
                          "ratePerSecond":50,"parallel":4,"freeText":"x"})");
  CHECK(is_json(x, R"({"jobId":"j"})"));
  auto& order = world.last<create_job>().what;
  CHECK(world.last<create_job>().id.empty());
  CHECK(order.query == "status=FAILED");
  CHECK(order.free_text == "x");
  CHECK(order.action == "retry");
  CHECK(order.arguments.text() == R"({"resumeSubworkflowTasks":true})");
  CHECK(order.rate == 50);
  CHECK(order.parallel == 4);
  CHECK_FALSE(order.all);
  world.call("POST", "/api/tutti/jobs/preview",
             R"({"all":true,"action":"pause"})");
  CHECK(world.last<preview_job>().what.all);
}

TEST_CASE("an order that makes no sense is refused with the property's name") {
  route_world world;
  for (auto body :
       {"", "[]", "7", R"({"query":7})", R"({"all":"yes"})",
        R"({"ratePerSecond":0})", R"({"ratePerSecond":1.5})",
        R"({"ratePerSecond":-1})", R"({"parallel":99999999999})",
        R"({"arguments":[]})", R"({"action":{}})", R"({"rate":5})"}) {
    CAPTURE(body);
    CHECK(is_error(world.call("POST", "/api/tutti/jobs", body), 400));
    CHECK(is_error(world.call("POST", "/api/tutti/jobs/preview", body), 400));
  }
  CHECK(world.gateway->got.empty());
}

TEST_CASE("a job is read, paused, resumed and cancelled by its id") {
  route_world world;
  world.call("GET", "/api/tutti/jobs/j1");
  CHECK(world.last<read_job>().id == "j1");
  using verb = control_job::verb;
  for (auto [path, what] : {std::pair{"pause", verb::pause},
                            {"resume", verb::resume},
                            {"cancel", verb::cancel}}) {
    world.call("POST",
               "/api/tutti/jobs/j1/" + std::string(path) + "?ratePerSecond=7");
    CHECK(world.last<control_job>().id == "j1");
    CHECK(world.last<control_job>().what == what);
    CHECK(world.last<control_job>().rate == 7);
  }
  CHECK(is_error(world.call("POST", "/api/tutti/jobs/j1/pause?ratePerSecond=0"),
                 400));
  world.gateway->usual = failure{errc::not_found, "there is no job j1", {}};
  CHECK(is_error(world.call("GET", "/api/tutti/jobs/j1"), 404));
}

TEST_CASE(
    "jobs are listed with how many there are, and their errors in pages") {
  route_world world;
  world.gateway->jobs
      = {{{"b", 2, R"({"jobId":"b"})"}, {"a", 1, R"({"jobId":"a"})"}}, 9};
  auto x = world.call("GET", "/api/tutti/jobs?status=RUNNING&count=2");
  CHECK(is_json(x, R"([{"jobId":"b"},{"jobId":"a"}])"));
  CHECK(x.headers == decltype(x.headers){{"Tutti-Total", "9"}});
  CHECK(world.last<list_jobs>().status == "RUNNING");
  CHECK(world.last<list_jobs>().count_max == 2);
  world.call("GET", "/api/tutti/jobs/j/errors?start=10&count=5");
  CHECK(world.last<read_job_errors>().start == 10);
  CHECK(world.last<read_job_errors>().count == 5);
}

} // namespace tutti::rest
