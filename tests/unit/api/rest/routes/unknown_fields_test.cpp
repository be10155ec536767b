#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

namespace unknown_fields_test {

using nlohmann::json;
using test::broken_paths;
using test::route_world;

json warnings_of(const response& x) {
  for (auto& [name, value] : x.headers)
    if (name == "Tutti-Warnings")
      return json::parse(value);
  return json::array();
}

const std::string misspelt = R"({"name":"ship","tasks":[
    {"name":"s","taskReferenceName":"s","type":"SCOPE",
     "loopOver":[{"name":"a","taskReferenceName":"a","retrycount":3}],
     "onError":[{"task":["a"],"then":"CONTINUE"}]}],
   "rateLimitConfig":{"rateLimitKey":"k","concurrentLimit":3},
   "$schema":"https://x","x-note":1,"nonsense":true})";

const std::string sentences[]
    = {"tasks[0].loopOver[0]: property 'retrycount' is not known; did you mean "
       "'retryCount'?",
       "tasks[0].onError[0]: property 'task' is not known; did you mean "
       "'tasks'?",
       "rateLimitConfig: property 'concurrentLimit' is not known",
       "property 'nonsense' is not known"};

} // namespace unknown_fields_test

using namespace unknown_fields_test;

TEST_CASE("unknown fields of a definition are taken with warnings [C11]") {
  for (auto [method, target] :
       {std::pair{"POST", "/api/metadata/workflow"},
        std::pair{"POST", "/api/metadata/workflow/validate"}}) {
    route_world world;
    auto x = world.call(method, target, misspelt);
    CHECK(x.status == 200);
    auto found = warnings_of(x);
    REQUIRE(found.size() == std::size(sentences));
    for (size_t i = 0; i < std::size(sentences); ++i)
      CHECK(found[i].get<std::string>().starts_with(sentences[i]));
  }
  route_world world;
  auto x = world.call("PUT", "/api/metadata/workflow", "[" + misspelt + "]");
  CHECK(x.status == 200);
  CHECK(warnings_of(x)[0].get<std::string>().starts_with("[0].tasks[0]."));
}

TEST_CASE("strict refuses what is not known [C11]") {
  route_world world;
  auto x = world.call("POST", "/api/metadata/workflow?strict=true", misspelt);
  CHECK(broken_paths(x)
        == std::vector<std::string>{"tasks[0].loopOver[0]",
                                    "tasks[0].onError[0]", "rateLimitConfig",
                                    ""});
  CHECK(world.gateway->got.empty());
  for (auto target :
       {"/api/metadata/workflow?strict=maybe", "/api/schema?strict=maybe"})
    CHECK(world.call("POST", target, "[]").status == 400);
}

TEST_CASE("every body with a definition is looked at [C11]") {
  struct row {
    const char *method, *target, *body, *warning;
  };
  for (auto& each : std::initializer_list<row>{
           {"POST", "/api/metadata/taskdefs",
            R"([{"name":"pack","retryCounts":1}])",
            "[0]: property 'retryCounts' is not known; did you mean "
            "'retryCount'?"},
           {"PUT", "/api/metadata/taskdefs",
            R"({"name":"pack","inputSchema":{"name":"s","typ":"JSON"}})",
            "inputSchema: property 'typ' is not known; did you mean 'type'?"},
           {"POST", "/api/schema", R"([{"name":"s","dat":{}}])",
            "[0]: property 'dat' is not known; did you mean 'data'?"},
           {"POST", "/api/workflow",
            R"({"name":"w","input":{},"workflowDef":{"name":"w","tasks":[
                {"name":"a","taskReferenceName":"a","subWorkflowParam":
                 {"name":"x","versoin":1}}]}})",
            "workflowDef.tasks[0].subWorkflowParam: property 'versoin' is not "
            "known; did you mean 'version'?"},
           {"POST", "/api/workflow", R"({"name":"w","corelationId":"c"})",
            "property 'corelationId' is not known; did you mean "
            "'correlationId'?"},
           {"POST", "/api/workflow/test",
            R"({"name":"w","input":{},"workflowDef":{"name":"w","tasks":[
                {"name":"a","taskReferenceName":"a","cacheConfig":
                 {"keys":"x"}}]}})",
            "workflowDef.tasks[0].cacheConfig: property 'keys' is not known; "
            "did you mean 'key'?"}}) {
    CAPTURE(each.target);
    route_world world;
    auto found = warnings_of(world.call(each.method, each.target, each.body));
    REQUIRE(found.size() == 1);
    CHECK(found[0] == each.warning);
    auto strict = world.call(
        each.method, std::string(each.target) + "?strict=true", each.body);
    CHECK(strict.status == 400);
  }
}

TEST_CASE("warnings fit into a header, whatever was misspelt [C11]") {
  std::string fields;
  for (int i = 0; i < 2'000; ++i)
    fields += ",\"\u00fcnknown\\n" + std::to_string(i) + std::string(200, 'x')
              + "\":1";
  route_world world;
  auto x = world.call("POST", "/api/metadata/workflow",
                      R"({"name":"w","tasks":[{"name":"a",
                          "taskReferenceName":"a")"
                          + fields + "}]}");
  CHECK(x.status == 200);
  REQUIRE(x.headers.size() == 1);
  auto& header = x.headers[0].second;
  CHECK(header.size() < 4'200);
  for (auto c : header)
    CHECK((c >= ' ' && c < 0x7f));
  CHECK(warnings_of(x).back().get<std::string>().find("more")
        != std::string::npos);
}

TEST_CASE("what is known has no warnings [C11]") {
  route_world world;
  auto x = world.call("POST", "/api/metadata/workflow",
                      R"({"name":"w","tasks":[{"name":"a",
                          "taskReferenceName":"a","inputParameters":{"any":1},
                          "workflowTaskType":"SIMPLE"}],
                          "createTime":1,"ownerApp":"x"})");
  CHECK(x.status == 200);
  CHECK(x.headers.empty());
}

} // namespace tutti::rest
