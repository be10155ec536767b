#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::is_error;
using test::is_json;
using test::is_no_content;
using test::is_void;
using test::route_world;

namespace state_test {

nlohmann::json arguments(route_world& world, std::string_view name) {
  auto& what = world.last_command<command::operation>();
  CHECK(what.name == name);
  return what.arguments.json();
}

} // namespace state_test

using namespace state_test;

TEST_CASE("variables are sent as they are, and the execution is answered") {
  route_world world;
  world.gateway->usual = test::a_text(R"({"workflowId":"w1"})");
  CHECK(is_json(world.call("POST", "/api/workflow/w1/variables",
                           R"({"a":null,"b":{"c":[1]}})"),
                R"({"workflowId":"w1"})"));
  CHECK(arguments(world, "update_state")["variables"]
        == nlohmann::json::parse(R"({"a":null,"b":{"c":[1]}})"));
  CHECK(world.last<call_workflow>().workflow_id == "w1");
  CHECK(world.last<call_workflow>().answer_execution);
  auto sent = world.gateway->got.size();
  for (auto* body : {"", "[1]", "\"x\"", "{", "7"}) {
    CAPTURE(body);
    CHECK(
        is_error(world.call("POST", "/api/workflow/w1/variables", body), 400));
  }
  CHECK(world.gateway->got.size() == sent);
}

TEST_CASE("a state update is sent, and waits like an execute") {
  route_world world;
  waited run;
  run.workflow_id = "w1";
  run.content = payload::trusted(R"({"workflowId":"w1"})");
  world.gateway->comes_to = run;
  auto x = world.call("POST",
                      "/api/workflow/w1/state?requestId=r&"
                      "waitUntilTaskRef=t&waitForSeconds=2",
                      R"({"variables":{"v":1},"taskReferenceName":"t",
                          "taskResult":{"status":"COMPLETED",
                                        "outputData":{"a":1}}})");
  CHECK(x.status == 200);
  CHECK(nlohmann::json::parse(x.body)["requestId"] == "r");
  auto& sent = world.last<call_and_wait>();
  CHECK(sent.workflow_id == "w1");
  CHECK(sent.wait.references == std::vector<std::string>{"t"});
  CHECK(sent.wait.wait_ms == 2'000);
  CHECK(sent.wait.wait_id != 0);
  auto& what = std::get<command::operation>(sent.what);
  CHECK(what.name == "update_state");
  CHECK(what.arguments.json()["taskResult"]["outputData"]["a"] == 1);
}

TEST_CASE("a state update that is wrong is sent nowhere") {
  route_world world;
  for (auto* body :
       {"", "[]", R"({"variables":[1]})", R"({"variables":"x"})",
        R"({"taskReferenceName":5,"taskResult":{"status":"COMPLETED"}})",
        R"({"taskReferenceName":"t","taskResult":"COMPLETED"})",
        R"({"taskReferenceName":"t","taskResult":{}})",
        R"({"taskReferenceName":"t","taskResult":{"status":"DONE"}})",
        R"({"taskReferenceName":"","taskResult":{"status":"COMPLETED"}})",
        R"({"taskResult":{"status":"COMPLETED"}})"}) {
    CAPTURE(body);
    CHECK(is_error(world.call("POST", "/api/workflow/w1/state", body), 400));
  }
  for (auto* query : {"?waitForSeconds=-1", "?waitForSeconds=x"})
    CHECK(is_error(
        world.call("POST", std::string("/api/workflow/w1/state") + query, "{}"),
        400));
  CHECK(world.gateway->got.empty());
}

TEST_CASE("a jump names its task in the path, or in the query, which wins") {
  route_world world;
  CHECK(is_void(world.call("POST", "/api/workflow/w1/jump/t2", R"({"a":1})")));
  auto given = arguments(world, "jump");
  CHECK(given["taskReferenceName"] == "t2");
  CHECK(given["input"]["a"] == 1);
  CHECK(is_void(world.call("POST",
                           "/api/workflow/w1/jump/%7BtaskReferenceName%7D?"
                           "taskReferenceName=t3",
                           "")));
  given = arguments(world, "jump");
  CHECK(given["taskReferenceName"] == "t3");
  CHECK(given["input"].empty());
  auto sent = world.gateway->got.size();
  CHECK(is_error(world.call("POST", "/api/workflow/w1/jump/t2", "[1]"), 400));
  CHECK(is_error(world.call("GET", "/api/workflow/w1/jump/t2"), 405));
  CHECK(world.gateway->got.size() == sent);
}

TEST_CASE("the open task of a reference, or nothing") {
  route_world world;
  CHECK(is_no_content(world.call("GET", "/api/tasks/in_progress/w1/t1")));
  world.gateway->usual = test::a_text(R"({"taskId":"t"})");
  CHECK(is_json(world.call("GET", "/api/tasks/in_progress/w1/t1"),
                R"({"taskId":"t"})"));
  auto& sent = world.last<read_execution>();
  CHECK(sent.what == read_execution::part::pending);
  CHECK(sent.workflow_id == "w1");
  CHECK(sent.reference_name == "t1");
}

TEST_CASE("executions are asked for by their correlation ids") {
  route_world world;
  world.gateway->usual = test::a_text("[]");
  CHECK(is_json(world.call("GET", "/api/workflow/ship/correlated/c%201?"
                                  "includeClosed=true"),
                "[]"));
  auto one = world.last<find_correlated>();
  CHECK(one.names == std::vector<std::string>{"ship"});
  CHECK(one.correlation_ids == std::vector<std::string>{"c 1"});
  CHECK(one.include_closed);
  CHECK_FALSE(one.include_tasks);
  CHECK(one.as_list);
  world.call("POST", "/api/workflow/ship/correlated?includeTasks=true",
             R"(["a","b"])");
  auto some = world.last<find_correlated>();
  CHECK(some.correlation_ids == std::vector<std::string>{"a", "b"});
  CHECK(some.include_tasks);
  CHECK_FALSE(some.as_list);
  world.call("POST", "/api/workflow/correlated/batch",
             R"({"workflowNames":["x","y"],"correlationIds":["a"]})");
  CHECK(world.last<find_correlated>().names
        == std::vector<std::string>{"x", "y"});
}

TEST_CASE("a search by correlation ids that is wrong is sent nowhere") {
  route_world world;
  world.context.settings.admission.bulk_ids_max = 2;
  for (auto* body : {"", "{}", "[1]", R"(["a",null])", R"(["a","b","c"])"}) {
    CAPTURE(body);
    CHECK(is_error(world.call("POST", "/api/workflow/ship/correlated", body),
                   400));
  }
  for (auto* body :
       {"", "[]", R"({"workflowNames":["x"]})", R"({"correlationIds":["a"]})",
        R"({"workflowNames":[],"correlationIds":["a"]})",
        R"({"workflowNames":"x","correlationIds":["a"]})",
        R"({"workflowNames":["a","b","c"],"correlationIds":["a"]})"}) {
    CAPTURE(body);
    CHECK(is_error(world.call("POST", "/api/workflow/correlated/batch", body),
                   400));
  }
  CHECK(is_error(world.call("GET",
                            "/api/workflow/ship/correlated/c?includeTasks=no-"
                            "way"),
                 400));
  CHECK(world.gateway->got.empty());
}

} // namespace tutti::rest
