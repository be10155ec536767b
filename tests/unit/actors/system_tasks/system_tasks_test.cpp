#include "actors/system_tasks/system_tasks_actor.hpp"
#include "storage/read_or_throw.hpp"
#include "tests/support/http_target.hpp"
#include "tests/unit/actors/node/live_node.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

using namespace tutti;
using namespace tutti::test;

namespace system_tasks_actor_tests {

struct idle_worker final : system_task_worker {
  std::string_view type() const override { return "HTTP"; }
  void perform(system_task, told) override {}
  void stop() override {}
};

TEST_CASE("a worker serves the queues of its type, as the settings say") {
  system_tasks_context all;
  all.workers = {std::make_shared<idle_worker>()};
  for (auto* queue : {"HTTP", "HTTP@n", "HTTP-g", "HTTP@n-g", "HTTP@n-g-h"})
    CHECK(worker_for(all, queue));
  for (auto* queue : {"HTTPS", "d:HTTP", "t", "", "HTT", "KAFKA_PUBLISH"})
    CHECK_FALSE(worker_for(all, queue));

  auto some = all;
  some.settings.isolated = false;
  CHECK(worker_for(some, "HTTP@n"));
  CHECK_FALSE(worker_for(some, "HTTP@n-g"));
  CHECK_FALSE(worker_for(some, "HTTP-g"));

  auto space = all;
  space.settings.execution_name_space = "n";
  CHECK(worker_for(space, "HTTP@n"));
  CHECK(worker_for(space, "HTTP@n-g"));
  CHECK_FALSE(worker_for(space, "HTTP"));
  CHECK_FALSE(worker_for(space, "HTTP@m"));
}

std::string call_of(const std::string& url, const std::string& more = "") {
  return R"({"name":"h","taskReferenceName":"h","type":"HTTP",
      "inputParameters":{"uri":")"
         + url + R"(","method":"GET"})" + more + "}";
}

struct http_node : live_node {
  http_node() {
    end();
    options.http.networks = *network_policy::parse("127.0.0.1");
    options.system_tasks.concurrency = 4;
    begin();
  }
  void define_call(const std::string& task) {
    define(R"({"name":"w","version":1,"tasks":[)" + task + "]}");
  }
  /// Looks again until it holds, for at most twenty seconds.
  template <class Holds>
  bool in_time(Holds holds) {
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline)
        return false;
      std::this_thread::yield();
    }
    return true;
  }
};

TEST_CASE("a node works on its HTTP tasks, so many at a time") {
  std::mutex mutex;
  std::condition_variable changed;
  size_t inside = 0, most = 0;
  bool open = false;
  http_target target([&](auto&, auto& write) {
    std::unique_lock lock(mutex);
    most = std::max(most, ++inside);
    changed.wait(lock, [&] { return open; });
    --inside;
    lock.unlock();
    write(http_text(200, "{}"));
  });
  http_node node;
  node.define_call(call_of(target.url()));
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i)
    ids.push_back(node.start("w"));
  CHECK(node.in_time([&] { return target.requests() == 4; }));
  {
    std::lock_guard guard(mutex);
    open = true;
    changed.notify_all();
  }
  for (auto& id : ids)
    CHECK(node.in_time([&] { return node.status(id) == "COMPLETED"; }));
  CHECK(most == 4);
  CHECK(target.requests() == 20);
  // The node's own polls are no workers'.
  CHECK(node.json(read_poll_data{}) == nlohmann::json::array());
}

TEST_CASE("what waited when a node stopped is worked on by the next one") {
  http_target target([&](auto&, auto& write) { write(http_text(200, "{}")); });
  http_node node;
  node.define_call(call_of(target.url(), R"(,"startDelay":3600)"));
  auto id = node.start("w");
  CHECK(node.status(id) == "RUNNING");
  node.end();
  node.begin();
  advance_clock forward;
  forward.by_ms = 3'600'000;
  node.get(std::move(forward));
  CHECK(node.in_time([&] { return node.status(id) == "COMPLETED"; }));
}

