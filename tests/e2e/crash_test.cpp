// crash_test [--kills N] [--starters N] [--workers N] [--seed N]
//
// Kills the node with SIGKILL at random moments under load and holds it to
// what it has acknowledged: no start and no result is lost, nothing is stuck,
// no step is handed out again after its result was acknowledged. A kill comes
// after a random number of further results, the next one after a random number
// of further starts, in the midst of them; what must hold is not random.

#include "tests/e2e/killed_node.hpp"
#include "tests/e2e/ledger.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/waiting.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <thread>

namespace tutti::test {

namespace {

using json = nlohmann::json;
using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr const char* workflow_name = "crash_three_steps";
constexpr int response_timeout_s = 6;
/// A result that arrives later than this after its poll may find its attempt
/// timed out, which is no loss.
constexpr auto surely_in_time = 4s;
// Starts come in bursts, so that a kill finds many of them under way.
constexpr size_t in_flight_max = 2000;
constexpr size_t in_flight_low = 1000;
/// Between two kills.
constexpr size_t results_max = 3000, starts_max = 900;
constexpr auto drain_bound = 60s;

struct plan {
  int kills = 5;
  int starters = 64;
  int workers = 12;
  unsigned seed = 1;
};

struct figures {
  std::atomic<size_t> starts_unanswered{0};
  std::atomic<size_t> refused{0};
  std::atomic<size_t> results_late{0};
  std::atomic<size_t> results_repeated{0};
  std::atomic<size_t> completed{0};
};

class crash_run {
 public:
  explicit crash_run(const plan& what) : plan_(what), node_("crash") {}

  bool run();

 private:
  void define();
  void start_workflows(int number);
  void work(int number);
  /// A task that a worker holds, and since when at the earliest.
  struct held_task {
    json task;
    uint64_t polled;
    steady::time_point polled_at;
  };
  /// The task that came with the answer, when the worker asks for one.
  std::optional<held_task> finish_task(http_client& client,
                                       const held_task& held, int worker);
  bool drained();
  void check_workflow(http_client& client, const std::string& id);
  void check_promises();
  /// Returns when so many more were acknowledged; false when they stay away.
  bool more_results(size_t count);
  bool more_starts(size_t count);
  size_t in_flight() const {
    const auto started = facts_.starts();
    const auto ended = numbers_.completed.load();
    return started > ended ? started - ended : 0;
  }

