// Bad input against a real node: each request gets its refusal with the body
// that clients expect, nothing is stored, and the next request works.

#include <doctest/doctest.h>

#include "tests/e2e/raw_connection.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"

#include <nlohmann/json.hpp>

#include <memory>

namespace tutti::test {

using json = nlohmann::json;
using namespace std::chrono_literals;

namespace bad_input_detail {

constexpr auto request_timeout = 1000ms;

/// One node for all cases, with one good workflow in it.
class bad_input_world {
 public:
  bad_input_world()
      : scratch_("bad-input"),
        node_(scratch_.path() / "data",
              {"--set", "http.request_timeout_ms="
                            + std::to_string(request_timeout.count())}) {
    node_.start();
    client_ = std::make_unique<http_client>(node_.base_url());
    REQUIRE(client_
                ->send("POST", "/api/metadata/workflow",
                       R"({"name":"good","version":1,"ownerEmail":"a@b.org",
                        "tasks":[{"name":"good_task",
                                  "taskReferenceName":"t"}]})")
                .ok());
    running_ = start();
    before_ = stored();
  }

  http_client& client() { return *client_; }
  int port() const { return node_.port(); }
  const std::string& running() const { return running_; }

  std::string start() {
    const auto reply = client_->send("POST", "/api/workflow",
                                     R"({"name":"good","input":{}})");
    REQUIRE(reply.status == 200);
    return reply.body;
  }

  /// All that a refused request could have left behind.
  json stored() {
    json all;
    for (const char* path :
         {"/api/metadata/workflow", "/api/metadata/taskdefs",
          "/api/tasks/queue/all", "/api/workflow/running/good"}) {
      const auto reply = client_->send("GET", path);
      REQUIRE(reply.status == 200);
      all[path] = json::parse(reply.body);
    }
    const auto reply = client_->send("GET", "/api/workflow/" + running_);
    REQUIRE(reply.status == 200);
    all["execution"] = json::parse(reply.body);
    return all;
  }

  void nothing_changed_and_works() { CHECK(stored() == before_); }

 private:
  scratch_directory scratch_;
  node_process node_;
  std::unique_ptr<http_client> client_;
  std::string running_;
  json before_;
};

bad_input_world& world() {
  static bad_input_world one;
  return one;
}

void is_error_body(std::string_view body, int status) {
  const auto error = json::parse(body, nullptr, false);
  REQUIRE_MESSAGE(error.is_object(), "not the error body: " << body);
  CHECK(error.value("status", 0) == status);
  CHECK(error.value("message", "") != "");
  CHECK(error.value("retryable", true) == false);
  if (error.contains("validationErrors")) {
    CHECK(!error["validationErrors"].empty());
    for (const auto& violation : error["validationErrors"]) {
      CHECK(violation.contains("path"));
      CHECK(violation.value("message", "") != "");
    }
  } else {
    CHECK(error.contains("instance"));
  }
}

struct bad_request {
  std::string what;
  std::string method;
  std::string path;
  std::string body;
  int status = 400;
  /// Found somewhere in the answer.
  std::string names{};
};

void is_refused(const bad_request& bad) {
  CAPTURE(bad.what);
  CAPTURE(bad.path);
  const auto reply = world().client().send(bad.method, bad.path, bad.body);
  CHECK_MESSAGE(reply.status == bad.status, "answered " << reply.status << " "
                                                        << reply.body
                                                        << reply.trouble);
  if (reply.answered() && !reply.ok()) {
    CHECK(reply.content_type.starts_with("application/json"));
    is_error_body(reply.body, reply.status);
  }
  CHECK_MESSAGE(reply.body.find(bad.names) != std::string::npos,
                "does not name " << bad.names << ": " << reply.body);
  world().nothing_changed_and_works();
}

std::string definition(const std::string& rest) {
  return R"({"name":"bad","version":1,"ownerEmail":"a@b.org",)" + rest + "}";
}

std::string one_task(const std::string& rest) {
  return definition(R"("tasks":[{"name":"n",)" + rest + "}]");
}

} // namespace bad_input_detail

using namespace bad_input_detail;

