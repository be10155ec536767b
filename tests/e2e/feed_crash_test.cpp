// feed_crash_test [--kills N] [--starters N] [--workers N] [--seed N]
//
// Kills the node with SIGKILL at random moments under load while the follower
// `counts` counts what the commits changed. At the end its counts, and the
// position they were stored with, are held to the revisions of all executions
// in the store: a commit that it missed or counted twice shows.

#include "storage/followed_counts.hpp"
#include "storage/keys.hpp"
#include "storage/records.hpp"
#include "storage/rocksdb/rocksdb_store.hpp"
#include "tests/e2e/killed_node.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/waiting.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <sstream>
#include <thread>
#include <vector>

namespace tutti::test {

namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

constexpr uint32_t shards = 16;
constexpr auto drain_bound = 90s;

struct plan {
  int kills = 5;
  int starters = 8;
  int workers = 6;
  unsigned seed = 1;
};

/// Values of `name{labels}` lines.
std::map<std::string, double> metrics(http_client& client) {
  std::map<std::string, double> out;
  std::istringstream lines(client.send("GET", "/metrics").body);
  for (std::string line; std::getline(lines, line);) {
    auto space = line.rfind(' ');
    if (!line.empty() && line[0] != '#' && space != line.npos)
      out[line.substr(0, space)] = std::atof(line.c_str() + space);
  }
  return out;
}

class feed_run {
 public:
  explicit feed_run(const plan& what) : plan_(what), node_("feed") {}

  bool run();

 private:
  void define();
  void start_workflows(int number);
  void work(int number);
  bool followed();
  void expect(const std::string& what, double have, double want);
  void check_metrics(const storage::followed_counts& truth);
  storage::followed_counts check_store();