  plan plan_;
  killed_node node_;
  ledger facts_;
  figures numbers_;
  std::atomic<bool> starting_{true};
  std::atomic<bool> working_{true};
};

bool crash_run::more_results(size_t count) {
  const auto aim = facts_.results() + count;
  return in_time([&] { return facts_.results() >= aim; });
}

bool crash_run::more_starts(size_t count) {
  const auto aim = facts_.starts() + count;
  return in_time([&] { return facts_.starts() >= aim; });
}

void crash_run::define() {
  json tasks = json::array();
  json steps = json::array();
  for (const char* name : {"crash_s1", "crash_s2", "crash_s3"}) {
    tasks.push_back({{"name", name},
                     {"ownerEmail", "crash@example.org"},
                     {"retryCount", 1000},
                     {"retryDelaySeconds", 0},
                     {"timeoutSeconds", 0},
                     {"responseTimeoutSeconds", response_timeout_s}});
    steps.push_back({{"name", name},
                     {"taskReferenceName", name},
                     {"type", "SIMPLE"},
                     {"inputParameters", {{"n", "${workflow.input.n}"}}}});
  }
  node_.define(tasks, {{"name", workflow_name},
                       {"version", 1},
                       {"schemaVersion", 2},
                       {"ownerEmail", "crash@example.org"},
                       {"tasks", steps}});
}

void crash_run::start_workflows(int number) {
  http_client client{node_.base_url(), 10s};
  for (uint64_t n = 0; starting_; ++n) {
    if (in_flight() > in_flight_max)
      in_time([&] { return !starting_ || in_flight() <= in_flight_low; });
    const json body{{"name", workflow_name},
                    {"input", {{"n", n * 1000 + uint64_t(number)}}}};
    const auto reply = client.send("POST", "/api/workflow", body.dump());
    if (reply.ok()) {
      facts_.start_acknowledged(reply.body);
    } else if (!reply.answered()) {
      ++numbers_.starts_unanswered;
      node_.wait_until_up();
    } else if (reply.status == 503 || reply.status == 429) {
      ++numbers_.refused;
      node_.back_off();
    } else {
      node_.wrong("a start was answered " + std::to_string(reply.status) + " "
                  + reply.body);
      node_.back_off();
    }
  }
}

std::optional<crash_run::held_task>
crash_run::finish_task(http_client& client, const held_task& held, int worker) {
  static std::atomic<uint64_t> updates{0};
  ledger::result what;
  what.workflow = held.task.at("workflowInstanceId").get<std::string>();
  what.step = held.task.at("referenceTaskName").get<std::string>();
  what.task = held.task.at("taskId").get<std::string>();
  what.token = std::to_string(worker) + "-" + std::to_string(++updates);
  if (const auto why
      = facts_.handed_out_wrongly(what.workflow, what.step, held.polled))
    node_.wrong(*why);
  const json body{{"workflowInstanceId", what.workflow},
                  {"taskId", what.task},
                  {"status", "COMPLETED"},
                  {"workerId", std::to_string(worker)},
                  {"outputData", {{"token", what.token}}}};
  const auto text = body.dump();
  // Every second group of workers takes its next task with the answer.
  const char* path
      = worker / 3 % 2 == 0 ? "/api/tasks" : "/api/tasks/update-v2";
  // A worker repeats its result until the node answers.
  for (bool first = true; working_; first = false) {
    const auto asked = facts_.tick();
    const auto asked_at = steady::now();
    const auto reply = client.send("POST", path, text);
    if (!first)
      ++numbers_.results_repeated;
    if (reply.ok()) {
      const bool in_time = steady::now() - held.polled_at < surely_in_time;
      if (!in_time)
        ++numbers_.results_late;
      facts_.result_acknowledged(what, in_time);
      if (what.step == "crash_s3")
        ++numbers_.completed;
      auto next = json::parse(reply.body, nullptr, false);
      if (next.is_object())
        return held_task{std::move(next), asked, asked_at};
      return std::nullopt;
    }
    if (reply.answered() && reply.status != 503 && reply.status != 429) {
      node_.wrong("the result of task " + what.task + " of " + what.workflow
                  + " was answered " + std::to_string(reply.status) + " "
                  + reply.body);
      return std::nullopt;
    }
    reply.answered() ? node_.back_off() : node_.wait_until_up();
  }
  return std::nullopt;
}

void crash_run::work(int number) {
  http_client client{node_.base_url(), 10s};
  const auto path
      = "/api/tasks/poll/batch/crash_s" + std::to_string(1 + number % 3)
        + "?count=20&timeout=200&workerid=" + std::to_string(number);
  while (working_) {
    const auto polled = facts_.tick();
    const auto polled_at = steady::now();
    const auto reply = client.send("GET", path);
    if (!reply.ok()) {
      reply.answered() ? node_.back_off() : node_.wait_until_up();
      continue;
    }
    const auto tasks = json::parse(reply.body, nullptr, false);
    if (!tasks.is_array()) {
      node_.wrong("a poll was answered " + reply.body);
      continue;
    }
    std::vector<held_task> held;
    for (const auto& task : tasks)
      held.push_back({task, polled, polled_at});
    while (!held.empty() && working_) {
      const auto one = std::move(held.back());
      held.pop_back();
      if (auto next = finish_task(client, one, number))
        held.push_back(std::move(*next));
    }
  }
}

/// Whether no execution of ours runs any more, acknowledged or not.
bool crash_run::drained() {
  http_client client{node_.base_url()};
  json running;
  auto none = [&] {
    const auto reply = client.send("GET", std::string{"/api/workflow/running/"}
                                              + workflow_name);
    running = json::parse(reply.body, nullptr, false);
    return reply.ok() && running.is_array() && running.empty();
  };
  if (in_time(none, drain_bound))
    return true;
  const auto id = running.is_array() && !running.empty()
                      ? running.at(0).get<std::string>()
                      : std::string{};
  node_.wrong(std::to_string(running.size()) + " executions still run after "
              + std::to_string(drain_bound.count()) + " s, for instance "
              + client.send("GET", "/api/workflow/" + id).body.substr(0, 2000));
  return false;
}

void crash_run::check_workflow(http_client& client, const std::string& id) {
  const auto reply = client.send("GET", "/api/workflow/" + id);
  if (!reply.ok()) {
    node_.wrong("start " + id + " was acknowledged and is answered "
                + std::to_string(reply.status) + " " + reply.body
                + reply.trouble);
    return;
  }
  const auto execution = json::parse(reply.body, nullptr, false);
  if (!execution.is_object() || execution.value("status", "") != "COMPLETED") {
    node_.wrong(id + " is not COMPLETED: " + reply.body.substr(0, 1000));
    return;
  }
  std::map<std::string, json> rows;
  std::map<std::string, int> completed;
  for (const auto& row : execution.at("tasks")) {
    rows[row.at("taskId").get<std::string>()] = row;
    if (row.at("status") == "COMPLETED")
      ++completed[row.at("referenceTaskName").get<std::string>()];
  }
  for (const char* step : {"crash_s1", "crash_s2", "crash_s3"})
    if (completed[step] != 1)
      node_.wrong(id + " completed " + step + " "
                  + std::to_string(completed[step]) + " times");
  for (const auto& [task, promised] : facts_.tasks_of(id)) {
    const auto row = rows.find(task);
    if (row == rows.end()) {
      node_.wrong("the result of task " + task + " of " + id
                  + " was acknowledged and the task is gone");
    } else if (promised.in_time) {
      const auto output = row->second.value("outputData", json::object());
      if (row->second.at("status") != "COMPLETED"
          || !promised.tokens.contains(output.value("token", "")))
        node_.wrong("the acknowledged result of task " + task + " of " + id
                    + " is not there: " + row->second.dump().substr(0, 600));
    }
  }
}

void crash_run::check_promises() {
  const auto ids = facts_.workflows();
  std::atomic<size_t> next{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 8; ++i)
    readers.emplace_back([&] {
      http_client client{node_.base_url()};
      for (size_t at; (at = next++) < ids.size();)
        check_workflow(client, ids[at]);
    });
  for (auto& reader : readers)
    reader.join();
}

bool crash_run::run() {
  const auto begin = steady::now();
  std::printf("crash test: %d kills, %d starters, %d workers, seed %u\n",
              plan_.kills, plan_.starters, plan_.workers, plan_.seed);
  node_.process().start();
  define();
  std::vector<std::thread> starters;
  std::vector<std::thread> workers;
  for (int i = 0; i < plan_.starters; ++i)
    starters.emplace_back([this, i] { start_workflows(i); });
  for (int i = 0; i < plan_.workers; ++i)
    workers.emplace_back([this, i] { work(i); });

  std::mt19937 random{plan_.seed};
  std::vector<double> restarts_ms;
  bool up = true;
  try {
    for (int i = 0; i < plan_.kills; ++i) {
      if (!(i % 2 ? more_starts(1 + random() % starts_max)
                  : more_results(1 + random() % results_max)))
        node_.wrong("no load comes any more before kill " + std::to_string(i));
      const auto down = steady::now();
      node_.kill_and_start();
      restarts_ms.push_back(
          std::chrono::duration<double, std::milli>(steady::now() - down)
              .count());
    }
    more_results(results_max); // some load on the last start as well
  } catch (const std::exception& trouble) {
    node_.wrong(trouble.what());
    up = false;
  }
  starting_ = false;
  for (auto& starter : starters)
    starter.join();
  const auto drain_begin = steady::now();
  const bool empty = up && drained();
  const std::chrono::duration<double> drain = steady::now() - drain_begin;
  working_ = false;
  for (auto& worker : workers)
    worker.join();
  if (up) {
    check_promises();
    if (node_.process().stop() != 0)
      node_.wrong("the node does not stop with exit code 0; its log ends:\n"
                  + node_.process().log_end());
  }

  std::sort(restarts_ms.begin(), restarts_ms.end());
  const std::chrono::duration<double> all = steady::now() - begin;
  std::printf(
      "  %zu starts and %zu results acknowledged, %zu starts unanswered, "
      "%zu refused\n  %zu results repeated, %zu late; drained %s in %.1f s\n"
      "  restart until healthy: median %.0f ms, worst %.0f ms; %.1f s in all\n"
      "  %zu wrong\n",
      facts_.starts(), facts_.results(), numbers_.starts_unanswered.load(),
      numbers_.refused.load(), numbers_.results_repeated.load(),
      numbers_.results_late.load(), empty ? "empty" : "NOT empty",
      drain.count(),
      restarts_ms.empty() ? 0.0 : restarts_ms[restarts_ms.size() / 2],
      restarts_ms.empty() ? 0.0 : restarts_ms.back(), all.count(),
      node_.wrongs());
  if (facts_.starts() == 0 || facts_.results() == 0)
    node_.wrong("there was no load");
  return node_.verdict();
}

} // namespace

} // namespace tutti::test

int main(int argc, char** argv) {
  tutti::test::plan plan;
  return tutti::test::crash_main(
      argc, argv,
      {{"--kills", [&](int x) { plan.kills = x; }},
       {"--starters", [&](int x) { plan.starters = x; }},
       {"--workers", [&](int x) { plan.workers = x; }},
       {"--seed", [&](int x) { plan.seed = unsigned(x); }}},
      [&] { return tutti::test::crash_run{plan}.run(); });
}