TEST_CASE("malformed JSON is refused by every endpoint that reads JSON") {
  const std::string id = world().running();
  const std::vector<std::pair<const char*, std::string>> endpoints{
      {"POST", "/api/metadata/workflow"},
      {"PUT", "/api/metadata/workflow"},
      {"POST", "/api/metadata/taskdefs"},
      {"PUT", "/api/metadata/taskdefs"},
      {"POST", "/api/workflow"},
      {"POST", "/api/workflow/good"},
      {"POST", "/api/workflow/" + id + "/rerun"},
      {"POST", "/api/tasks"},
      {"POST", "/api/tasks/update-v2"},
      {"POST", "/api/tasks/" + id + "/t/COMPLETED"},
      {"POST", "/api/tasks/" + id + "/t/COMPLETED/sync"}};
  const std::vector<std::string> texts{
      "{\"name\": \"bad\", ",          "{'name': 'bad'}",
      "{\"name\": \"bad\"} x",         "nonsense",
      "{\"name\": \"\xff\xfe\"}",      "{\"input\": {\"a\": NaN}}",
      "{\"input\": {\"a\": \"\x01\"}}"};
  for (const auto& [method, path] : endpoints)
    for (const auto& text : texts)
      is_refused({"malformed JSON", method, path, text});
}

TEST_CASE("a body of the wrong type is refused") {
  const std::string id = world().running();
  const std::vector<bad_request> all{
      {"a list for an object", "POST", "/api/metadata/workflow", "[]"},
      {"an object for a list", "PUT", "/api/metadata/workflow", "{}"},
      {"an object for a list", "POST", "/api/metadata/taskdefs", "{}"},
      {"a list for an object", "PUT", "/api/metadata/taskdefs", "[]"},
      {"a list of numbers", "POST", "/api/metadata/taskdefs", "[1]"},
      {"a list with null", "POST", "/api/metadata/taskdefs", "[null]"},
      {"null", "POST", "/api/metadata/workflow", "null"},
      {"a text", "POST", "/api/workflow", "\"good\""},
      {"a list", "POST", "/api/workflow", "[]"},
      {"no body", "POST", "/api/workflow", ""},
      {"a number for the input", "POST", "/api/workflow",
       R"({"name":"good","input":5})"},
      {"a list for the input", "POST", "/api/workflow/good", "[1]"},
      {"a list for domains", "POST", "/api/workflow",
       R"({"name":"good","taskToDomain":["d"]})"},
      {"an object for the priority", "POST", "/api/workflow",
       R"({"name":"good","priority":{}})"},
      {"a text for the version", "POST", "/api/workflow",
       R"({"name":"good","version":"latest"})"},
      {"a list for the name", "POST", "/api/metadata/workflow",
       R"({"name":["bad"],"tasks":[]})"},
      {"a text for the tasks", "POST", "/api/metadata/workflow",
       definition(R"("tasks":"t1")")},
      {"numbers for tasks", "POST", "/api/metadata/workflow",
       definition(R"("tasks":[1])")},
      {"null for a task", "POST", "/api/metadata/workflow",
       definition(R"("tasks":[null])")},
      {"a list for inputParameters", "POST", "/api/metadata/workflow",
       one_task(R"("taskReferenceName":"t","inputParameters":["a"])")},
      {"a list for decisionCases", "POST", "/api/metadata/workflow",
       one_task(R"("taskReferenceName":"t","type":"SWITCH",
       "evaluatorType":"value-param","expression":"x","decisionCases":[])")},
      {"a flat list for forkTasks", "POST", "/api/metadata/workflow",
       one_task(
           R"("taskReferenceName":"t","type":"FORK_JOIN","forkTasks":[{}])")},
      {"a text for a child's definition", "POST", "/api/metadata/workflow",
       one_task(R"("taskReferenceName":"t","type":"SUB_WORKFLOW",
       "subWorkflowParam":{"name":"x","workflowDefinition":"text"})")},
      {"an object for retryCount", "POST", "/api/metadata/taskdefs",
       R"([{"name":"bad","ownerEmail":"a@b.org","retryCount":{}}])"},
      {"a list for outputData", "POST", "/api/tasks",
       R"({"workflowInstanceId":")" + id
           + R"(","taskId":"x","status":"COMPLETED","outputData":[1]})"},
      {"a text for the count", "GET",
       "/api/tasks/poll/batch/good_task_none?count=many", ""},
      {"a text for the timeout", "GET",
       "/api/tasks/poll/batch/good_task_none?timeout=long", ""},
      {"a timeout above 5 s", "GET",
       "/api/tasks/poll/batch/good_task_none?timeout=5001", ""},
      {"a text for the version", "GET", "/api/metadata/workflow/good?version=x",
       ""}};
  for (const auto& bad : all)
    is_refused(bad);
}