TEST_CASE("what a node was at when it ended is begun again at once") {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  http_target target([&](auto&, auto& write) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open; });
    lock.unlock();
    write(http_text(200, "{}"));
  });
  http_node node;
  node.define_call(call_of(target.url()));
  auto id = node.start("w");
  auto leases = [&] {
    size_t n = 0;
    for (uint32_t shard = 0; shard < node.store->shards(); ++shard)
      storage::read_or_throw(node.store->scan(
          shard, "w", "x", [&](auto, auto) { return ++n > 0; }));
    return n;
  };
  // It is under way, and that is written.
  CHECK(node.in_time([&] { return target.requests() == 1; }));
  CHECK(node.in_time([&] { return leases() == 1; }));
  auto first = node.execution(id)["tasks"][0];
  CHECK(first["status"] == "IN_PROGRESS");
  node.end();
  node.begin();
  // No clock is moved: the lease is not waited for.
  CHECK(node.in_time([&] { return target.requests() == 2; }));
  {
    std::lock_guard guard(mutex);
    open = true;
    changed.notify_all();
  }
  CHECK(node.in_time([&] { return node.status(id) == "COMPLETED"; }));
  auto tasks = node.execution(id)["tasks"];
  REQUIRE(tasks.size() == 1);
  CHECK(tasks[0]["retryCount"] == 0);
  CHECK(tasks[0]["workerId"] != first["workerId"]);
  CHECK(leases() == 0);
}

TEST_CASE("messages that nobody acknowledges are dropped when they are old") {
  http_node node;
  node.end();
  node.options.event_messages_max = 3;
  node.options.event_age_max = std::chrono::hours(1);
  node.begin();
  node.define(R"({"name":"w","version":1,"tasks":[{"name":"e",
      "taskReferenceName":"e","type":"EVENT","sink":"conductor:q"}]})");
  auto shown = [&] {
    peek_event_queue peek{"w:q"};
    std::vector<std::string> out;
    for (auto& x : node.json(peek))
      out.push_back(x["id"].get<std::string>());
    return out;
  };
  auto publish = [&] {
    auto run = node.execution(node.start("w"));
    REQUIRE(run["status"] == "COMPLETED");
    return run["tasks"][0]["taskId"].get<std::string>();
  };
  auto forward = [&](int64_t ms) { node.get(advance_clock{ms}); };
  publish();
  publish();
  forward(1'800'000);
  auto young = publish();
  CHECK(node.status(node.start("w")) == "FAILED"); // it is full
  forward(1'799'000);
  CHECK(shown().size() == 3);
  forward(2'000);
  CHECK(node.in_time([&] { return shown().size() == 1; }));
  CHECK(shown() == std::vector<std::string>{young});
  // There is room again.
  publish();
  publish();
  CHECK(node.status(node.start("w")) == "FAILED");
}

TEST_CASE("messages of an event queue are counted, shown and acknowledged") {
  http_node node;
  node.end();
  node.options.event_messages_max = 2;
  node.begin();
  node.define(R"({"name":"w","version":1,"tasks":[{"name":"e",
      "taskReferenceName":"e","type":"EVENT","sink":"conductor:q"}]})");
  std::vector<std::string> tasks;
  for (int i = 0; i < 2; ++i) {
    auto run = node.execution(node.start("w"));
    CHECK(run["status"] == "COMPLETED");
    tasks.push_back(run["tasks"][0]["taskId"].get<std::string>());
  }
  auto full = node.execution(node.start("w"));
  CHECK(full["status"] == "FAILED");
  CHECK(full["tasks"][0]["reasonForIncompletion"].get<std::string>().find(
            "event queue 'conductor:w:q' is full")
        == 0);

  auto size = [&] { return node.json(list_queues{})["w:q"]; };
  CHECK(size() == 2);
  peek_event_queue peek{"w:q"};
  auto shown = node.json(peek);
  REQUIRE(shown.size() == 2);
  CHECK(shown[0]["payload"]["event_produced"] == "conductor:w:q");
  peek.count = 1;
  CHECK(node.json(peek).size() == 1);

  acknowledge_event ack{"w:q", tasks[0]};
  CHECK(node.get(ack).found);
  CHECK_FALSE(node.get(ack).found);
  CHECK(size() == 1);
  CHECK(node.status(node.start("w")) == "COMPLETED");
  // And the same after a restart: the store is what counts.
  node.end();
  node.begin();
  CHECK(size() == 2);
  CHECK(node.status(node.start("w")) == "FAILED");
}

} // namespace system_tasks_actor_tests
