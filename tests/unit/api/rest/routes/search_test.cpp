#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

namespace search_test {

using nlohmann::json;
using test::is_error;
using test::route_world;

TEST_CASE("each of Conductor's searches asks for its subject and form") {
  route_world world;
  using subject = search_index::subject;
  using form = search_index::form;
  struct {
    const char* path;
    subject what;
    form as;
  } const cases[] = {
      {"/api/workflow/search", subject::workflows, form::summaries},
      {"/api/workflow/search-v2", subject::workflows, form::whole},
      {"/api/workflow/search-by-tasks", subject::workflows_of_tasks,
       form::summaries},
      {"/api/workflow/search-by-tasks-v2", subject::workflows_of_tasks,
       form::whole},
      {"/api/tasks/search", subject::tasks, form::summaries},
      {"/api/tasks/search-v2", subject::tasks, form::whole},
  };
  for (auto& x : cases) {
    CAPTURE(x.path);
    world.gateway->hits = {{R"({"a":1})", R"({"b":2})"}, {}, 7, "c0", {}, {}};
    auto got = world.call(
        "GET", std::string(x.path)
                   + "?start=20&size=2&sort=startTime%3ADESC&freeText=hi&"
                     "query=status%3DFAILED&classifier=a,b&topLevelOnly=true");
    CHECK(got.status == 200);
    CHECK(json::parse(got.body)
          == json::parse(R"({"totalHits":7,"results":[{"a":1},{"b":2}]})"));
    auto& ask = world.last<search_index>();
    CHECK(ask.what == x.what);
    CHECK(ask.as == x.as);
    CHECK(ask.start == 20);
    CHECK(ask.count == 2);
    CHECK(ask.sort == "startTime:DESC");
    CHECK(ask.free_text == "hi");
    CHECK(ask.query == "status=FAILED");
    CHECK(ask.classifiers == std::vector<std::string>{"a", "b"});
    CHECK(ask.top_level_only);
    CHECK(ask.conductor);
  }
}

TEST_CASE("defaults are Conductor's, and so is the bound on workflows") {
  route_world world;
  world.call("GET", "/api/workflow/search");
  auto& ask = world.last<search_index>();
  CHECK(ask.start == 0);
  CHECK(ask.count == 100);
  CHECK(ask.free_text == "*");
  CHECK(ask.query.empty());
  CHECK(!ask.top_level_only);
  auto refused = world.call("GET", "/api/workflow/search?size=5001");
  CHECK(refused.status == 400);
  CHECK(refused.body.find("Cannot return more than 5000 workflows. Please use "
                          "pagination.")
        != refused.body.npos);
  CHECK(world.call("GET", "/api/tasks/search?size=5001").status == 200);
  for (auto* bad : {"start=x", "size=1e3", "size=99999999999999999999",
                    "topLevelOnly=maybe"}) {
    CAPTURE(bad);
    CHECK(is_error(
        world.call("GET", std::string("/api/workflow/search?") + bad), 400));
  }
}

TEST_CASE("headers tell the cursor, warnings, and what the index lacks") {
  route_world world;
  auto& hits = world.gateway->hits;
  hits.cursor = "c1";
  hits.behind = 3;
  hits.behind_ms = 40;
  hits.warnings = {"there is no field 'a\r\nSet-Cookie: x'"};
  auto got = world.call("GET", "/api/workflow/search");
  auto header = [&](const char* name) {
    for (auto& [key, value] : got.headers)
      if (key == name)
        return value;
    return std::string("-");
  };
  CHECK(header("Tutti-Cursor") == "c1");
  CHECK(header("Tutti-Index-Behind") == "3; ms=40");
  CHECK(header("Tutti-Warning") == "there is no field 'a??Set-Cookie: x'");
}

TEST_CASE("our search has facets, ids and the same page in its body") {
  route_world world;
  world.gateway->hits = {
      {"id-1"},
      {},
      1,
      "",
      {{"status", "FAILED", 2}, {"status", "RUNNING", 1}, {"version", "1", 3}},
      {},
      0,
      0};
  auto got
      = world.call("GET", "/api/tutti/search?as=ids&facets=status,version");
  CHECK(json::parse(got.body) == json::parse(R"({"totalHits":1,
    "results":["id-1"],"facets":{"status":[{"value":"FAILED","count":2},
    {"value":"RUNNING","count":1}],"version":[{"value":"1","count":3}]},
    "behind":0,"behindMs":0,"warnings":[]})"));
  auto& ask = world.last<search_index>();
  CHECK(!ask.conductor);
  CHECK(ask.facets == std::vector<std::string>{"status", "version"});
  CHECK(is_error(world.call("GET", "/api/tutti/search?of=cows"), 400));
  CHECK(is_error(world.call("GET", "/api/tutti/search?as=cows"), 400));
}

TEST_CASE("roll-ups and the index have routes of their own") {
  route_world world;
  world.gateway->usual = test::a_text("{}");
  world.call("GET", "/api/tutti/search/rollups?from=1&to=2&byHour=true&"
                    "workflowType=ship");
  auto& ask = world.last<summarize_executions>();
  CHECK(ask.from == 1);
  CHECK(ask.to == 2);
  CHECK(ask.by_hour);
  CHECK(ask.name == "ship");
  CHECK(world.call("GET", "/api/tutti/index").body == "{}");
  CHECK(world.call("POST", "/api/tutti/index/rebuild").status == 200);
  world.last<rebuild_index>();
}

} // namespace search_test

} // namespace tutti::rest
