#include "tests/e2e/raw_connection.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/waiting.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <regex>
#include <set>
#include <sstream>

// What a real node shows of itself: its metrics and its log.

using namespace tutti::test;
using nlohmann::json;

namespace {

constexpr auto workflow = R"({"name":"seen","version":1,"tasks":[{"name":"work",
  "taskReferenceName":"r","type":"SIMPLE"}]})";

/// The answer to GET /metrics: values by series, as a scraper reads it.
struct scraped {
  std::map<std::string, double> series;
  std::map<std::string, std::string> types; ///< by family
  std::vector<std::string> bad_lines;

  explicit scraped(const std::string& text) {
    static const std::regex sample(
        R"(([a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_]+="([^"\\]|\\.)*",?)*\})?) )"
        R"(([-+.eE0-9]+|\+?Inf|-Inf|Na[nN]))");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string mark, kind, family, type;
      words >> mark >> kind >> family >> type;
      if (mark == "#" && kind == "TYPE") {
        if (!types.emplace(family, type).second)
          bad_lines.push_back(line);
        continue;
      }
      std::smatch parts;
      if (line.empty() || mark == "#")
        continue;
      if (!std::regex_match(line, parts, sample)
          || !series
                  .emplace(parts[1],
                           std::strtod(parts[5].str().c_str(), nullptr))
                  .second)
        bad_lines.push_back(line);
    }
  }
  /// -1: there is no such series.
  double operator[](const std::string& name) const {
    auto found = series.find(name);
    return found == series.end() ? -1 : found->second;
  }
};

struct seen_node {
  explicit seen_node(std::vector<std::string> arguments = {})
      : node((folder.path() / "data").string(), std::move(arguments)) {
    node.start();
  }
  http_reply send(const std::string& method, const std::string& path,
                  const std::string& body = {}) {
    http_client client(node.base_url());
    auto got = client.send(method, path, body);
    REQUIRE_MESSAGE(got.ok(), method, " ", path, ": ", got.status, " ",
                    got.body);
    return got;
  }
  scraped metrics() { return scraped(send("GET", "/metrics").body); }
  /// Polls one task of an execution and completes it.
  void work() {
    auto task
        = json::parse(send("GET", "/api/tasks/poll/work?workerid=me").body);
    send("POST", "/api/tasks",
         json{{"workflowInstanceId", task["workflowInstanceId"]},
              {"taskId", task["taskId"]},
              {"status", "COMPLETED"}}
             .dump());
  }

  scratch_directory folder{"seen"};
  node_process node;
};

} // namespace

