#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace system_tasks_tests {

using nlohmann::json;

std::string system(std::string_view reference, std::string_view type,
                   std::string_view more = "") {
  return R"({"name":")" + std::string(reference) + R"(","taskReferenceName":")"
         + std::string(reference) + R"(","type":")" + std::string(type) + "\""
         + std::string(more) + "}";
}

pure_world of(std::string tasks) {
  pure_world world;
  world.define(workflow_of(std::move(tasks)));
  return world;
}

const json& output(const pure_world& world, const std::string& id,
                   std::string_view reference) {
  return world.row(id, reference).output.json();
}

task_result in_progress(const task& row) {
  task_result result;
  result.task_id = row.task_id;
  result.status = task_status::in_progress;
  result.output = payload(json{{"response", 1}});
  return result;
}

std::string http(std::string_view more = "") {
  return system("h", "HTTP",
                R"(,"inputParameters":{"uri":"http://a","method":"GET"})"
                    + std::string(more));
}

// Queued system tasks

TEST_CASE("an HTTP task waits in its queue and its outcome ends it") {
  auto world = of(http() + "," + simple("t"));
  auto id = world.start("w");
  CHECK(world.waiting("HTTP") == 1);
  CHECK(world.row(id, "h").input.json()["asyncComplete"] == false);
  world.done("HTTP", R"({"response":{"statusCode":200}})");
  CHECK(world.rows(id) == "h:C t:S");
  CHECK(world.replay_is_live());
}

TEST_CASE("a handed out HTTP task whose node dies goes back to its queue when "
          "its lease is over") {
  auto world
      = of(system("h", "HTTP",
                  R"(,"inputParameters":{"http_request":{"uri":"http://a",
                "method":"GET","connectionTimeOut":2000,"readTimeOut":5000}})"));
  auto id = world.start("w");
  auto first = world.poll("HTTP");
  CHECK(world.rows(id) == "h:IP");
  auto& work = world.bounds.work;
  auto lease = 2000 + 5000 + work.http_transfer_ms + work.grace_ms;
  CHECK(world.row(id, "h").due_at == world.now + lease);
  world.advance(lease - 1);
  CHECK(world.rows(id) == "h:IP");
  CHECK(world.waiting("HTTP") == 0);
  world.advance(1);
  CHECK(world.rows(id) == "h:S");
  CHECK(world.poll("HTTP") == first);
  CHECK(world.row(id, "h").poll_count == 2);
  CHECK(world.row(id, "h").retry_count == 0);
  CHECK(world.replay_is_live());
}

TEST_CASE("a worker that is gone gives back what it was given, and no more") {
  auto world = of(http() + "," + simple("t"));
  auto id = world.start("w");
  auto task = world.poll("HTTP");
  auto worker = world.row(id, "h").worker_id;
  auto lost = [&](const std::string& task_id, const std::string& who) {
    return world.tell(id, command::worker_lost{task_id, who}).effective;
  };
  CHECK_FALSE(lost(task, "somebody else"));
  CHECK_FALSE(lost("no such task", worker));
  CHECK(world.rows(id) == "h:IP");
  world.tell(id, command::pause{});
  CHECK_FALSE(lost(task, worker));
  world.tell(id, command::resume{});

  CHECK(lost(task, worker));
  CHECK(world.rows(id) == "h:S");
  CHECK_FALSE(lost(task, worker));
  CHECK(world.waiting("HTTP") == 1);
  CHECK(world.poll("HTTP") == task);
  CHECK(world.row(id, "h").retry_count == 0);
  CHECK(world.row(id, "h").poll_count == 2);
  world.advance(world.row(id, "h").due_at - world.now);
  CHECK(world.rows(id) == "h:S");
  world.done("HTTP");
  CHECK(world.rows(id) == "h:C t:S");

  // Tasks of workers outside of the node are theirs until their own limits.
  auto outside = world.poll("t");
  CHECK_FALSE(lost(outside, world.row(id, "t").worker_id));
  CHECK(world.rows(id) == "h:C t:IP");
  CHECK(world.replay_is_live());
}

TEST_CASE("what a worker that is gone had handed on is not done again") {
  auto world = of(http(R"(,"asyncComplete":true)"));
  auto id = world.start("w");
  auto task = world.poll("HTTP");
  auto worker = world.row(id, "h").worker_id;
  world.tell(id, command::update_task{in_progress(world.row(id, "h"))});
  CHECK_FALSE(world.tell(id, command::worker_lost{task, worker}).effective);
  CHECK(world.rows(id) == "h:IP");
}