  plan plan_;
  killed_node node_;
  std::atomic<bool> starting_{true}, working_{true};
  std::atomic<size_t> results_{0};
  std::map<std::string, double> shown_;
};

void feed_run::define() {
  const json task{{"name", "feed_step"},
                  {"ownerEmail", "feed@example.org"},
                  {"retryCount", 0},
                  {"timeoutSeconds", 0},
                  {"responseTimeoutSeconds", 3}};
  const json step{
      {"name", "feed_step"}, {"taskReferenceName", "step"}, {"type", "SIMPLE"}};
  node_.define(json::array({task}), {{"name", "feed_load"},
                                     {"version", 1},
                                     {"ownerEmail", "feed@example.org"},
                                     {"tasks", json::array({step})}});
}

/// Starts executions and does to some of them what operators do.
void feed_run::start_workflows(int number) {
  http_client client{node_.base_url(), 10s};
  std::mt19937 random{plan_.seed * 100 + unsigned(number)};
  const json body{{"name", "feed_load"}, {"input", json::object()}};
  const auto text = body.dump();
  while (starting_) {
    auto reply = client.send("POST", "/api/workflow", text);
    if (!reply.ok()) {
      reply.answered() ? node_.back_off() : node_.wait_until_up();
      continue;
    }
    const auto path = "/api/workflow/" + reply.body;
    switch (random() % 16) {
      case 0:
        client.send("DELETE", path);
        break;
      case 1:
        client.send("DELETE", path);
        client.send("POST", path + "/retry");
        break;
      case 2:
        client.send("PUT", path + "/pause");
        client.send("PUT", path + "/resume");
        break;
      default:
        break;
    }
  }
}

void feed_run::work(int number) {
  http_client client{node_.base_url(), 10s};
  std::mt19937 random{plan_.seed * 1000 + unsigned(number)};
  const auto path = "/api/tasks/poll/batch/feed_step?count=20&timeout=100"
                    "&workerid="
                    + std::to_string(number);
  while (working_) {
    const auto reply = client.send("GET", path);
    const auto tasks = json::parse(reply.body, nullptr, false);
    if (!reply.ok() || !tasks.is_array()) {
      node_.wait_until_up();
      continue;
    }
    for (const auto& task : tasks) {
      const json body{{"workflowInstanceId", task.at("workflowInstanceId")},
                      {"taskId", task.at("taskId")},
                      {"status", random() % 8 ? "COMPLETED" : "FAILED"}};
      if (client.send("POST", "/api/tasks", body.dump()).ok())
        ++results_;
    }
  }
}

/// Everything has ended and the follower has seen it.
bool feed_run::followed() {
  http_client client{node_.base_url()};
  auto over = [&] {
    auto reply = client.send("GET", "/api/workflow/running/feed_load");
    auto running = json::parse(reply.body, nullptr, false);
    if (!reply.ok() || !running.is_array())
      return false;
    // A kill may have come between a pause and its resume.
    for (const auto& id : running)
      client.send("PUT", "/api/workflow/" + id.get<std::string>() + "/resume");
    if (!running.empty())
      return false;
    shown_ = metrics(client);
    auto lag = shown_.find("tutti_feed_lag{follower=\"counts\"}");
    return lag != shown_.end() && lag->second == 0;
  };
  if (in_time(over, drain_bound))
    return true;
  node_.wrong("not all has ended, or the follower stands still");
  return false;
}

void feed_run::expect(const std::string& what, double have, double want) {
  if (have != want)
    node_.wrong(what + ": " + std::to_string(uint64_t(have)) + ", and it is "
                + std::to_string(uint64_t(want)));
}

/// What the revisions of all executions say, and what the follower stored.
storage::followed_counts feed_run::check_store() {
  namespace keys = storage::keys;
  storage::followed_counts truth, stored;
  auto opened
      = storage::rocksdb_store::open(node_.data().string(), {.shards = shards});
  if (!opened) {
    node_.wrong(opened.failure().message);
    return truth;
  }
  auto& store = **opened;
  for (uint32_t shard = 0; shard < shards; ++shard) {
    std::map<std::string, std::optional<workflow_status>> now;
    auto visit = [&](std::string_view key, std::string_view record) {
      auto told = storage::read_told(record);
      if (!told) {
        node_.wrong(told.failure().message);
        return false;
      }
      storage::feed_entry x;
      auto& status = now[keys::read_event(key)->id];
      x.before = status;
      for (auto& event : told->events) {
        if (auto* created = event_as<workflow_created>(event))
          status = created->head->status;
        if (auto* changed = event_as<workflow_changed>(event))
          if (changed->status)
            status = changed->status;
      }
      x.after = status;
      truth.add(x);
      return true;
    };
    if (auto all = store.scan(shard, "e", keys::after("e"), visit); !all)
      node_.wrong(all.failure().message);
    auto row = store.get(shard, keys::follower("counts"));
    if (!row) {
      node_.wrong(row.failure().message);
      continue;
    }
    auto mark = storage::read_follower_mark(row->value_or(""));
    if (!mark) {
      if (store.feed_end(shard) != 0)
        node_.wrong("the follower has stored nothing of a shard");
      continue;
    }
    expect("the follower's position", double(mark->position),
           double(store.feed_end(shard)));
    auto counts = storage::read_followed_counts(mark->state);
    if (!counts) {
      node_.wrong(counts.failure().message);
      continue;
    }
    expect("commits counted up to the position", double(counts->commits),
           double(mark->position));
    stored += *counts;
  }
  expect("executions created, as stored", double(stored.created),
         double(truth.created));
  for (size_t i = 0; i < truth.statuses; ++i)
    expect("executions that became " + std::string(to_text(workflow_status(i))),
           double(stored.entered[i]), double(truth.entered[i]));
  return truth;
}

void feed_run::check_metrics(const storage::followed_counts& truth) {
  expect("tutti_feed_executions_created_total",
         shown_["tutti_feed_executions_created_total"], double(truth.created));
  for (auto status : {workflow_status::completed, workflow_status::failed,
                      workflow_status::terminated}) {
    auto name = "tutti_feed_executions_ended_total{status=\""
                + std::string(to_text(status)) + "\"}";
    expect(name, shown_[name], double(truth.entered[size_t(status)]));
    if (truth.entered[size_t(status)] == 0)
      node_.wrong("no execution ever became " + std::string(to_text(status))
                  + ": the load does not try it");
  }
}

bool feed_run::run() {
  node_.process().start();
  define();
  std::vector<std::thread> all;
  for (int i = 0; i < plan_.starters; ++i)
    all.emplace_back([this, i] { start_workflows(i); });
  for (int i = 0; i < plan_.workers; ++i)
    all.emplace_back([this, i] { work(i); });
  std::mt19937 random{plan_.seed};
  for (int i = 0; i < plan_.kills; ++i) {
    auto aim = results_ + 100 + random() % 400;
    if (!in_time([&] { return results_ >= aim; }))
      node_.wrong("no results come any more before kill " + std::to_string(i));
    node_.kill_and_start();
  }
  starting_ = false;
  bool drained = followed();
  working_ = false;
  for (auto& x : all)
    x.join();
  node_.process().stop();
  storage::followed_counts truth;
  if (drained) {
    truth = check_store();
    check_metrics(truth);
  }
  std::printf("feed crash test: %d kills, seed %u: %zu executions, %zu commits "
              "followed, %zu wrong\n",
              plan_.kills, plan_.seed, size_t(truth.created),
              size_t(shown_["tutti_feed_commits_total"]), node_.wrongs());
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
      [&] { return tutti::test::feed_run{plan}.run(); });
}
