#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::is_error;
using test::is_json;
using test::is_no_content;
using test::is_text;
using test::is_void;
using test::route_world;

TEST_CASE("an execution is read with its tasks unless told otherwise") {
  route_world world;
  world.gateway->usual = test::a_text("{}");
  CHECK(is_json(world.call("GET", "/api/workflow/w1"), "{}"));
  CHECK(world.last<read_execution>().workflow_id == "w1");
  CHECK(world.last<read_execution>().what == read_execution::part::workflow);
  CHECK(world.last<read_execution>().include_tasks);
  CHECK(is_json(
      world.call("GET", "/api/workflow/w1?includeTasks=false&summarize=true"),
      "{}"));
  CHECK_FALSE(world.last<read_execution>().include_tasks);
  CHECK(
      is_error(world.call("GET", "/api/workflow/w1?includeTasks=maybe"), 400));
}

TEST_CASE("the status comes with what was asked for") {
  route_world world;
  world.gateway->usual = test::a_text("{}");
  CHECK(is_json(world.call("GET", "/api/workflow/w1/status"), "{}"));
  auto& plain = world.last<read_execution>();
  CHECK(plain.what == read_execution::part::status);
  CHECK_FALSE(plain.include_output);
  CHECK_FALSE(plain.include_variables);
  world.call("GET", "/api/workflow/w1/status?includeOutput=true"
                    "&includeVariables=True");
  CHECK(world.last<read_execution>().include_output);
  CHECK(world.last<read_execution>().include_variables);
}

TEST_CASE("tasks are paged and picked by status in any spelling") {
  route_world world;
  world.gateway->usual = test::a_text("{}");
  CHECK(is_json(world.call("GET", "/api/workflow/w1/tasks"), "{}"));
  auto& plain = world.last<read_execution>();
  CHECK(plain.what == read_execution::part::tasks);
  CHECK(plain.start == 0);
  CHECK(plain.count == 15);
  CHECK(plain.statuses.empty());
  world.call("GET", "/api/workflow/w1/tasks?start=-3&count=2"
                    "&status=completed,FAILED&status=In_Progress");
  auto& picked = world.last<read_execution>();
  CHECK(picked.start == 0);
  CHECK(picked.count == 2);
  CHECK(picked.statuses
        == std::vector<task_status>{task_status::completed, task_status::failed,
                                    task_status::in_progress});
  CHECK(is_error(world.call("GET", "/api/workflow/w1/tasks?status=DONE"), 400));
  CHECK(is_error(world.call("GET", "/api/workflow/w1/tasks?count=many"), 400));
}

TEST_CASE("running executions are those of version 1 by default") {
  route_world world;
  CHECK(is_json(world.call("GET", "/api/workflow/running/ship"), "[]"));
  auto& plain = world.last<list_executions>();
  CHECK(plain.name == "ship");
  CHECK(plain.version == 1);
  CHECK(plain.running_only);
  CHECK_FALSE(plain.summaries);
  world.gateway->executions.items = {{"w2", {}}, {"w1", {}}};
  CHECK(is_json(
      world.call("GET", "/api/workflow/running/ship?version=4&startTime=5"),
      R"(["w2","w1"])"));
  CHECK(world.last<list_executions>().version == 4);
  CHECK(world.last<list_executions>().running_only);
  CHECK(world.last<list_executions>().created_from == 0);
  world.call("GET", "/api/workflow/running/ship?startTime=1700000000000"
                    "&endTime=1700000000009");
  auto& window = world.last<list_executions>();
  CHECK_FALSE(window.running_only);
  CHECK(window.created_from == 1'700'000'000'000);
  CHECK(window.created_to == 1'700'000'000'009);
}

TEST_CASE("control operations answer 200 or 204 as clients expect") {
  route_world world;
  world.gateway->usual = test::a_text("w1");
  // Clients send empty bodies and "{}" where there is none.
  CHECK(is_void(world.call("PUT", "/api/workflow/w1/pause", "{}")));
  world.last_command<command::pause>();
  CHECK(world.last<call_workflow>().workflow_id == "w1");
  CHECK(is_void(world.call("PUT", "/api/workflow/w1/resume")));
  world.last_command<command::resume>();
  CHECK(is_void(world.call("PUT", "/api/workflow/decide/w1")));
  world.last_command<command::decide>();
  CHECK(is_no_content(world.call("POST", "/api/workflow/w1/resetcallbacks")));
  world.last_command<command::reset_callbacks>();
  CHECK(is_no_content(world.call("POST", "/api/workflow/w1/retry", "{}")));
  CHECK_FALSE(world.last_command<command::retry>().resume_sub_workflows);
  CHECK(is_no_content(world.call(
      "POST", "/api/workflow/w1/retry?resumeSubworkflowTasks=true")));
  CHECK(world.last_command<command::retry>().resume_sub_workflows);
  CHECK(is_no_content(world.call("POST", "/api/workflow/w1/restart")));
  CHECK_FALSE(world.last<restart_workflow>().use_latest);
  CHECK(is_no_content(world.call(
      "POST", "/api/workflow/w1/restart?useLatestDefinitions=true")));
  CHECK(world.last<restart_workflow>().use_latest);
  CHECK(world.last<restart_workflow>().workflow_id == "w1");
}