TEST_CASE("missing fields are refused by name") {
  const std::string id = world().running();
  const std::vector<bad_request> all{
      {"no name", "POST", "/api/metadata/workflow",
       R"({"tasks":[{"name":"n","taskReferenceName":"t"}]})", 400, "name"},
      {"an empty name", "POST", "/api/metadata/workflow",
       R"({"name":"","tasks":[{"name":"n","taskReferenceName":"t"}]})", 400,
       "name"},
      {"no tasks", "POST", "/api/metadata/workflow", R"({"name":"bad"})", 400,
       "tasks"},
      {"an empty list of tasks", "POST", "/api/metadata/workflow",
       definition(R"("tasks":[])"), 400, "tasks"},
      {"no reference name", "POST", "/api/metadata/workflow",
       definition(R"("tasks":[{"name":"n"}])"), 400, "taskReferenceName"},
      {"no task name", "POST", "/api/metadata/workflow",
       definition(R"("tasks":[{"taskReferenceName":"t"}])"), 400, "name"},
      {"no child", "POST", "/api/metadata/workflow",
       one_task(R"("taskReferenceName":"t","type":"SUB_WORKFLOW")"), 400,
       "subWorkflowParam"},
      {"no cases", "POST", "/api/metadata/workflow",
       one_task(R"("taskReferenceName":"t","type":"SWITCH",
       "evaluatorType":"value-param","expression":"x")"),
       400, "decisionCases"},
      {"no branches", "POST", "/api/metadata/workflow",
       one_task(R"("taskReferenceName":"t","type":"FORK_JOIN","forkTasks":[])"),
       400, "forkTasks"},
      {"a deep task without a reference name", "POST", "/api/metadata/workflow",
       one_task(R"("taskReferenceName":"f","type":"SWITCH",
       "evaluatorType":"value-param","expression":"x",
       "decisionCases":{"a":[{"name":"n"}]})"),
       400, "taskReferenceName"},
      {"an unknown schema version", "POST", "/api/metadata/workflow",
       definition(
           R"("schemaVersion":1,"tasks":[{"name":"n","taskReferenceName":"t"}])"),
       400, "schemaVersion"},
      {"a task definition without a name", "POST", "/api/metadata/taskdefs",
       R"([{"ownerEmail":"a@b.org"}])", 400, "name"},
      {"one bad definition of two", "POST", "/api/metadata/taskdefs",
       R"([{"name":"bad","ownerEmail":"a@b.org"},{"ownerEmail":"a@b.org"}])",
       400, "name"},
      {"a response timeout above the timeout", "POST", "/api/metadata/taskdefs",
       R"([{"name":"bad","ownerEmail":"a@b.org","timeoutSeconds":60}])", 400,
       "responseTimeoutSeconds"},
      {"a negative retryCount", "POST", "/api/metadata/taskdefs",
       R"([{"name":"bad","ownerEmail":"a@b.org","retryCount":-1}])", 400,
       "retryCount"},
      {"a start without a name", "POST", "/api/workflow", R"({"input":{}})",
       400, "name"},
      {"a start with null input", "POST", "/api/workflow",
       R"({"name":"good","input":null})", 400, "input"},
      {"a priority of 100", "POST", "/api/workflow",
       R"({"name":"good","priority":100})", 400, "priority"},
      {"a priority of 100", "POST", "/api/workflow/good?priority=100", "{}",
       400, "priority"},
      {"a start of an unknown name", "POST", "/api/workflow",
       R"({"name":"unknown"})", 404, "unknown"},
      {"an update without a task", "POST", "/api/tasks",
       R"({"workflowInstanceId":"x","status":"COMPLETED"})", 400, "taskId"},
      {"an update without a workflow", "POST", "/api/tasks",
       R"({"taskId":"x","status":"COMPLETED"})", 400, "workflowInstanceId"},
      {"an update-v2 without a task", "POST", "/api/tasks/update-v2",
       R"({"workflowInstanceId":"x","status":"COMPLETED"})", 400, "taskId"},
      {"an update without a status", "POST", "/api/tasks",
       R"({"workflowInstanceId":")" + id + R"(","taskId":"x"})", 400, "status"},
      {"an update of an unknown task", "POST", "/api/tasks",
       R"({"workflowInstanceId":")" + id
           + R"(","taskId":"11111111-2222-3333-4444-555555555555",)"
             R"("status":"COMPLETED"})",
       404},
      {"an unknown execution", "GET",
       "/api/workflow/11111111-2222-3333-4444-555555555555", "", 404},
      {"an id that is none", "GET", "/api/workflow/%00%ff", "", 400},
      {"an unknown path", "POST", "/api/nowhere", "{}", 404},
      {"a known path with another method", "DELETE", "/api/metadata/taskdefs",
       "", 405}};
  for (const auto& bad : all)
    is_refused(bad);
}

