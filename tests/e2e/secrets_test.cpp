#include "tests/support/http_client.hpp"
#include "tests/support/http_target.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/waiting.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

// No secret stands in anything that a node answers, logs or stores about a task
// that failed.

using namespace tutti::test;
using nlohmann::json;

namespace {

constexpr auto canary = "c4n4ry-7f3e";
constexpr auto host = "c4n4ry-7f3e.invalid";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

bool tells(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return text.find("c4n4ry") != std::string::npos;
}

struct failing_task {
  const char* type;
  json input;
};

/// Each fails with a text that quotes its input.
std::vector<failing_task> failing_tasks(const http_target& target) {
  const std::string secret = "${workflow.secrets.CANARY}";
  auto http = [&](json more) {
    json input{{"uri", target.url("/echo")}, {"method", "GET"}};
    input.update(more);
    return failing_task{"HTTP", std::move(input)};
  };
  auto script = [](const char* type, const char* key, const char* source) {
    return failing_task{type,
                        {{"k", "${workflow.secrets.CANARY}"}, {key, source}}};
  };
  return {
      http({{"uri", target.url("/echo?key=") + secret}}),
      http({{"uri", "http://${workflow.secrets.HOST}/x"}}),
      http({{"uri", "${workflow.secrets.HOST}://x"}}),
      http({{"uri", "http://127.0.0.1:1/" + secret}}),
      http({{"uri", "http://" + secret + ":x@[/"}}),
      http({{"method", secret}}),
      http({{"headers", {{"Authorization", "Bearer " + secret}}}}),
      http({{"headers", {{"X-" + secret, "1"}, {"X\n", secret}}}}),
      http({{"method", "POST"}, {"body", {{"k", secret}}}}),
      http({{"accept", secret + "\n"}}),
      http({{"readTimeOut", secret}}),
      script("INLINE", "expression", "throw new Error('bad ' + $.k)"),
      script("INLINE", "expression", "throw $.k"),
      script("INLINE", "expression", "null[$.k]"),
      script("INLINE", "expression", "${workflow.secrets.CANARY} is wrong"),
      failing_task{"INLINE", {{"evaluatorType", secret}, {"expression", "1"}}},
      script("LAMBDA", "scriptExpression", "return $.k.x.y;"),
      script("LAMBDA", "scriptExpression", "throw [$.k];"),
      script("JSON_JQ_TRANSFORM", "queryExpression", ".k | tonumber"),
      script("JSON_JQ_TRANSFORM", "queryExpression", ".k | error"),
      script("JSON_JQ_TRANSFORM", "queryExpression", "{} + .k"),
      script("JSON_JQ_TRANSFORM", "queryExpression",
             "${workflow.secrets.CANARY} |"),
      {"KAFKA_PUBLISH",
       {{"kafka_request",
         {{"bootStrapServers", secret + ":1"},
          {"topic", secret},
          {"maxBlockMs", 200},
          {"requestTimeoutMs", 200},
          {"value", secret}}}}},
      {"EVENT", {{"sink", "nowhere:" + secret}}},
      {"WAIT", {{"duration", secret}}},
      {"TERMINATE",
       {{"terminationStatus", "FAILED"}, {"terminationReason", secret}}},
      {"START_WORKFLOW", {{"startWorkflow", {{"name", secret}}}}},
      {"SIMPLE", {{"k", secret}}},
  };
}

} // namespace

TEST_CASE("no secret of a failed task is told, logged or stored [B12]") {
  // Answers everything it was asked, as debugging servers do.
  http_target target([](auto& request, auto& write) {
    write(http_text(401, json{{"line", request.path},
                              {"method", request.method},
                              {"headers", request.headers},
                              {"body", request.body}}
                             .dump()));
  });
  scratch_directory scratch("secrets");
  auto data = scratch.path() / "data";
  node_process node(data,
                    {"--set", "outbound.allowed_networks=127.0.0.1", "--set",
                     "node.log_level=debug"},
                    {std::string("CONDUCTOR_SECRET_CANARY=") + canary,
                     std::string("CONDUCTOR_SECRET_HOST=") + host});
  node.start();
  http_client client(node.base_url());
  auto call = [&](const std::string& method, const std::string& path,
                  const json& body = nullptr) {
    auto got = client.send(method, "/api" + path,
                           body.is_null() ? std::string() : body.dump());
    REQUIRE_MESSAGE(got.ok(), method, " ", path, ": ", got.status, " ",
                    got.body, got.trouble);
    return got.body;
  };
  auto tasks = failing_tasks(target);
  for (size_t i = 0; i < tasks.size(); ++i) {
    auto name = "w" + std::to_string(i);
    auto& [type, input] = tasks[i];
    CAPTURE(std::string(type));
    CAPTURE(input.dump());
    json task{{"name", "x"},
              {"taskReferenceName", "x"},
              {"type", type},
              {"retryCount", 0},
              {"inputParameters", input}};
    if (input.contains("sink"))
      task["sink"] = input["sink"];
    call("PUT", "/metadata/workflow",
         {{{"name", name},
           {"version", 1},
           {"ownerEmail", "a@b.c"},
           {"tasks", {task}}}});
    auto id = call("POST", "/workflow/" + name, json::object());
    if (std::string_view(type) == "SIMPLE") {
      auto polled = json::parse(call("GET", "/tasks/poll/x?workerid=me"));
      CHECK(polled["inputData"]["k"] == canary);
      call("POST", "/tasks",
           {{"workflowInstanceId", id},
            {"taskId", polled["taskId"]},
            {"status", "FAILED"},
            {"reasonForIncompletion", std::string("no ") + canary},
            {"logs", {{{"log", std::string("saw ") + canary}}}},
            {"outputData", {{canary, canary}}}});
      CHECK_FALSE(tells(call(
          "GET", "/tasks/" + polled["taskId"].get<std::string>() + "/log")));
    }
    std::string shown;
    REQUIRE(in_time([&] {
      shown = call("GET", "/workflow/" + id);
      return json::parse(shown)["status"] != "RUNNING";
    }));
    CHECK(json::parse(shown)["status"] == "FAILED");
    CHECK_MESSAGE(!tells(shown), shown);
    CHECK_FALSE(tells(call("GET", "/workflow/" + id + "/history")));
  }
  CHECK_MESSAGE(!tells(node.log_end(1 << 24)), node.log_end());
  CHECK(node.stop() == 0);
  size_t files = 0;
  for (auto& entry : std::filesystem::recursive_directory_iterator(data))
    if (entry.is_regular_file()) {
      ++files;
      CHECK_MESSAGE(!tells(read_file(entry.path())), entry.path());
    }
  CHECK(files > 3);
}