TEST_CASE("a resume of what is not paused is Conductor's 500") {
  route_world world;
  world.gateway->usual = failure{errc::illegal_state, "it is RUNNING", {}};
  auto x = world.call("PUT", "/api/workflow/w1/resume");
  CHECK(is_error(x, 500));
  CHECK(nlohmann::json::parse(x.body)["retryable"] == false);
}

TEST_CASE("terminate carries the reason") {
  route_world world;
  CHECK(is_void(world.call("DELETE", "/api/workflow/w1?reason=too%20late")));
  CHECK(world.last_command<command::terminate>().reason == "too late");
  CHECK(is_void(world.call("DELETE", "/api/workflow/w1", "{}")));
  CHECK(world.last_command<command::terminate>().reason.empty());
}

TEST_CASE("remove archives unless told otherwise") {
  route_world world;
  CHECK(is_void(world.call("DELETE", "/api/workflow/w1/remove")));
  CHECK(world.last<remove_workflow>().archive);
  CHECK(is_void(
      world.call("DELETE", "/api/workflow/w1/remove?archiveWorkflow=false")));
  CHECK_FALSE(world.last<remove_workflow>().archive);
  CHECK(is_error(
      world.call("DELETE", "/api/workflow/w1/remove?archiveWorkflow=2"), 400));
}

TEST_CASE("terminate-remove removes only what could be terminated") {
  route_world world;
  CHECK(
      is_void(world.call("DELETE", "/api/workflow/w1/terminate-remove?reason=r"
                                   "&archiveWorkflow=false")));
  REQUIRE(world.gateway->got.size() == 2);
  auto& first = std::get<envelope<call_workflow>>(world.gateway->got[0]);
  CHECK(std::get<command::terminate>(first.request.what).reason == "r");
  CHECK_FALSE(world.last<remove_workflow>().archive);
  CHECK(world.last<remove_workflow>().workflow_id == "w1");
  world.gateway->got.clear();
  world.gateway->usual = failure{errc::conflict, "it is COMPLETED", {}};
  CHECK(
      is_error(world.call("DELETE", "/api/workflow/w1/terminate-remove"), 409));
  CHECK(world.gateway->got.size() == 1);
}

TEST_CASE("a rerun answers the id it was given") {
  route_world world;
  auto x = world.call("POST", "/api/workflow/w1/rerun",
                      R"({"reRunFromWorkflowId":"other","reRunFromTaskId":"t",
                          "taskInput":{"a":1},"correlationId":"c"})");
  CHECK(is_text(x, "w1"));
  auto& what = world.last<rerun_workflow>();
  CHECK(what.workflow_id == "w1");
  CHECK(what.what.from_task_id == "t");
  REQUIRE(what.what.task_input);
  CHECK(what.what.task_input->text() == R"({"a":1})");
  CHECK_FALSE(what.what.workflow_input);
  CHECK(is_text(world.call("POST", "/api/workflow/w1/rerun", "{}"), "w1"));
  CHECK(is_error(world.call("POST", "/api/workflow/w1/rerun"), 400));
}

TEST_CASE("a skip reads the body, then the query") {
  route_world world;
  auto skip = [&](const char* query, const char* body) {
    return world.call("PUT", std::string("/api/workflow/w1/skiptask/t") + query,
                      body);
  };
  CHECK(is_void(skip("", "")));
  CHECK(world.last_command<command::skip_task>().reference_name == "t");
  CHECK_FALSE(world.last_command<command::skip_task>().request.task_output);
  CHECK(is_void(skip("", R"({"taskInput":{"i":1},"taskOutput":{"o":2}})")));
  auto& by_body = world.last_command<command::skip_task>().request;
  CHECK(by_body.task_input->text() == R"({"i":1})");
  CHECK(by_body.task_output->text() == R"({"o":2})");
  CHECK(is_void(skip("?taskOutput=%7B%22o%22:3%7D", "")));
  CHECK(world.last_command<command::skip_task>().request.task_output->text()
        == R"({"o":3})");
  // What the Go client sends.
  CHECK(is_void(skip("?skipTaskRequest=%7Bmap%5B%5D+map%5B%5D%7D", "")));
  CHECK(is_error(skip("?taskInput=x", ""), 400));
}

} // namespace tutti::rest
