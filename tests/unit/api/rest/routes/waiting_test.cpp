#include "tests/unit/api/rest/routes/route_world.hpp"

#include <set>

namespace tutti::rest {

using test::broken_paths;
using test::is_error;
using test::is_json;
using test::local_exchange;
using test::route_world;

namespace waiting_test {

constexpr auto execute = "/api/workflow/execute/ship/2";

waited a_run(std::string content) {
  waited x;
  x.workflow_id = "w1";
  x.status = workflow_status::completed;
  x.content = payload::trusted(std::move(content));
  return x;
}

} // namespace waiting_test

using namespace waiting_test;

TEST_CASE(
    "an execute starts what the path names, and waits as the query says") {
  route_world world;
  world.gateway->comes_to = a_run(R"({"workflowId":"w1","tasks":[]})");
  auto x = world.call("POST",
                      std::string(execute)
                          + "?requestId=r&waitUntilTaskRef=a,b&"
                            "waitForSeconds=3&returnStrategy=BLOCKING_TASK&"
                            "consistency=SYNCHRONOUS",
                      R"({"name":"other","version":9,"input":{"a":1},
                          "correlationId":"c","idempotencyKey":"k"})");
  auto& sent = world.last<execute_workflow>();
  CHECK(sent.what.name == "ship");
  CHECK(sent.what.version == 2);
  CHECK(sent.what.correlation_id == "c");
  CHECK(sent.what.idempotency_key == "k");
  CHECK(sent.what.input->text() == R"({"a":1})");
  CHECK(sent.wait.references == std::vector<std::string>{"a", "b"});
  CHECK(sent.wait.wait_ms == 3'000);
  CHECK(sent.wait.strategy == return_strategy::blocking_task);
  CHECK(sent.wait.wait_id != 0);
  CHECK_FALSE(sent.wait.output_only);
  CHECK(is_json(x, R"({"responseType":"TARGET_WORKFLOW",)"
                   R"("targetWorkflowId":"w1",)"
                   R"("targetWorkflowStatus":"COMPLETED","requestId":"r",)"
                   R"("signalTimeout":false,"workflowId":"w1","tasks":[]})"));
}

TEST_CASE("an execute that says nothing waits ten seconds for the latest "
          "version") {
  route_world world;
  for (auto* query : {"", "?waitForSeconds=0", "?waitForSeconds="}) {
    CAPTURE(query);
    auto x = world.call(
        "POST", std::string("/api/workflow/execute/ship/0") + query, "{}");
    CHECK(x.status == 200);
    auto& sent = world.last<execute_workflow>();
    CHECK_FALSE(sent.what.version);
    CHECK(sent.wait.wait_ms == 10'000);
    CHECK(sent.wait.strategy == return_strategy::target_workflow);
    CHECK(sent.wait.references.empty());
    auto body = nlohmann::json::parse(x.body);
    CHECK(body["requestId"].get<std::string>().size() == 36);
  }
}

TEST_CASE("no two requests get one id") {
  std::set<std::string> ids;
  for (int i = 0; i < 1'000; ++i)
    ids.insert(api::new_request_id());
  CHECK(ids.size() == 1'000);
}

TEST_CASE("an execute that is wrong starts nothing") {
  using paths = std::vector<std::string>;
  route_world world;
  for (auto* query :
       {"?waitForSeconds=-1", "?waitForSeconds=1.5", "?waitForSeconds=soon",
        "?waitForSeconds=99999999999", "?returnStrategy=ANYTHING",
        "?returnStrategy=target_workflow", "?consistency=EVENTUAL"}) {
    CAPTURE(query);
    CHECK(
        is_error(world.call("POST", std::string(execute) + query, "{}"), 400));
  }
  for (auto* path : {"/api/workflow/execute/ship/two",
                     "/api/workflow/execute/ship/99999999999",
                     "/api/workflow/execute/%20/1"})
    CHECK(is_error(world.call("POST", path, "{}"), 400));
  for (auto* body :
       {"", "[]", "{", R"({"input":null})", R"({"input":[1]})",
        R"({"priority":"high"})", "\"text\"", "{\"input\":{\"a\":\xff}}"})
    CHECK(is_error(world.call("POST", execute, body), 400));
  CHECK(broken_paths(world.call("POST", execute, R"({"priority":100})"))
        == paths{"startWorkflow.arg0.priority"});
  CHECK(is_error(world.call("PUT", execute, "{}"), 405));
  CHECK(is_error(world.call("HEAD", "/api/workflow/execute/ship", ""), 405));
  CHECK(world.gateway->got.empty());
}

TEST_CASE("a definition of one's own marks the input as dynamic") {
  route_world world;
  world.call("POST", execute,
             R"({"input":{"a":1},"workflowDef":{"name":"s","tasks":[
                 {"name":"n","taskReferenceName":"n","type":"NOOP"}]}})");
  auto input = world.last<execute_workflow>().what.input->json();
  CHECK(input["a"] == 1);
  CHECK(input["_systemMetadata"]["dynamic"] == true);
}

TEST_CASE("what an execute comes to late, or as a task, says so") {
  route_world world;
  auto late = a_run("{}");
  late.timed_out = true;
  late.status = workflow_status::running;
  late.shown = return_strategy::blocking_task_input;
  world.gateway->comes_to = late;
  auto body = nlohmann::json::parse(world.call("POST", execute, "{}").body);
  CHECK(body["signalTimeout"] == true);
  CHECK(body["targetWorkflowStatus"] == "RUNNING");
  CHECK(body["responseType"] == "BLOCKING_TASK_INPUT");
  world.gateway->comes_to = failure{errc::not_found, "no such workflow"};
  CHECK(is_error(world.call("POST", execute, "{}"), 404));
}

TEST_CASE("an execute by name takes its input as the body and answers the "
          "output") {
  route_world world;
  world.gateway->comes_to = a_run(R"({"x":1})");
  auto x
      = world.call("POST", "/api/workflow/execute/ship?version=3", R"({"a":1})",
                   {{"requestId", "r"},
                    {"waitUntilTaskRef", "a, b,"},
                    {"waitForSeconds", "4"},
                    {"X-Idempotency-key", "k"},
                    {"X-on-conflict", "RETURN_EXISTING"}});
  CHECK(is_json(x, R"({"x":1})"));
  auto& sent = world.last<execute_workflow>();
  CHECK(sent.what.name == "ship");
  CHECK(sent.what.version == 3);
  CHECK(sent.what.input->text() == R"({"a":1})");
  CHECK(sent.what.idempotency_strategy
        == idempotency_strategy::return_existing);
  CHECK(sent.wait.output_only);
  CHECK(sent.wait.wait_ms == 4'000);
  CHECK(sent.wait.references == std::vector<std::string>{"a", "b"});
  x = world.call("GET", "/api/workflow/execute/ship?version=3&a=1&b=%20x");
  CHECK(is_json(x, R"({"x":1})"));
  CHECK(world.last<execute_workflow>().what.input->text()
        == R"({"a":"1","b":" x"})");
}

TEST_CASE("an execute by name that is wrong starts nothing") {
  route_world world;
  auto call = [&](const char* query, const char* body,
                  std::vector<std::pair<std::string, std::string>> headers
                  = {}) {
    return world.call("POST", std::string("/api/workflow/execute/ship") + query,
                      body, std::move(headers));
  };
  CHECK(is_error(call("?version=x", "{}"), 400));
  CHECK(is_error(call("", "[1]"), 400));
  CHECK(is_error(call("", "{}", {{"waitForSeconds", "-4"}}), 400));
  CHECK(is_error(call("", "{}", {{"waitForSeconds", "4s"}}), 400));
  CHECK(is_error(call("", "{}", {{"X-on-conflict", "MAYBE"}}), 400));
  CHECK(world.gateway->got.empty());
}

TEST_CASE("a start by name and version answers the id") {
  route_world world;
  world.gateway->usual = test::a_text("the-id");
  auto start = [&](const std::string& rest) {
    return world.call("POST", "/api/workflow/start/ship/" + rest, R"({"a":1})");
  };
  CHECK(test::is_text(start("4?correlationId=c&priority=3"), "the-id"));
  CHECK(world.last<start_workflow>().what.version == 4);
  CHECK(world.last<start_workflow>().what.correlation_id == "c");
  CHECK(test::is_text(start("0"), "the-id"));
  CHECK_FALSE(world.last<start_workflow>().what.version);
  CHECK(is_error(start("x"), 400));
  CHECK(broken_paths(start("1?priority=200"))
        == std::vector<std::string>{"startWorkflow.arg3"});
}

TEST_CASE("a signal that waits answers what comes next, or that nothing "
          "waited") {
  route_world world;
  auto at = std::string("/api/tasks/w1/COMPLETED/signal/sync");
  world.gateway->comes_to = a_run(R"({"workflowId":"w1"})");
  auto x = world.call("POST",
                      at
                          + "?returnStrategy=BLOCKING_WORKFLOW&"
                            "timeoutMillis=70",
                      R"({"a":1})");
  CHECK(x.status == 200);
  CHECK(nlohmann::json::parse(x.body)["targetWorkflowId"] == "w1");
  auto& sent = world.last<signal_workflow>();
  CHECK(sent.waits);
  CHECK(sent.what.output.text() == R"({"a":1})");
  CHECK(sent.wait.wait_ms == 70);
  CHECK(sent.wait.strategy == return_strategy::blocking_workflow);
  world.call("POST", at, "{}");
  CHECK(world.last<signal_workflow>().wait.wait_ms == 5'000);
  auto sent_before = world.gateway->got.size();
  for (auto* query :
       {"?timeoutMillis=-1", "?timeoutMillis=x",
        "?timeoutMillis=99999999999999999999", "?returnStrategy=ALL"}) {
    CAPTURE(query);
    CHECK(is_error(world.call("POST", at + query, "{}"), 400));
  }
  CHECK(is_error(world.call("POST", at, "[]"), 400));
  CHECK(is_error(
      world.call("POST", "/api/tasks/w1/completed/signal/sync", "{}"), 400));
  CHECK(world.gateway->got.size() == sent_before);
  waited nothing;
  nothing.effective = false;
  world.gateway->comes_to = nothing;
  CHECK(is_error(world.call("POST", at, "{}"), 404));
}

TEST_CASE("a client that leaves waits no longer") {
  route_world world;
  world.gateway->silent = true;
  for (auto* target : {execute, "/api/workflow/execute/ship",
                       "/api/tasks/w1/COMPLETED/signal/sync"}) {
    CAPTURE(target);
    auto local = world.begin("POST", target, "{}");
    uint64_t id = 0;
    if (auto* x
        = std::get_if<envelope<execute_workflow>>(&world.gateway->got.back()))
      id = x->request.wait.wait_id;
    else
      id = world.last<signal_workflow>().wait.wait_id;
    CHECK(id != 0);
    CHECK(local.x->leave());
    CHECK(world.last<cancel_wait>().wait_id == id);
  }
}

TEST_CASE("a request that waits keeps no part of the budget of bodies") {
  route_world world;
  world.gateway->silent = true;
  world.open();
  auto budget = std::make_shared<byte_budget>(1'000);
  for (auto* target : {execute, "/api/workflow/execute/ship",
                       "/api/tasks/w1/COMPLETED/signal/sync"}) {
    CAPTURE(target);
    local_exchange local("POST", target, "{}");
    REQUIRE(local.x->share().grow(budget, 600, 0));
    (*world.routes)(local.x);
    CHECK_FALSE(local.answer());
    CHECK(budget->used() == 0);
  }
}

} // namespace tutti::rest
