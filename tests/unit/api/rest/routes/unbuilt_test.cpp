#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::is_error;
using test::is_void;
using test::route_world;

TEST_CASE("a literal part of a path is no execution of that name [C10]") {
  route_world world;
  struct {
    const char* method;
    const char* target;
  } const cases[] = {
      {"GET", "/api/workflow/search?query=x"},
      {"GET", "/api/workflow/search-v2"},
      {"GET", "/api/workflow/externalstoragelocation"},
      {"GET", "/api/tasks/search"},
      {"POST", "/api/tasks/w1/COMPLETED/signal/sync"},
      {"GET", "/api/metadata/workflow/ship/tags"},
      {"DELETE", "/api/metadata/workflow/ship/tags"},
      {"PUT", "/api/metadata/workflow/ship/rate-limit"},
  };
  for (auto& [method, target] : cases) {
    CAPTURE(method);
    CAPTURE(target);
    world.begin(method, target, R"({"key":"k","concurrentExecLimit":1})");
    for (auto& x : world.gateway->got) {
      CHECK_FALSE(std::holds_alternative<envelope<read_execution>>(x));
      CHECK_FALSE(
          std::holds_alternative<envelope<remove_workflow_definition>>(x));
    }
  }
}

TEST_CASE("a name with a slash is read, removed and started by %2F [C8]") {
  route_world world;
  world.call("GET", "/api/metadata/workflow/a%2Fb");
  CHECK(world.last<read_definitions>().name == "a/b");
  CHECK(is_void(world.call("DELETE", "/api/metadata/workflow/a%2Fb/1")));
  CHECK(world.last<remove_workflow_definition>().name == "a/b");
  world.call("POST", "/api/workflow/a%2fb", "{}");
  CHECK(world.last<start_workflow>().what.name == "a/b");
  world.call("GET", "/api/tasks/poll/a%2Fb");
  CHECK(world.last<poll_tasks>().task_type == "a/b");
}

TEST_CASE("the registry takes one schema or a list of them [C6]") {
  route_world world;
  const std::string one = R"({"name":"s","version":1,"type":"JSON"})";
  for (auto& body : {one, "[" + one + "]", "\xEF\xBB\xBF" + one, " \n" + one}) {
    CAPTURE(body);
    CHECK(is_void(world.call("POST", "/api/schema", body)));
    REQUIRE(world.last<register_schemas>().definitions.size() == 1);
    CHECK(world.last<register_schemas>().definitions[0].name == "s");
  }
}

TEST_CASE("a body may begin with a byte order mark, whatever it is [C4]") {
  route_world world;
  const std::string mark = "\xEF\xBB\xBF";
  struct {
    const char* method;
    const char* target;
    std::string body;
  } const cases[] = {
      {"POST", "/api/workflow", R"({"name":"ship"})"},
      {"POST", "/api/workflow/ship", "{}"},
      {"POST", "/api/metadata/taskdefs", R"([{"name":"t"}])"},
      {"PUT", "/api/workflow/bulk/pause", R"(["id"])"},
      {"POST", "/api/workflow/id/messages", R"({"a":1})"},
      {"POST", "/api/workflow/id/rerun", "{}"},
      {"POST", "/api/tasks",
       R"({"workflowInstanceId":"w","taskId":"t","status":"COMPLETED"})"},
  };
  for (auto& [method, target, body] : cases) {
    CAPTURE(target);
    CHECK(world.call(method, target, mark + body).status == 200);
  }
}

} // namespace tutti::rest