TEST_CASE("an unknown word where only certain words may stand is refused") {
  const std::string id = world().running();
  const std::vector<bad_request> all{
      {"timeoutPolicy of a workflow", "POST", "/api/metadata/workflow",
       definition(R"("timeoutPolicy":"SOMETIMES",
       "tasks":[{"name":"n","taskReferenceName":"t"}])"),
       400, "SOMETIMES"},
      {"timeoutPolicy in lower case", "POST", "/api/metadata/taskdefs",
       R"([{"name":"bad","ownerEmail":"a@b.org","timeoutPolicy":"retry"}])",
       400, "retry"},
      {"retryLogic", "POST", "/api/metadata/taskdefs",
       R"([{"name":"bad","ownerEmail":"a@b.org","retryLogic":"NEVER"}])", 400,
       "NEVER"},
      {"joinMode", "POST", "/api/metadata/workflow",
       one_task(R"("taskReferenceName":"t","joinMode":"LATER")"), 400, "LATER"},
      {"status of a result", "POST", "/api/tasks",
       R"({"workflowInstanceId":")" + id + R"(","taskId":"x","status":"DONE"})",
       400, "status"},
      {"a task status that results may not have", "POST", "/api/tasks",
       R"({"workflowInstanceId":")" + id
           + R"(","taskId":"x","status":"SCHEDULED"})",
       400, "status"},
      {"status in the path", "POST", "/api/tasks/" + id + "/t/DONE", "{}", 400,
       "DONE"},
      {"terminationStatus", "POST", "/api/metadata/workflow",
       one_task(R"("taskReferenceName":"t","type":"TERMINATE",
       "inputParameters":{"terminationStatus":"MAYBE"})"),
       400}};
  for (const auto& bad : all)
    is_refused(bad);
}

TEST_CASE("a definition that contradicts itself is refused") {
  const std::vector<bad_request> all{
      {"the same reference name twice", "POST", "/api/metadata/workflow",
       definition(R"("tasks":[{"name":"n","taskReferenceName":"twice"},
       {"name":"n","taskReferenceName":"twice"}])"),
       400, "twice"},
      {"the same reference name inside a branch", "POST",
       "/api/metadata/workflow",
       definition(R"("tasks":[{"name":"n","taskReferenceName":"twice"},
       {"name":"s","taskReferenceName":"s","type":"SWITCH",
        "evaluatorType":"value-param","expression":"x",
        "decisionCases":{"a":[{"name":"n","taskReferenceName":"twice"}]}}])"),
       400, "twice"},
      {"a join that waits for nobody", "POST", "/api/metadata/workflow",
       definition(R"("tasks":[{"name":"f","taskReferenceName":"f",
       "type":"FORK_JOIN",
       "forkTasks":[[{"name":"n","taskReferenceName":"a"}]]},
       {"name":"j","taskReferenceName":"j","type":"JOIN",
        "joinOn":["a","nobody"]}])"),
       400, "nobody"},
      {"an input that names an unknown task", "POST", "/api/metadata/workflow",
       one_task(R"("taskReferenceName":"t",
       "inputParameters":{"a":"${nobody.output.x}"})"),
       400, "nobody"},
      {"one of two definitions is bad", "PUT", "/api/metadata/workflow",
       "[" + one_task(R"("taskReferenceName":"t")") + ","
           + definition(R"("tasks":[])") + "]",
       400, "tasks"},
      {"a WAIT with both times", "POST", "/api/metadata/workflow",
       one_task(R"("taskReferenceName":"t","type":"WAIT",
       "inputParameters":{"duration":"1s","until":"2030-01-01"})"),
       400}};
  for (const auto& bad : all)
    is_refused(bad);
}

