#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest::test {

TEST_CASE_FIXTURE(route_world, "a dry run is asked for with its mocks") {
  gateway->usual = a_text(R"({"status":"COMPLETED"})");
  auto answer = call("POST", "/api/workflow/test", R"({"name":"wf","version":2,
      "input":{"a":1},"taskRefToMockOutput":{"t1":[{"output":{"k":"v"}},
      {"status":"FAILED","executionTime":5,"queueWaitTime":7}]},
      "subWorkflowTestRequest":{"s":{"name":"child",
      "taskRefToMockOutput":{"c":[{}]}}}})");
  CHECK(is_json(answer, R"({"status":"COMPLETED"})"));
  auto& what = last<test_workflow>();
  CHECK_FALSE(what.report);
  CHECK(what.what.start.name == "wf");
  CHECK(what.what.start.version == 2);
  REQUIRE(what.what.mocks.at("t1").size() == 2);
  auto& mocks = what.what.mocks.at("t1");
  CHECK(mocks[0].status == task_status::completed);
  CHECK(mocks[0].output.text() == R"({"k":"v"})");
  CHECK(mocks[1].status == task_status::failed);
  CHECK(mocks[1].execution_time_ms == 5);
  CHECK(mocks[1].queue_wait_time_ms == 7);
  CHECK(what.what.sub_workflows.at("s")->mocks.at("c").size() == 1);
  CHECK(gateway->got.size() == 1);
}

TEST_CASE_FIXTURE(route_world, "Tutti's route asks for the whole report") {
  CHECK(call("POST", "/api/tutti/workflow/test", R"({"name":"wf"})").status
        == 200);
  CHECK(last<test_workflow>().report);
}

TEST_CASE_FIXTURE(route_world, "a dry run is refused like a start") {
  CHECK(is_error(call("POST", "/api/workflow/test", "{"), 400));
  CHECK(is_error(call("POST", "/api/workflow/test",
                      R"({"name":"wf","taskRefToMockOutput":{"t":{}}})"),
                 400));
  CHECK(broken_paths(call("POST", "/api/workflow/test", "{}"))
        == std::vector<std::string>{"startWorkflow.arg0.name"});
  CHECK(broken_paths(call("POST", "/api/workflow/test", R"({"name":"wf",
      "subWorkflowTestRequest":{"s":{"workflowDef":{"name":"child",
      "tasks":[]}}}})"))
        == std::vector<std::string>{
            "startWorkflow.arg0.subWorkflowTestRequest[s].workflowDef.tasks"});
  CHECK(gateway->got.empty());
  gateway->usual = failure{errc::too_many, "too many dry runs", {}};
  CHECK(is_error(call("POST", "/api/workflow/test", R"({"name":"wf"})"), 429));
}

} // namespace tutti::rest::test
