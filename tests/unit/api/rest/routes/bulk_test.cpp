#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::broken_paths;
using test::is_error;
using test::is_json;
using test::route_world;

TEST_CASE("a bulk request does the same to each workflow") {
  route_world world;
  auto x = world.call("PUT", "/api/workflow/bulk/pause", R"(["a","b"])");
  CHECK(is_json(
      x, R"({"bulkErrorResults":{},"bulkSuccessfulResults":["a","b"]})"));
  REQUIRE(world.gateway->got.size() == 2);
  world.last_command<command::pause>();
  CHECK(world.last<call_workflow>().workflow_id == "b");
  world.call("PUT", "/api/workflow/bulk/resume", R"(["a"])");
  world.last_command<command::resume>();
  world.call("POST", "/api/workflow/bulk/retry", R"(["a"])");
  CHECK_FALSE(world.last_command<command::retry>().resume_sub_workflows);
  world.call("POST", "/api/workflow/bulk/restart?useLatestDefinitions=true",
             R"(["a"])");
  CHECK(world.last<restart_workflow>().use_latest);
  world.call("POST", "/api/workflow/bulk/terminate?reason=r", R"(["a"])");
  CHECK(world.last_command<command::terminate>().reason == "r");
  world.call("DELETE", "/api/workflow/bulk/remove?archiveWorkflow=false",
             R"(["a"])");
  CHECK_FALSE(world.last<remove_workflow>().archive);
}

TEST_CASE("what failed is told by its id, and the answer is still 200") {
  route_world world;
  world.gateway->next = {test::a_text(""), failure{errc::conflict, "no", {}},
                         failure{errc::not_found, "gone \"x\"", {}}};
  auto x = world.call("PUT", "/api/workflow/bulk/pause", R"(["a","b","c"])");
  CHECK(is_json(x, R"({"bulkErrorResults":{"b":"no","c":"gone \"x\""},)"
                   R"("bulkSuccessfulResults":["a"]})"));
}

TEST_CASE("the answer waits for the last workflow") {
  route_world world;
  world.gateway->silent = true;
  auto local
      = world.begin("PUT", "/api/workflow/bulk/pause", R"(["a","b","c"])");
  for (size_t i : {2, 0, 1}) {
    CHECK_FALSE(local.answer());
    std::get<envelope<call_workflow>>(world.gateway->got[i])
        .done(test::a_text(""));
  }
  REQUIRE(local.answer());
  CHECK(is_json(*local.answer(), R"({"bulkErrorResults":{},)"
                                 R"("bulkSuccessfulResults":["a","b","c"]})"));
}

TEST_CASE("terminate-remove removes even what could not be terminated") {
  route_world world;
  world.gateway->next = {failure{errc::conflict, "COMPLETED", {}},
                         test::a_text(""), test::a_text(""), test::a_text("")};
  auto x = world.call("DELETE", "/api/workflow/bulk/terminate-remove?reason=r",
                      R"(["a","b"])");
  CHECK(is_json(x, R"({"bulkErrorResults":{"a":"COMPLETED"},)"
                   R"("bulkSuccessfulResults":["a","b"]})"));
  CHECK(world.last<remove_workflow>().archive);
}

TEST_CASE("bulk lists have 1 to 1000 ids") {
  using paths = std::vector<std::string>;
  route_world world;
  struct {
    const char *method, *target, *path;
  } const all[] = {
      {"PUT", "pause", "pauseWorkflow.arg0"},
      {"PUT", "resume", "resumeWorkflow.arg0"},
      {"POST", "restart", "restart.arg0"},
      {"POST", "retry", "retry.arg0"},
      {"POST", "terminate", "terminate.arg0"},
      {"DELETE", "remove", "deleteWorkflow.arg0"},
      {"DELETE", "terminate-remove", "terminateRemove.arg0"},
  };
  auto list = [](int count) {
    nlohmann::json out = nlohmann::json::array();
    for (int i = 0; i < count; ++i)
      out.push_back(std::to_string(i));
    return out.dump();
  };
  for (auto& one : all) {
    CAPTURE(one.target);
    auto target = std::string("/api/workflow/bulk/") + one.target;
    CHECK(broken_paths(world.call(one.method, target, "[]"))
          == paths{one.path});
    CHECK(broken_paths(world.call(one.method, target, list(1001)))
          == paths{one.path});
    CHECK(is_error(world.call(one.method, target, R"({"a":1})"), 400));
    CHECK(is_error(world.call(one.method, target, ""), 400));
    CHECK(world.gateway->got.empty());
  }
  world.call("PUT", "/api/workflow/bulk/pause", list(1000));
  CHECK(world.gateway->got.size() == 1000);
}

} // namespace tutti::rest