TEST_CASE("a hundred thousand brackets are refused") {
  const std::string open(100'000, '[');
  const std::string shut(100'000, ']');
  std::string maps;
  for (int i = 0; i < 100'000; ++i)
    maps += "{\"a\":";
  const std::vector<bad_request> all{
      {"brackets alone", "POST", "/api/workflow", open},
      {"brackets that close", "POST", "/api/metadata/taskdefs", open + shut},
      {"in the input", "POST", "/api/workflow",
       R"({"name":"good","input":{"a":)" + open + shut + "}}"},
      {"in the input by name", "POST", "/api/workflow/good",
       R"({"a":)" + open + shut + "}"},
      {"in a definition", "POST", "/api/metadata/workflow",
       one_task(R"("taskReferenceName":"t","inputParameters":{"a":)" + open
                + shut + "}")},
      {"in a result", "POST", "/api/tasks",
       R"({"workflowInstanceId":"x","taskId":"y","outputData":{"a":)" + open
           + shut + "}}"},
      {"maps", "POST", "/api/workflow", maps}};
  for (const auto& bad : all)
    is_refused(bad);
}

TEST_CASE("a body of 50 MB is refused before it is read") {
  const std::string head = "POST /api/workflow HTTP/1.1\r\nHost: localhost\r\n"
                           "Content-Type: application/json\r\n";
  constexpr size_t size = 50u << 20;
  SUBCASE("with its length") {
    raw_connection wire{world().port()};
    wire.send(head + "Content-Length: " + std::to_string(size) + "\r\n\r\n");
    const auto answer = wire.receive();
    CHECK(status_of(answer) == 413);
    is_error_body(body_of(answer), 413);
  }
  SUBCASE("in chunks") {
    raw_connection wire{world().port()};
    wire.send(head + "Transfer-Encoding: chunked\r\n\r\n");
    const std::string chunk
        = "100000\r\n" + std::string(1u << 20, ' ') + "\r\n";
    for (size_t sent = 0; sent < size; sent += 1u << 20)
      if (!wire.send(chunk))
        break;
    const auto answer = wire.receive();
    // Answered, or closed on a sender that would not stop.
    CHECK((status_of(answer) == 413 || wire.closed()));
    if (status_of(answer) == 413)
      is_error_body(body_of(answer), 413);
  }
  SUBCASE("by a client that sends it all") {
    const auto reply = world().client().send(
        "POST", "/api/workflow",
        R"({"name":"good","input":{"a":")" + std::string(size, 'x') + "\"}}");
    CHECK((reply.status == 413 || !reply.answered()));
  }
  world().nothing_changed_and_works();
}

TEST_CASE("half a request and then silence ends the connection in time") {
  const std::vector<std::string> halves{
      "POST /api/workflow HTT",
      "POST /api/workflow HTTP/1.1\r\nHost: localhost\r\nContent-Le",
      "POST /api/workflow HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
      "100\r\n\r\n"
      "{\"name\":\"go",
      "POST /api/workflow HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
      "chunked\r\n"
      "\r\n10\r\n{\"na"};
  for (const auto& half : halves) {
    CAPTURE(half);
    raw_connection wire{world().port()};
    CHECK(wire.send(half));
    // The others are served while this one waits.
    world().nothing_changed_and_works();
    const auto answer = wire.receive(request_timeout * 10);
    CHECK((status_of(answer) == 408 || wire.closed()));
    if (status_of(answer) != 0)
      is_error_body(body_of(answer), 408);
  }
  world().nothing_changed_and_works();
}

TEST_CASE("bytes that are no HTTP are refused or cut off") {
  const std::vector<std::string> texts{
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
      "GET\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "GET /api/workflow/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
      "-5\r\n\r\n",
      "POST /api/workflow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
      "Content-Length: 6\r\n\r\n{}{}{}",
      "GET /api/workflow/x HTTP/1.1\r\nHost: localhost\r\nX: "
          + std::string(100'000, 'h') + "\r\n\r\n",
      "GET /" + std::string(100'000, 'p')
          + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "POST /api/workflow HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
      "chunked\r\n"
      "\r\nzz\r\n"};
  for (const auto& text : texts) {
    CAPTURE(text.substr(0, 60));
    raw_connection wire{world().port()};
    wire.send(text);
    const auto answer = wire.receive(request_timeout * 10);
    const int status = status_of(answer);
    CHECK(((status >= 400 && status < 600) || wire.closed()));
    if (status != 0)
      is_error_body(body_of(answer), status);
  }
  world().nothing_changed_and_works();
}

TEST_CASE("after all that a workflow still starts and completes") {
  auto& client = world().client();
  const auto id = world().start();
  const auto polled = client.send(
      "GET", "/api/tasks/poll/batch/good_task?count=10&timeout=1000");
  const auto tasks = json::parse(polled.body);
  REQUIRE(tasks.size() == 2);
  for (const auto& task : tasks) {
    const json result{{"workflowInstanceId", task.at("workflowInstanceId")},
                      {"taskId", task.at("taskId")},
                      {"status", "COMPLETED"}};
    CHECK(client.send("POST", "/api/tasks", result.dump()).status == 200);
  }
  const auto end = json::parse(client.send("GET", "/api/workflow/" + id).body);
  CHECK(end.at("status") == "COMPLETED");
}

} // namespace tutti::test
