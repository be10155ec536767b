#include "messages/workflow_tester.hpp"
#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest::test {

namespace workflow_test_test {

struct fake_tester final : workflow_tester {
  std::vector<test_workflow> got;
  result<answer> next = a_text(R"({"status":"COMPLETED"})");

  void test(test_workflow what) override {
    what.done(next);
    got.push_back(std::move(what));
  }
};

struct test_world : route_world {
  std::shared_ptr<fake_tester> tester = std::make_shared<fake_tester>();
  test_world() { context.tester = tester; }
};

} // namespace workflow_test_test

using workflow_test_test::test_world;

TEST_CASE_FIXTURE(test_world, "a dry run is asked for with its mocks") {
  auto answer = call("POST", "/api/workflow/test", R"({"name":"wf","version":2,
      "input":{"a":1},"taskRefToMockOutput":{"t1":[{"output":{"k":"v"}},
      {"status":"FAILED","executionTime":5,"queueWaitTime":7}]},
      "subWorkflowTestRequest":{"s":{"name":"child",
      "taskRefToMockOutput":{"c":[{}]}}}})");
  CHECK(is_json(answer, R"({"status":"COMPLETED"})"));
  REQUIRE(tester->got.size() == 1);
  auto& what = tester->got[0];
  CHECK_FALSE(what.report);
  CHECK(what.request.start.name == "wf");
  CHECK(what.request.start.version == 2);
  REQUIRE(what.request.mocks.at("t1").size() == 2);
  auto& mocks = what.request.mocks.at("t1");
  CHECK(mocks[0].status == task_status::completed);
  CHECK(mocks[0].output.text() == R"({"k":"v"})");
  CHECK(mocks[1].status == task_status::failed);
  CHECK(mocks[1].execution_time_ms == 5);
  CHECK(mocks[1].queue_wait_time_ms == 7);
  CHECK(what.request.sub_workflows.at("s")->mocks.at("c").size() == 1);
  CHECK(gateway->got.empty());
}

TEST_CASE_FIXTURE(test_world, "Tutti's route asks for the whole report") {
  CHECK(call("POST", "/api/tutti/workflow/test", R"({"name":"wf"})").status
        == 200);
  REQUIRE(tester->got.size() == 1);
  CHECK(tester->got[0].report);
}

TEST_CASE_FIXTURE(test_world, "a dry run is refused like a start") {
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
  CHECK(tester->got.empty());
  tester->next = failure{errc::too_many, "too many dry runs", {}};
  CHECK(is_error(call("POST", "/api/workflow/test", R"({"name":"wf"})"), 429));
}

TEST_CASE_FIXTURE(route_world, "without a tester dry runs are unavailable") {
  CHECK(is_error(call("POST", "/api/workflow/test", R"({"name":"wf"})"), 500));
}

} // namespace tutti::rest::test