TEST_CASE("an asyncComplete HTTP task waits for an update after its call, "
          "without a lease or a response timeout") {
  auto world = of(http(R"(,"asyncComplete":true)"));
  world.define_task("h", R"({"responseTimeoutSeconds":1,"timeoutSeconds":0})");
  auto id = world.start("w");
  world.poll("HTTP");
  world.tell(id, command::update_task{in_progress(world.row(id, "h"))});
  CHECK(world.rows(id) == "h:IP");
  CHECK(world.row(id, "h").due_at == 0);
  CHECK(world.waiting("HTTP") == 0);
  world.advance(30 * 86'400'000ll);
  CHECK(world.rows(id) == "h:IP");
  CHECK(output(world, id, "h") == json{{"response", 1}});
  auto end = in_progress(world.row(id, "h"));
  end.status = task_status::completed;
  world.tell(id, command::update_task{end});
  CHECK(world.status(id) == "COMPLETED");
}

TEST_CASE("an HTTP task that somebody marks IN_PROGRESS is not lost") {
  auto world = of(http());
  auto id = world.start("w");
  auto update = in_progress(world.row(id, "h"));
  update.callback_after_seconds = 100;
  world.tell(id, command::update_task{update});
  CHECK(world.rows(id) == "h:IP");
  CHECK(world.waiting("HTTP") == 0);
  world.advance(100'000);
  CHECK(world.waiting("HTTP") == 0);
  world.advance(200'000);
  CHECK(world.waiting("HTTP") == 1);
  CHECK(world.replay_is_live());
}

TEST_CASE("a failed HTTP task is retried by the definition of its name") {
  auto world = of(http());
  world.define_task("h", R"({"retryCount":1,"retryDelaySeconds":5})");
  auto id = world.start("w");
  world.fail("HTTP", "Failed to invoke HTTP task due to: 404");
  CHECK(world.rows(id) == "h:F h:S");
  CHECK(world.poll("HTTP").empty());
  world.advance(5'000);
  world.fail("HTTP", "again");
  CHECK(world.status(id) == "FAILED");
}

TEST_CASE("isolation group and name space name the queue of a queued task") {
  auto world = of(http() + "," + simple("t"));
  world.define_task("h",
                    R"({"isolationGroupId":"g","executionNameSpace":"n"})");
  world.define_task("t",
                    R"({"isolationGroupId":"g","executionNameSpace":"n"})");
  auto id = world.start("w");
  CHECK(world.waiting("HTTP@n-g") == 1);
  world.done("HTTP@n-g");
  // Workers poll their type, whatever its definition says.
  CHECK(world.waiting("t") == 1);
  CHECK(world.row(id, "t").isolation_group_id.empty());
}

TEST_CASE("the template of the definition fills an HTTP task's input") {
  auto world = of(system("h", "HTTP"));
  world.define_task("h",
                    R"({"inputTemplate":{"http_request":{"uri":"http://t"}}})");
  auto id = world.start("w");
  CHECK(world.row(id, "h").input.json()["http_request"]["uri"] == "http://t");
}

TEST_CASE("a worker task that is called HTTP is the system task") {
  auto world = of(simple("HTTP"));
  auto id = world.start("w");
  world.poll("HTTP");
  CHECK(world.row(id, "HTTP").due_at > 0);
}

// START_WORKFLOW

TEST_CASE("START_WORKFLOW ends with the id of an execution of its own") {
  auto world = of(system("s", "START_WORKFLOW",
                         R"(,"inputParameters":{"startWorkflow":{"name":"other",
                    "input":{"a":"${workflow.input.a}"}}})"));
  world.define(workflow_of(simple("t"), "", "other"));
  start_workflow_request request;
  request.name = "w";
  request.input = payload(json{{"a", 1}});
  request.correlation_id = "c";
  request.task_to_domain = {{"t", "d"}};
  auto id = *world.try_start(request);
  CHECK(world.status(id) == "COMPLETED");
  auto other = output(world, id, "s")["workflowId"].get<std::string>();
  CHECK(world.row(id, "s").sub_workflow_id.empty());
  CHECK(world.status(other) == "RUNNING");
  auto& head = world.at(other).head();
  CHECK(head.input == payload(json{{"a", 1}}));
  CHECK(head.correlation_id == "c");
  CHECK(head.parent_workflow_id.empty());
  CHECK(head.parent_task_id.empty());
  CHECK(world.waiting("d:t") == 1);
  world.fail("d:t", "no");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("what START_WORKFLOW cannot start fails its task with the reason") {
  struct row {
    const char *input, *reason;
  };
  for (auto& [input, reason] : {
           row{R"({})", "Missing 'startWorkflow' in input data."},
           row{R"({"startWorkflow":7})", "no start request"},
           row{R"({"startWorkflow":{"input":{}}})", "name"},
           row{R"({"startWorkflow":{"name":"x","priority":100}})", "priority"},
           row{R"({"startWorkflow":{"name":"nobody"}})",
               "No such workflow defined"},
       }) {
    CAPTURE(input);
    auto world = of(system("s", "START_WORKFLOW",
                           R"(,"inputParameters":)" + std::string(input)));
    auto id = world.start("w");
    CHECK(world.rows(id) == "s:F");
    CHECK(world.row(id, "s").reason.find(reason) != std::string::npos);
    CHECK(world.status(id) == "FAILED");
  }
}

TEST_CASE("START_WORKFLOW waits for its start delay") {
  auto world = of(system("s", "START_WORKFLOW",
                         R"(,"startDelay":10,"inputParameters":{
                           "startWorkflow":{"name":"other"}})"));
  world.define(workflow_of(simple("t"), "", "other"));
  auto id = world.start("w");
  CHECK(world.rows(id) == "s:S");
  CHECK(world.executions() == 1);
  world.advance(10'000);
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.executions() == 2);
}

// EVENT

std::string event(std::string_view sink, std::string_view more = "") {
  return system("e", "EVENT",
                R"(,"sink":")" + std::string(sink) + "\"" + std::string(more));
}

TEST_CASE("an EVENT task publishes one message under its id and completes") {
  auto world = of(event("conductor", R"(,"inputParameters":{"a":1})"));
  auto id = world.start("w");
  CHECK(world.status(id) == "COMPLETED");
  auto& out = output(world, id, "e");
  CHECK(out["event_produced"] == "conductor:w:e");
  CHECK(out["workflowInstanceId"] == id);
  CHECK(out["workflowType"] == "w");
  CHECK(out["workflowVersion"] == 1);
  CHECK(out["a"] == 1);
  CHECK(out["sink"] == "conductor");
  CHECK(out["asyncComplete"] == false);
  CHECK(out["correlationId"].is_null());
  CHECK(out["taskToDomain"] == json::object());
  auto messages = world.messages("w:e");
  REQUIRE(messages.size() == 1);
  CHECK(messages.begin()->first == world.row(id, "e").task_id);
  CHECK(messages.begin()->second.json() == out);
  CHECK(world.replay_is_live());
}

TEST_CASE("a sink says where a message goes") {
  auto produced = [](std::string_view sink) {
    auto world = of(event(sink));
    auto id = world.start("w", R"({"q":"mine"})");
    auto& row = world.row(id, "e");
    return row.status == task_status::completed
               ? row.output.json()["event_produced"].get<std::string>()
               : row.reason;
  };
  CHECK(produced("conductor:q") == "conductor:w:q");
  CHECK(produced("conductor:${workflow.input.q}") == "conductor:w:mine");
  CHECK(produced("conductorX").find("Invalid / Unsupported sink specified")
        == 0);
  CHECK(produced("conductorX:q").find("Invalid / Unsupported sink specified")
        == 0);
  CHECK(produced("pigeon:q") == "Unknown queue type pigeon");
  CHECK(produced("nowhere").find("Illegal event nowhere") == 0);
  CHECK(produced("kafka:topic") == "sink provider 'kafka' is not configured");
}

TEST_CASE("an asyncComplete EVENT task publishes once and waits") {
  auto world = of(event("conductor", R"(,"asyncComplete":true)"));
  auto id = world.start("w");
  CHECK(world.rows(id) == "e:IP");
  world.tell(id, command::decide{});
  world.advance(1'000'000);
  CHECK(world.rows(id) == "e:IP");
  CHECK(world.messages("w:e").size() == 1);
  auto end = in_progress(world.row(id, "e"));
  end.status = task_status::completed;
  world.tell(id, command::update_task{end});
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.messages("w:e").size() == 1);
}

TEST_CASE("a cancelled EVENT task takes its message back") {
  auto world = of(event("conductor", R"(,"asyncComplete":true)"));
  auto id = world.start("w");
  CHECK(world.messages("w:e").size() == 1);
  world.tell(id, command::terminate{"stop"});
  CHECK(world.rows(id) == "e:X");
  CHECK(world.messages("w:e").empty());
}

TEST_CASE("a failed EVENT task is retried by the definition of its name") {
  auto world = of(event("kafka:q"));
  world.define_task("e", R"({"retryCount":1,"retryDelaySeconds":5})");
  auto id = world.start("w");
  CHECK(world.rows(id) == "e:F e:S");
  world.advance(5'000);
  CHECK(world.rows(id) == "e:F e:F");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.replay_is_live());
}

// PULL_WORKFLOW_MESSAGES

std::string pull(std::string_view reference, std::string_view input = "{}") {
  return system(reference, "PULL_WORKFLOW_MESSAGES",
                R"(,"inputParameters":)" + std::string(input));
}

engine::decision push(pure_world& world, const std::string& id, int n) {
  return world.tell(id, command::push_message{payload(json{{"n", n}})});
}

TEST_CASE("a push ends the task that waits for a message") {
  auto world = of(pull("p") + "," + pull("q"));
  auto id = world.start("w");
  CHECK(world.rows(id) == "p:IP");
  auto d = push(world, id, 1);
  CHECK(world.rows(id) == "p:C q:IP");
  auto& out = output(world, id, "p");
  CHECK(out["count"] == 1);
  CHECK(out["messages"][0]["id"] == d.message_id);
  CHECK(out["messages"][0]["payload"] == json{{"n", 1}});
  CHECK(out["messages"][0]["workflowId"] == id);
  CHECK(out["messages"][0]["receivedAt"] == "2023-11-14T22:13:20.000Z");
  CHECK(world.at(id).head().inbox.empty());
  CHECK(world.replay_is_live());
}

TEST_CASE("messages that came before are taken in their order, a batch at a "
          "time") {
  auto world = of(simple("t") + "," + pull("p", R"({"batchSize":2})") + ","
                  + pull("q", R"({"batchSize":"500"})") + ","
                  + pull("r", R"({"blocking":false})"));
  auto id = world.start("w");
  for (int n = 1; n <= 5; ++n)
    push(world, id, n);
  world.done("t");
  CHECK(world.status(id) == "COMPLETED");
  auto numbers = [&](const char* reference) {
    std::string out;
    auto taken = output(world, id, reference);
    for (auto& x : taken["messages"])
      out += x["payload"]["n"].dump();
    return out;
  };
  CHECK(numbers("p") == "12");
  CHECK(numbers("q") == "345");
  CHECK(output(world, id, "r")
        == json{{"messages", json::array()}, {"count", 0}});
  CHECK(world.replay_is_live());
}

TEST_CASE("of two branches that wait the older gets the message") {
  auto world = of(R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN",
      "forkTasks":[[)"
                  + pull("p") + "],[" + pull("q") + R"(]]},
      {"name":"j","taskReferenceName":"j","type":"JOIN","joinOn":["p","q"]})");
  auto id = world.start("w");
  push(world, id, 1);
  CHECK(world.row(id, "p").status == task_status::completed);
  CHECK(world.row(id, "q").status == task_status::in_progress);
  push(world, id, 2);
  CHECK(world.status(id) == "COMPLETED");
}

TEST_CASE("an inbox is bounded, forgets old messages and ends with its "
          "execution") {
  auto world = of(simple("t"));
  world.bounds.messages_max = 2;
  auto id = world.start("w");
  push(world, id, 1);
  world.advance(3'600'000);
  push(world, id, 2);
  CHECK(push(world, id, 3).refused->code == errc::too_many);
  world.advance(world.bounds.message_ttl_ms - 3'600'000);
  CHECK(!push(world, id, 4).refused);
  CHECK(world.at(id).head().inbox.size() == 2);
  CHECK(world.at(id).head().inbox[0].content == payload(json{{"n", 2}}));
  world.tell(id, command::pause{});
  CHECK(push(world, id, 5).refused->code == errc::conflict);
  world.tell(id, command::resume{});
  world.done("t");
  CHECK(world.at(id).head().inbox.empty());
  CHECK(push(world, id, 6).refused->code == errc::conflict);
  CHECK(world.replay_is_live());
}

TEST_CASE("without message queues a push finds nothing and a pull fails") {
  auto world = of(simple("t") + "," + pull("p"));
  world.bounds.messages_enabled = false;
  auto id = world.start("w");
  CHECK(push(world, id, 1).refused->code == errc::not_found);
  world.done("t");
  CHECK(world.rows(id) == "t:C p:FT");
}

} // namespace system_tasks_tests
