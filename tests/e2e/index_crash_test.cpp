// index_crash_test [--kills N] [--starters N] [--workers N] [--seed N]
//
// Kills the node with SIGKILL at random moments under load while the search
// index follows. At the end the node has no lag and every search of the index
// equals what another index says that is built from the store alone: a commit
// that was missed, or applied twice, shows.

#include "actors/search/index_reads.hpp"
#include "storage/index/sqlite/sqlite.hpp"
#include "storage/index/sqlite/sqlite_index.hpp"
#include "storage/rocksdb/rocksdb_store.hpp"
#include "tests/e2e/killed_node.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/waiting.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <cstdio>
#include <random>
#include <thread>
#include <vector>

namespace tutti::test {

namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

constexpr uint32_t shards = 16;

struct plan {
  int kills = 4;
  int starters = 6;
  int workers = 4;
  unsigned seed = 1;
};

/// What both files are compared by; numbers of rows differ.
// Texts of an execution share a row of words or not, as it came: ids are told
// once.
constexpr const char* comparisons[] = {
    "SELECT w.id, n.text, w.version, w.status, w.created, w.updated, w.ended, "
    "w.duration, w.priority, w.correlation, w.parent, w.reason, "
    "w.failed_references, w.failed_tasks, w.revision, (w.texts >> 12 & 63) > "
    "0, "
    "(w.texts >> 6 & 63) > 0, (w.texts & 63) > 0 FROM workflow w JOIN name n "
    "ON n.id = w.type ORDER BY w.id",
    "SELECT t.id, w.id, n.text, t.status, t.scheduled, t.started, t.updated, "
    "t.ended, t.reason, t.worker, t.retry FROM task t JOIN workflow w ON w.doc "
    "= t.workflow JOIN name n ON n.id = t.type ORDER BY t.id",
    "SELECT t.id, t.status FROM open_task t ORDER BY t.id",
    "SELECT w.id, n.text, a.kind, a.text, a.number FROM attribute a JOIN "
    "workflow w ON w.doc = a.doc JOIN name n ON n.id = a.path ORDER BY 1, 2, "
    "3, 4, 5",
    "SELECT r.hour, n.text, r.status, r.count, r.total, hex(r.sketch) FROM "
    "rollup r JOIN name n ON n.id = r.type ORDER BY 1, 2, 3",
    "SELECT DISTINCT w.id FROM words CROSS JOIN workflow w ON w.doc = "
    "words.rowid >> 6 "
    "WHERE words MATCH 'parcel' AND words.rowid NOT IN (SELECT id FROM stale) "
    "ORDER BY 1",
    "SELECT DISTINCT w.id FROM words CROSS JOIN workflow w ON w.doc = "
    "words.rowid >> 6 "
    "WHERE words MATCH 'cancelled' AND words.rowid NOT IN (SELECT id FROM "
    "stale) ORDER BY 1",
    "SELECT a.day, n.text, a.status, a.count FROM tally a JOIN name n ON n.id "
    "= a.type ORDER BY 1, 2, 3",
    "SELECT n.text, a.status, sum(a.count) FROM task_tally a JOIN name n ON "
    "n.id = a.definition GROUP BY 1, 2 ORDER BY 1, 2",
};

class index_run {
 public:
  explicit index_run(const plan& what) : plan_(what), node_("index") {}

  bool run();

 private:
  void define();
  void start_workflows(int number);
  void work(int number);
  void search(int number);
  bool at_rest();
  void compare();

