#include "tests/support/http_client.hpp"
#include "tests/support/http_target.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/waiting.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <thread>

using namespace tutti::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

json call(http_client& client, const std::string& method,
          const std::string& path, const json& body = nullptr) {
  auto got = client.send(method, "/api" + path,
                         body.is_null() ? std::string() : body.dump());
  REQUIRE_MESSAGE(got.ok(), method, " ", path, ": ", got.status, " ", got.body,
                  got.trouble);
  auto value = json::parse(got.body, nullptr, false);
  return value.is_discarded() ? json(got.body) : value;
}

/// A server that answers nobody until it is told to.
class gated_target {
 public:
  gated_target()
      : target_([this](auto&, auto& write) {
          std::unique_lock lock(mutex_);
          opened_.wait(lock, [&] { return open_; });
          lock.unlock();
          write(http_text(200, R"({"ok":true})"));
        }) {}
  ~gated_target() { open(); }

  void open() {
    std::lock_guard guard(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  http_target& target() { return target_; }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
  http_target target_;
};

const std::vector<std::string> arguments{"--test-clock",
                                         "--set",
                                         "outbound.allowed_networks=127.0.0.1",
                                         "--set",
                                         "system_tasks.concurrency=20",
                                         "--set",
                                         "executions.deferred_commit_ms=10"};

/// "calls": one HTTP task that calls the target.
void define_calls(http_client& client, const http_target& target) {
  call(client, "POST", "/metadata/workflow",
       {{"name", "calls"},
        {"version", 1},
        {"tasks",
         {{{"name", "call"},
           {"taskReferenceName", "call"},
           {"type", "HTTP"},
           {"inputParameters",
            {{"uri", target.url("/x")},
             {"method", "GET"},
             {"readTimeOut", 20'000}}}}}}});
}

} // namespace

TEST_CASE("a node that is killed during HTTP calls leaves no task behind") {
  constexpr size_t count = 40;
  scratch_directory scratch("system_tasks");
  gated_target gate;
  node_process node(scratch.path() / "data", arguments);
  node.start();
  http_client client(node.base_url());
  define_calls(client, gate.target());
  std::vector<std::string> ids;
  for (size_t i = 0; i < count; ++i)
    ids.push_back(call(client, "POST", "/workflow/calls", json::object())
                      .get<std::string>());

  // As many calls are under way as there may be, and their marks are written.
  auto started = [&] {
    size_t n = 0;
    for (auto& id : ids)
      n += call(client, "GET", "/workflow/" + id)["tasks"][0]["status"]
           == "IN_PROGRESS";
    return n;
  };
  REQUIRE(in_time([&] { return gate.target().requests() == 20; }));
  REQUIRE(in_time([&] { return started() == 20; }));
  // Durable: the store has said so to the queue they were in.
  auto on_their_way = [&] {
    return call(client, "GET", "/tutti/queues?taskType=HTTP")[0]["handedOut"];
  };
  REQUIRE(in_time([&] { return on_their_way() == 0; }));
  CHECK(call(client, "GET", "/tasks/queue/sizes?taskType=HTTP")["HTTP"] == 20);
  node.kill();
  gate.open();
  node.start();

  // The node knows that nobody works on them any more: no lease is waited for,
  // the clock stands still.
  auto completed = [&] {
    size_t n = 0;
    for (auto& id : ids)
      n += call(client, "GET", "/workflow/" + id)["status"] == "COMPLETED";
    return n;
  };
  CHECK(in_time([&] { return completed() == count; }));
  // At least once: those that were under way were asked for again.
  CHECK(gate.target().requests() == count + 20);
  for (auto& id : ids) {
    auto tasks = call(client, "GET", "/workflow/" + id)["tasks"];
    CHECK(tasks.size() == 1);
    CHECK(tasks[0]["retryCount"] == 0);
    CHECK(tasks[0]["outputData"]["response"]["body"]["ok"] == true);
  }
  CHECK(node.stop() == 0);
}

TEST_CASE("a node that is stopped lets HTTP calls end that end soon") {
  scratch_directory scratch("system_tasks_stop");
  gated_target gate;
  node_process node(scratch.path() / "data", arguments);
  node.start();
  http_client client(node.base_url());
  define_calls(client, gate.target());
  auto id = call(client, "POST", "/workflow/calls", json::object())
                .get<std::string>();
  REQUIRE(in_time([&] { return gate.target().requests() == 1; }));
  std::thread opener([&] {
    // A node that stops takes no connections any more.
    CHECK(in_time([&] {
      return !http_client(node.base_url()).send("GET", "/health").ok();
    }));
    gate.open();
  });
  CHECK(node.stop() == 0);
  opener.join();
  node.start();
  CHECK(call(client, "GET", "/workflow/" + id)["status"] == "COMPLETED");
  CHECK(gate.target().requests() == 1);
  CHECK(node.stop() == 0);
}
