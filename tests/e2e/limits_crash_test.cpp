// limits_crash_test [--kills N] [--workflows N] [--seed N]
//
// Kills the node with SIGKILL at random moments while workers take tasks that
// are limited: no more of them than concurrentExecLimit allows are ever in the
// workers' hands, none of a rate limit's windows grants too many, and
// everything ends. A task is in a worker's hands from the answer to its poll
// until the worker sends its result for the first time.

#include "tests/e2e/killed_node.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/waiting.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace tutti::test {

namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

constexpr int concurrent_limit = 4;
constexpr int grants_per_second = 40;
/// Between a grant and the start time that the task shows.
constexpr int64_t slack_ms = 300;
constexpr auto drain_bound = 90s;

struct plan {
  int kills = 4;
  int workflows = 250;
  unsigned seed = 1;
};

class limits_run {
 public:
  explicit limits_run(const plan& what) : plan_(what), node_("limits") {}

  bool run();

 private:
  void define();
  void start_all();
  void work(int number);
  void finish(http_client& client, const json& task, int worker);
  /// A worker's own work, cut short when the test ends.
  void pretend_work(std::chrono::milliseconds time);
  bool drained();
  void check_windows();

  plan plan_;
  killed_node node_;
  std::atomic<bool> working_{true};
  std::atomic<int> held_{0}, held_max_{0};
  std::atomic<size_t> done_{0};
  std::mutex mutex_;
  std::condition_variable over_;
  std::vector<int64_t> granted_; ///< start times of rate limited tasks
};

void limits_run::define() {
  auto task = [](const char* name) {
    return json{{"name", name},        {"ownerEmail", "limits@example.org"},
                {"retryCount", 1000},  {"retryDelaySeconds", 0},
                {"timeoutSeconds", 0}, {"responseTimeoutSeconds", 4}};
  };
  auto few = task("limited_few"), often = task("limited_often");
  few["concurrentExecLimit"] = concurrent_limit;
  often["rateLimitPerFrequency"] = grants_per_second;
  often["rateLimitFrequencyInSeconds"] = 1;
  auto step = [](const char* name) {
    return json{
        {"name", name}, {"taskReferenceName", name}, {"type", "SIMPLE"}};
  };
  const json workflow{{"name", "limited"},
                      {"version", 1},
                      {"ownerEmail", "limits@example.org"},
                      {"tasks", {step("limited_few"), step("limited_often")}}};
  node_.define(json::array({few, often}), workflow);
}

void limits_run::start_all() {
  http_client client{node_.base_url()};
  const json body{{"name", "limited"}, {"input", json::object()}};
  for (int i = 0; i < plan_.workflows; ++i)
    if (!client.send("POST", "/api/workflow", body.dump()).ok())
      throw std::runtime_error("a workflow could not be started");
}

void limits_run::finish(http_client& client, const json& task, int worker) {
  const json body{{"workflowInstanceId", task.at("workflowInstanceId")},
                  {"taskId", task.at("taskId")},
                  {"status", "COMPLETED"},
                  {"workerId", std::to_string(worker)}};
  const auto text = body.dump();
  while (working_) {
    if (client.send("POST", "/api/tasks", text).ok()) {
      ++done_;
      return;
    }
    node_.wait_until_up();
  }
}

void limits_run::work(int number) {
  http_client client{node_.base_url(), 10s};
  std::mt19937 random{plan_.seed + unsigned(number)};
  const bool few = number % 2 == 0;
  const auto path = std::string("/api/tasks/poll/batch/limited_")
                    + (few ? "few" : "often")
                    + "?count=3&timeout=100&workerid=" + std::to_string(number);
  while (working_) {
    const auto reply = client.send("GET", path);
    const auto tasks = json::parse(reply.body, nullptr, false);
    if (!reply.ok() || !tasks.is_array()) {
      node_.wait_until_up();
      continue;
    }
    if (few) {
      auto now = held_ += int(tasks.size());
      if (now > concurrent_limit)
        node_.wrong(std::to_string(now) + " tasks are in the workers' hands");
      auto most = held_max_.load();
      while (now > most && !held_max_.compare_exchange_weak(most, now)) {
      }
    } else {
      std::lock_guard guard{mutex_};
      for (const auto& task : tasks)
        granted_.push_back(task.at("startTime").get<int64_t>());
    }
    for (const auto& task : tasks) {
      pretend_work(std::chrono::milliseconds(random() % 15));
      if (few)
        --held_;
      finish(client, task, number);
    }
  }
}

void limits_run::pretend_work(std::chrono::milliseconds time) {
  std::unique_lock lock{mutex_};
  over_.wait_for(lock, time, [this] { return !working_; });
}

bool limits_run::drained() {
  http_client client{node_.base_url()};
  std::string body;
  json running;
  auto none = [&] {
    auto reply = client.send("GET", "/api/workflow/running/limited");
    body = std::move(reply.body);
    running = json::parse(body, nullptr, false);
    return reply.ok() && running.is_array() && running.empty();
  };
  if (in_time(none, drain_bound))
    return true;
  node_.wrong("not all has ended: " + body.substr(0, 200));
  if (running.is_array() && !running.empty()) {
    auto id = running.at(0).get<std::string>();
    node_.wrong(client.send("GET", "/api/workflow/" + id + "/explain").body);
  }
  node_.wrong(client.send("GET", "/api/tutti/queues").body);
  return false;
}

void limits_run::check_windows() {
  std::lock_guard guard{mutex_};
  std::sort(granted_.begin(), granted_.end());
  for (size_t i = 0; i + grants_per_second < granted_.size(); ++i)
    if (auto span = granted_[i + grants_per_second] - granted_[i];
        span < 1000 - slack_ms)
      node_.wrong(std::to_string(grants_per_second + 1) + " grants within "
                  + std::to_string(span) + " ms");
}

bool limits_run::run() {
  node_.process().start();
  define();
  start_all();
  std::vector<std::thread> workers;
  for (int i = 0; i < 12; ++i)
    workers.emplace_back([this, i] { work(i); });
  std::mt19937 random{plan_.seed};
  for (int i = 0; i < plan_.kills; ++i) {
    // Somewhere in the i-th part of the work.
    auto part = size_t(2 * plan_.workflows) / size_t(plan_.kills + 1);
    auto aim = size_t(i) * part + random() % std::max<size_t>(1, part);
    if (!in_time([&] { return done_ >= aim; }))
      node_.wrong("no results come any more before kill " + std::to_string(i));
    node_.kill_and_start();
  }
  drained();
  http_client client{node_.base_url()};
  for (const auto& queue :
       json::parse(client.send("GET", "/api/tutti/queues").body))
    for (const auto& limit : queue.at("limits"))
      if (limit.at("inProgress") != 0)
        node_.wrong("a slot is left over: " + limit.dump());
  working_ = false;
  over_.notify_all();
  for (auto& x : workers)
    x.join();
  check_windows();
  std::printf(
      "limits crash test: %d kills, seed %u: %zu results, at most %d of "
      "%d at a time, %zu wrong\n",
      plan_.kills, plan_.seed, done_.load(), held_max_.load(), concurrent_limit,
      node_.wrongs());
  return node_.verdict();
}

} // namespace

} // namespace tutti::test

int main(int argc, char** argv) {
  tutti::test::plan plan;
  return tutti::test::crash_main(
      argc, argv,
      {{"--kills", [&](int x) { plan.kills = x; }},
       {"--workflows", [&](int x) { plan.workflows = x; }},
       {"--seed", [&](int x) { plan.seed = unsigned(x); }}},
      [&] { return tutti::test::limits_run{plan}.run(); });
}