  plan plan_;
  killed_node node_;
  std::atomic<bool> starting_{true}, working_{true};
  std::atomic<size_t> results_{0}, searches_{0};
  size_t rows_ = 0;
};

void index_run::define() {
  const json task{{"name", "index_step"}, {"ownerEmail", "index@example.org"},
                  {"retryCount", 1},      {"retryDelaySeconds", 0},
                  {"timeoutSeconds", 0},  {"responseTimeoutSeconds", 3}};
  auto step = [](const char* reference) {
    return json{{"name", "index_step"},
                {"taskReferenceName", reference},
                {"type", "SIMPLE"}};
  };
  node_.define(json::array({task}),
               {{"name", "index_load"},
                {"version", 1},
                {"ownerEmail", "index@example.org"},
                {"searchAttributes",
                 json::array({"input.what",
                              {{"path", "input.number"}, {"type", "NUMBER"}}})},
                {"outputParameters", {{"done", "${second.output.mark}"}}},
                {"tasks", json::array({step("first"), step("second")})}});
}

/// Starts executions and does to some of them what operators do.
void index_run::start_workflows(int number) {
  http_client client{node_.base_url(), 10s};
  std::mt19937 random{plan_.seed * 100 + unsigned(number)};
  while (starting_) {
    const json body{{"name", "index_load"},
                    {"correlationId", "c-" + std::to_string(random() % 100)},
                    {"input",
                     {{"what", random() % 2 ? "parcel" : "letter"},
                      {"number", random() % 1'000}}}};
    auto reply = client.send("POST", "/api/workflow", body.dump());
    if (!reply.ok()) {
      reply.answered() ? node_.back_off() : node_.wait_until_up();
      continue;
    }
    const auto path = "/api/workflow/" + reply.body;
    switch (random() % 16) {
      case 0:
        client.send("DELETE", path + "?reason=cancelled");
        break;
      case 1:
        client.send("DELETE", path + "?reason=cancelled");
        client.send("POST", path + "/restart");
        break;
      case 2:
        client.send("PUT", path + "/pause");
        client.send("PUT", path + "/resume");
        break;
      case 3:
        client.send("DELETE", path + "/remove?archiveWorkflow=false");
        break;
      default:
        break;
    }
  }
}

void index_run::work(int number) {
  http_client client{node_.base_url(), 10s};
  std::mt19937 random{plan_.seed * 1000 + unsigned(number)};
  const auto path = "/api/tasks/poll/batch/index_step?count=20&timeout=100"
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
                      {"status", random() % 8 ? "COMPLETED" : "FAILED"},
                      {"reasonForIncompletion", "no parcel"},
                      {"outputData", {{"mark", "sent"}}}};
      if (client.send("POST", "/api/tasks", body.dump()).ok())
        ++results_;
    }
  }
}

/// An execution is found from the moment its start was acknowledged.
void index_run::search(int) {
  http_client client{node_.base_url(), 10s};
  while (starting_) {
    auto started = client.send(
        "POST", "/api/workflow",
        R"({"name":"index_load","input":{"what":"mine","number":1}})");
    if (!started.ok()) {
      started.answered() ? node_.back_off() : node_.wait_until_up();
      continue;
    }
    auto found = client.send("GET", "/api/tutti/search?as=ids&query=workflowId="
                                        + started.body);
    auto answer = json::parse(found.body, nullptr, false);
    if (!found.ok() || !answer.is_object())
      continue; // killed meanwhile, or the index is opened
    ++searches_;
    if (answer.at("totalHits") != 1 && answer.at("behind") == 0)
      node_.wrong("an acknowledged start is not found: " + started.body);
  }
}

bool index_run::at_rest() {
  http_client client{node_.base_url()};
  auto over = [&] {
    auto reply = client.send("GET", "/api/workflow/running/index_load");
    auto running = json::parse(reply.body, nullptr, false);
    if (!reply.ok() || !running.is_array())
      return false;
    // A kill may have come between a pause and its resume.
    for (const auto& id : running)
      client.send("PUT", "/api/workflow/" + id.get<std::string>() + "/resume");
    if (!running.empty())
      return false;
    auto status = json::parse(client.send("GET", "/api/tutti/index").body,
                              nullptr, false);
    return status.is_object() && status.value("state", "") == "READY"
           && status.value("behind", 1) == 0;
  };
  if (in_time(over, 90s))
    return true;
  node_.wrong("not all has ended, or the index stands still");
  return false;
}

void index_run::compare() {
  auto store
      = storage::rocksdb_store::open(node_.data().string(), {.shards = shards});
  if (!store)
    return node_.wrong(store.failure().message);
  auto directory = node_.data() / "other";
  auto other = index::make_sqlite_index(
      {directory, index::task_policy::terminal, 1, 16, false});
  auto opened = other->open(shards);
  auto to = other->rebuild();
  if (!opened || !to)
    return node_.wrong("another index cannot be built");
  search_definitions definitions;
  std::vector<uint64_t> positions;
  for (uint32_t shard = 0; shard < shards; ++shard) {
    positions.push_back((*store)->feed_end(shard));
    std::optional<std::string> next = first_execution();
    while (next) {
      auto page = read_executions(**store, shard, *next, 1'000, definitions);
      if (!page)
        return node_.wrong(page.failure().message);
      if (auto added = (*to)->add(page->items); !added)
        return node_.wrong(added.failure().message);
      next = page->next;
    }
  }
  if (auto finished = (*to)->finish(positions); !finished)
    return node_.wrong(finished.failure().message);
  other.reset();
  using index::database;
  database have((node_.data() / "index" / "index.db").string(),
                database::access::write);
  database want((directory / "index.db").string(), database::access::write);
  for (auto* sql : comparisons) {
    auto a = have.prepare(sql), b = want.prepare(sql);
    auto line = [&](index::statement& of) {
      std::string out;
      if (!of.step())
        return out;
      for (int i = 0; i < of.columns(); ++i)
        out += of.text(i) + '|';
      return out;
    };
    for (auto x = line(a), y = line(b); !x.empty() || !y.empty();
         x = line(a), y = line(b)) {
      ++rows_;
      if (x != y) {
        node_.wrong("the index has " + x + " and the store says " + y);
        break;
      }
    }
  }
  for (uint32_t shard = 0; shard < shards; ++shard) {
    auto read = have.prepare("SELECT applied FROM position WHERE shard = ?");
    read.with(shard);
    if (read.step() && uint64_t(read.integer(0)) != positions[shard])
      node_.wrong("the index is not at the end of the feed");
  }
}

bool index_run::run() {
  node_.process().start();
  define();
  std::vector<std::thread> all;
  for (int i = 0; i < plan_.starters; ++i)
    all.emplace_back([this, i] { start_workflows(i); });
  for (int i = 0; i < plan_.workers; ++i)
    all.emplace_back([this, i] { work(i); });
  all.emplace_back([this] { search(0); });
  std::mt19937 random{plan_.seed};
  for (int i = 0; i < plan_.kills; ++i) {
    auto aim = results_ + 100 + random() % 400;
    if (!in_time([&] { return results_ >= aim; }))
      node_.wrong("no results come any more before kill " + std::to_string(i));
    node_.kill_and_start();
  }
  starting_ = false;
  bool rest = at_rest();
  working_ = false;
  for (auto& x : all)
    x.join();
  node_.process().stop();
  if (rest)
    compare();
  if (rest && rows_ < 100)
    node_.wrong("there was nothing to compare");
  std::printf("index crash test: %d kills, seed %u: %zu rows compared, %zu "
              "searches, %zu wrong\n",
              plan_.kills, plan_.seed, rows_, size_t(searches_),
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
       {"--starters", [&](int x) { plan.starters = x; }},
       {"--workers", [&](int x) { plan.workers = x; }},
       {"--seed", [&](int x) { plan.seed = unsigned(x); }}},
      [&] { return tutti::test::index_run{plan}.run(); });
}