TEST_CASE("a scraper finds Conductor's metrics and Tutti's after a small "
          "workflow") {
  seen_node it;
  it.send("POST", "/api/metadata/workflow", workflow);
  for (int i = 0; i < 3; ++i)
    it.send("POST", "/api/workflow/seen", "{}");
  it.work();
  http_client client(it.node.base_url());
  CHECK(client.send("POST", "/api/workflow/nosuch", "{}").status == 404);
  // What queues and the index show may come a moment after the answer.
  auto settled = [&] {
    auto x = it.metrics();
    return x["tutti_queue_depth{queue=\"work\"}"] == 2
           && x["tutti_queue_handed_out{queue=\"work\"}"] == 0
           && x["tutti_index_lag"] == 0;
  };
  CHECK(in_time(settled));
  auto x = it.metrics();
  for (auto& line : x.bad_lines)
    FAIL_CHECK(line);
  std::pair<const char*, double> expected[] = {
      {R"(workflow_start_success_total{ownerApp="unknown",version="1",workflowName="seen"})",
       3},
      {R"(workflow_start_error_total{ownerApp="unknown",workflowName="nosuch"})",
       1},
      {R"(workflow_execution_seconds_count{ownerApp="unknown",workflowName="seen"})",
       1},
      {R"(tasks_in_workflow_count{version="1",workflowName="seen"})", 3},
      {R"(task_poll_total{taskType="work"})", 1},
      {R"(task_poll_count_total{domain="NO_DOMAIN",taskType="work"})", 1},
      {R"(task_queue_wait_seconds_count{taskType="work"})", 1},
      {R"(task_execution_seconds_count{includeRetries="false",status="COMPLETED",taskType="work"})",
       1},
      {R"(task_execution_seconds_count{includeRetries="true",status="COMPLETED",taskType="work"})",
       1},
      {R"(task_queue_depth{ownerApp="unknown",taskType="work"})", 2},
      {R"(tutti_queue_offered_total{queue="work"})", 3},
      {R"(tutti_queue_popped_total{queue="work"})", 1},
      {R"(tutti_queue_polls{queue="work"})", 0},
      {R"(tutti_http_responses_total{method="POST",route="/api/workflow/{name}",status="2xx"})",
       3},
      {R"(tutti_http_responses_total{method="POST",route="/api/workflow/{name}",status="4xx"})",
       1},
      {R"(tutti_http_response_seconds_count{method="POST",route="/api/workflow/{name}"})",
       4},
      {R"(tutti_http_responses_total{method="GET",route="/api/tasks/poll/{tasktype}",status="2xx"})",
       1},
  };
  for (auto& [name, value] : expected) {
    CAPTURE(std::string(name));
    CHECK(x[name] == value);
  }
  CHECK(x.types["workflow_execution_seconds"] == "summary");
  CHECK(x.types["tutti_http_response_seconds"] == "histogram");
  CHECK(x.types["task_queue_depth"] == "gauge");
  CHECK(x.types["task_poll_total"] == "counter");
  CHECK(x[R"(tutti_queue_oldest_age_seconds{queue="work"})"] > 0);
  CHECK(x["workflow_decision_seconds_count"] >= 5);
  // Each commit counts once in both.
  CHECK(x["tutti_commit_seconds_count"] >= 5);
  CHECK(x["tutti_commit_seconds_sum"] > 0);
  CHECK(x["tutti_commit_batch_size_sum"] >= 5);
  CHECK(x["tutti_store_disk_bytes"] > 0);
  for (auto* actor : {"gateway", "scheduler", "queues", "queue", "timer"})
    CHECK(x["tutti_mailbox_depth_count{actor=\"" + std::string(actor) + "\"}"]
          > 0);
  CHECK(x["tutti_index_lag_seconds"] == 0);
}

TEST_CASE("a node that was killed shows again what waits, although nobody "
          "polls, and lists who polled") {
  seen_node it({"--set", "queues.poll_data_write_ms=100"});
  it.send("POST", "/api/metadata/workflow", workflow);
  it.send("GET", "/api/tasks/poll/elsewhere?workerid=me");
  it.send("POST", "/api/workflow/seen", "{}");
  REQUIRE(it.node.stop() == 0);
  it.node.start();
  CHECK(in_time(
      [&] { return it.metrics()["tutti_queue_depth{queue=\"work\"}"] == 1; }));
  std::set<std::string> names;
  for (auto& queue : json::parse(it.send("GET", "/api/tutti/queues").body))
    names.insert(queue["queue"].get<std::string>());
  CHECK(names == std::set<std::string>{"elsewhere", "work"});
}

namespace {

/// The lines of a node's log that are JSON, in order; all but the one that says
/// where it listens must be.
std::vector<json> log_of(const node_process& node) {
  std::vector<json> out;
  std::istringstream lines(node.log_end(10 << 20));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("tuttid ready on "))
      continue;
    auto x = json::parse(line, nullptr, false);
    CAPTURE(line);
    REQUIRE(x.is_object());
    for (auto* field : {"time", "level", "area", "message"})
      CHECK(x.contains(field));
    out.push_back(std::move(x));
  }
  return out;
}

std::vector<json> about(const std::vector<json>& all, std::string_view field,
                        std::string_view value) {
  std::vector<json> out;
  for (auto& x : all)
    if (x.value(field, "") == value)
      out.push_back(x);
  return out;
}

