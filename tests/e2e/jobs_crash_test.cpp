// jobs_crash_test [--executions N] [--kills N] [--rate N]
//
// Kills the node with SIGKILL while a job goes through executions. The store
// proves afterwards that the job has changed each of them exactly once; the
// progress that it told never went back, and is right in the end.

#include "storage/keys.hpp"
#include "storage/records.hpp"
#include "storage/rocksdb/rocksdb_store.hpp"
#include "tests/e2e/killed_node.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/waiting.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <cstdio>
#include <map>
#include <thread>
#include <vector>

namespace tutti::test {

namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto patience = 600s;
constexpr int starters = 4;
constexpr uint32_t shards = 16; // of the node, by default

struct plan {
  int executions = 3'000;
  int kills = 2;
  int rate = 1'500;
};

double seconds_since(clock::time_point then) {
  return std::chrono::duration<double>(clock::now() - then).count();
}

class jobs_run {
 public:
  explicit jobs_run(const plan& what) : plan_(what), node_("jobs") {}

  bool run();

 private:
  void define();
  void start_all();
  std::string create();
  json read_job(const std::string& id);
  void follow(const std::string& id);
  void check_store(const std::string& id);

  plan plan_;
  killed_node node_;
};

void jobs_run::define() {
  const json task{{"name", "jobbed"},
                  {"ownerEmail", "jobs@example.org"},
                  {"timeoutSeconds", 0},
                  {"responseTimeoutSeconds", 3600}};
  const json step{
      {"name", "jobbed"}, {"taskReferenceName", "jobbed"}, {"type", "SIMPLE"}};
  node_.define(json::array({task}), {{"name", "jobbed"},
                                     {"version", 1},
                                     {"ownerEmail", "jobs@example.org"},
                                     {"tasks", {step}}});
}

void jobs_run::start_all() {
  std::atomic<int> left{plan_.executions};
  std::vector<std::thread> threads;
  for (int i = 0; i < starters; ++i)
    threads.emplace_back([&] {
      http_client client{node_.base_url()};
      while (left-- > 0)
        if (!client.send("POST", "/api/workflow/jobbed", "{}").ok())
          node_.wrong("a workflow could not be started");
    });
  for (auto& x : threads)
    x.join();
}

std::string jobs_run::create() {
  http_client client{node_.base_url()};
  const json order{{"query", "workflowType = jobbed AND status = RUNNING"},
                   {"action", "terminate"},
                   {"arguments", {{"reason", "enough"}}},
                   {"ratePerSecond", plan_.rate},
                   {"parallel", 64}};
  auto preview = client.send("POST", "/api/tutti/jobs/preview", order.dump());
  auto said = json::parse(preview.body, nullptr, false);
  if (!preview.ok() || said["total"] != plan_.executions
      || said["changes"] != plan_.executions || said["sample"].size() != 10)
    node_.wrong("the preview is " + preview.body);
  auto made = client.send("POST", "/api/tutti/jobs", order.dump());
  if (!made.ok())
    throw std::runtime_error("the job was not made: " + made.body);
  return json::parse(made.body).at("jobId").get<std::string>();
}

json jobs_run::read_job(const std::string& id) {
  http_client client{node_.base_url()};
  auto reply = client.send("GET", "/api/tutti/jobs/" + id);
  return reply.ok() ? json::parse(reply.body) : json();
}

void jobs_run::follow(const std::string& id) {
  int64_t told = 0;
  for (int kill = 1; kill <= plan_.kills; ++kill) {
    auto wanted = int64_t(plan_.executions) * kill / (plan_.kills + 1);
    in_time(
        [&] {
          auto x = read_job(id);
          told = x.is_object() ? x.value("done", int64_t{0}) : told;
          return told >= wanted;
        },
        patience);
    node_.kill_and_start();
    auto after = read_job(id);
    std::printf("killed at %ld done, went on at %ld\n", long(told),
                long(after.value("done", int64_t{-1})));
    if (after.value("done", int64_t{-1}) < told)
      node_.wrong("the progress went back: " + after.dump());
  }
  json x;
  bool ended = in_time(
      [&] {
        x = read_job(id);
        return x.is_object() && x.value("endTime", int64_t{0}) != 0;
      },
      patience);
  auto all = plan_.executions;
  if (!ended || x["status"] != "COMPLETED" || x["total"] != all
      || x["done"] != all || x["failed"] != 0 || x["skipped"] != 0)
    node_.wrong("the job is " + x.dump());
  std::printf("%s\n", x.dump().c_str());
}

void jobs_run::check_store(const std::string& id) {
  storage::rocksdb_store::settings how;
  how.shards = shards;
  auto store = storage::rocksdb_store::open(node_.data().string(), how);
  if (!store)
    throw std::runtime_error(store.failure().message);
  namespace keys = storage::keys;
  std::map<std::string, int> by_job;
  for (uint32_t shard = 0; shard < shards; ++shard) {
    auto read = (*store)->scan(
        shard, "e", "f", [&](std::string_view key, std::string_view record) {
          auto x = storage::read_told(record);
          auto& count = by_job[keys::read_event(key)->id];
          count += x && x->why.by == "job:" + id;
          return true;
        });
    if (!read)
      throw std::runtime_error(read.failure().message);
  }
  size_t once = 0;
  for (auto& [execution, count] : by_job)
    if (count == 1)
      ++once;
    else
      node_.wrong(execution + " was changed by the job " + std::to_string(count)
                  + " times");
  if (once != size_t(plan_.executions))
    node_.wrong(std::to_string(once) + " executions were changed once");
  std::printf("%zu executions, each changed once by the job\n", once);
}

bool jobs_run::run() {
  node_.process().start();
  define();
  auto began = clock::now();
  start_all();
  std::printf("%d executions started in %.1f s\n", plan_.executions,
              seconds_since(began));
  began = clock::now();
  auto id = create();
  follow(id);
  std::printf("the job took %.1f s with %d kills\n", seconds_since(began),
              plan_.kills);
  node_.process().stop();
  check_store(id);
  return node_.verdict();
}

} // namespace

} // namespace tutti::test

int main(int argc, char** argv) {
  using namespace tutti::test;
  plan what;
  return crash_main(argc, argv,
                    {{"--executions", [&](int n) { what.executions = n; }},
                     {"--kills", [&](int n) { what.kills = n; }},
                     {"--rate", [&](int n) { what.rate = n; }}},
                    [&] { return jobs_run(what).run(); });
}