/// The first line from `from` on that begins so, or -1.
int place(const std::vector<json>& in, std::string_view begin, int from = 0) {
  for (size_t i = size_t(std::max(from, 0)); i < in.size(); ++i)
    if (in[i]["message"].get<std::string>().starts_with(begin))
      return int(i);
  return -1;
}

std::string send_with_id(const node_process& node, const std::string& head,
                         const std::string& id, const std::string& body = {}) {
  raw_connection c(node.port());
  c.send(head + " HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: " + id
         + "\r\nContent-Type: application/json\r\nContent-Length: "
         + std::to_string(body.size()) + "\r\n\r\n" + body);
  auto got = c.receive();
  CAPTURE(got);
  CHECK(got.find("X-Request-Id: " + id + "\r\n") != got.npos);
  CHECK(status_of(got) == 200);
  return std::string(body_of(got));
}

} // namespace

TEST_CASE("at debug one id tells a request's whole way, in JSON lines") {
  seen_node it({"--set", "node.log_level=debug", "--set", "log.format=json"});
  it.send("POST", "/api/metadata/workflow", workflow);
  auto id = send_with_id(it.node, "POST /api/workflow/seen", "start-1", "{}");
  auto task = json::parse(send_with_id(
      it.node, "GET /api/tasks/poll/work?workerid=me", "poll-1"))["taskId"]
                  .get<std::string>();
  json update{
      {"workflowInstanceId", id}, {"taskId", task}, {"status", "COMPLETED"}};
  send_with_id(it.node, "POST /api/tasks", "update-1", update.dump());
  REQUIRE(it.node.stop() == 0);
  auto all = log_of(it.node);

  auto start = about(all, "request_id", "start-1");
  REQUIRE(start.size() >= 5);
  CHECK(start.front()["message"]
        == "received POST /api/workflow/seen for /api/workflow/{name}");
  CHECK(start.front()["area"] == "http");
  auto handed = place(start, "handed call_workflow to scheduler of shard ");
  auto decided = place(start, "decided start: ");
  auto committed = place(start, "committed in ");
  auto queued = place(start, "handed to queue 'work'");
  CHECK(handed > 0);
  CHECK(decided > handed);
  CHECK(committed > decided);
  CHECK(queued > committed);
  CHECK(start.back()["message"].get<std::string>().starts_with("answered 200"));
  for (auto i : {decided, committed, queued}) {
    REQUIRE(i >= 0);
    CHECK(start[size_t(i)]["workflow_id"] == id);
  }
  CHECK(start[size_t(queued)]["task_id"] == task);

  auto poll = about(all, "request_id", "poll-1");
  auto popped = place(poll, "popped from queue 'work' for worker 'me'");
  auto given = place(poll, "decided hand_out: ");
  REQUIRE(popped >= 0);
  CHECK(given > popped);
  CHECK(poll[size_t(popped)]["task_id"] == task);
  CHECK(poll[size_t(popped)]["workflow_id"] == id);

  auto end = about(all, "request_id", "update-1");
  auto ended = place(end, "decided update_task: ");
  REQUIRE(ended >= 0);
  CHECK(end[size_t(ended)]["task_id"] == task);
  CHECK(end[size_t(ended)]["message"].get<std::string>().ends_with(
      "the execution is COMPLETED"));
  CHECK(place(end, "committed in ", ended) > ended);
  CHECK(end.back()["message"].get<std::string>().starts_with("answered 200"));
}

TEST_CASE("at info nothing is said about requests, and text lines have key and "
          "value") {
  seen_node it;
  it.send("POST", "/api/metadata/workflow", workflow);
  send_with_id(it.node, "POST /api/workflow/seen", "start-1", "{}");
  REQUIRE(it.node.stop() == 0);
  auto log = it.node.log_end(10 << 20);
  CHECK(log.find("start-1") == log.npos);
  static const std::regex line(
      R"(time=\S+Z level=info area=node msg="stopping, within 10 s")");
  CHECK(std::regex_search(log, line));
}
