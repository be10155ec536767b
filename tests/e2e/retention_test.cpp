// retention_test [--executions N] [--archived N]
//
// Executions end, their time passes, and retention removes them: the dry run
// says so before, those of the workflow `kept` can be read from the archive
// afterwards, also after a restart, those of `gone` cannot, and the disk has
// its space back.

#include "tests/e2e/killed_node.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/waiting.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <cstdio>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace tutti::test {

namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

constexpr int starters = 4;
constexpr size_t sample = 20, archive_page = 1'000;
constexpr size_t padding_bytes = 1'500;
constexpr auto patience = 900s;

class retention_run {
 public:
  retention_run(int gone, int kept)
      : gone_(gone), kept_(kept), scratch_("retention"),
        node_(scratch_.path() / "data",
              {"--set", "node.test_clock=true", "--set",
               "retention.completed=1h", "--set", "retention.rate=20000",
               "--set", "retention.parallel=64"}) {}

  bool run();

 private:
  void define();
  void start(const std::string& name, int count);
  json get(const std::string& path);
  json post(const std::string& path, const std::string& body = {});
  void wrong(const std::string& what) {
    ++wrongs_;
    std::fprintf(stderr, "WRONG: %s\n", what.c_str());
  }
  json remove_all();
  void check_samples();

  int gone_, kept_;
  std::atomic<int> wrongs_{0};
  scratch_directory scratch_;
  node_process node_;
  std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> samples_; ///< as they were
};

json retention_run::get(const std::string& path) {
  http_client client{node_.base_url()};
  return json::parse(client.send("GET", path).body, nullptr, false);
}

json retention_run::post(const std::string& path, const std::string& body) {
  http_client client{node_.base_url()};
  return json::parse(client.send("POST", path, body).body, nullptr, false);
}

void retention_run::define() {
  const json task{{"name", "note"},
                  {"taskReferenceName", "note"},
                  {"type", "SET_VARIABLE"},
                  {"inputParameters", {{"seen", true}}}};
  json kept{{"name", "kept"},
            {"ownerEmail", "retention@example.org"},
            {"tasks", json::array({task})}};
  auto gone = kept;
  gone["name"] = "gone";
  gone["metadata"]["retention"] = {{"completed", "1h"}, {"archive", false}};
  http_client client{node_.base_url()};
  for (auto& x : {kept, gone}) {
    auto made = client.send("POST", "/api/metadata/workflow", x.dump());
    if (!made.ok())
      throw std::runtime_error("the definition was refused: " + made.body);
  }
}

void retention_run::start(const std::string& name, int count) {
  std::atomic<int> left{count};
  std::vector<std::thread> threads;
  for (int i = 0; i < starters; ++i)
    threads.emplace_back([&, i] {
      http_client client{node_.base_url()};
      std::mt19937 random(unsigned(i) + 1);
      while (left-- > 0) {
        std::string padding;
        while (padding.size() < padding_bytes)
          padding += std::to_string(random());
        auto id = client.send("POST", "/api/workflow/" + name,
                              json{{"padding", padding}}.dump());
        if (!id.ok())
          return wrong("a workflow could not be started: " + id.body);
        std::lock_guard guard{mutex_};
        if (name == "kept" && samples_.size() < sample)
          samples_.emplace_back(id.body, std::string());
      }
    });
  for (auto& x : threads)
    x.join();
}

json retention_run::remove_all() {
  auto begun = post("/api/tutti/retention/run");
  if (begun["run"].is_null())
    wrong("it does not run: " + begun.dump());
  json run;
  in_time(
      [&] {
        run = get("/api/tutti/retention")["run"];
        return run.is_object() && run["status"] == "ENDED";
      },
      patience);
  return run;
}

void retention_run::check_samples() {
  http_client client{node_.base_url()};
  for (auto& [id, text] : samples_) {
    auto now = client.send("GET", "/api/workflow/" + id);
    if (!now.ok() || now.body != text)
      wrong(id + " reads otherwise from the archive: " + now.body);
    if (client.send("GET", "/api/workflow/" + id + "/history").status != 404)
      wrong(id + " still has a history");
  }
}

bool retention_run::run() {
  node_.start();
  define();
  start("kept", kept_);
  start("gone", gone_);
  http_client client{node_.base_url()};
  for (auto& [id, text] : samples_)
    text = client.send("GET", "/api/workflow/" + id).body;
  auto counted = [&](const json& rules) {
    int64_t out = 0;
    for (auto& x : rules)
      out += x.value("matched", int64_t{0});
    return out;
  };
  if (auto early = post("/api/tutti/retention/run?dryRun=true");
      early.size() != 2 || counted(early) != 0)
    wrong("they are not an hour old: " + early.dump());
  post("/api/tutti/clock/advance", R"({"ms": 7200000})");
  auto dry = post("/api/tutti/retention/run?dryRun=true");
  if (counted(dry) != gone_ + kept_
      || dry[0].value("oldestEndTime", int64_t{0}) == 0)
    wrong("the dry run says " + dry.dump());
  auto run = remove_all();
  if (run["removed"] != gone_ + kept_ || run["failed"] != 0
      || run.contains("error"))
    wrong("the run says " + run.dump());
  auto before = run.value("bytesBefore", int64_t{0}),
       after = run.value("bytesAfter", int64_t{0});
  std::printf("%d executions, %d of them archived: %.1f MB on disk before, "
              "%.1f MB after; removed in %.1f s\n",
              gone_ + kept_, kept_, double(before) / 1e6, double(after) / 1e6,
              double(run.value("endTime", int64_t{0})
                     - run.value("startTime", int64_t{0}))
                  / 1e3);
  if (after * 10 > before * 7)
    wrong("the disk has no space back");
  auto found = get("/api/workflow/search?size=1");
  if (found["totalHits"] != 0)
    wrong("they are still found: " + found.dump());
  auto archived = get("/api/tutti/retention/archive?count="
                      + std::to_string(archive_page));
  if (size_t(kept_) < archive_page && archived.size() != size_t(kept_))
    wrong("the archive lists " + std::to_string(archived.size()));
  check_samples();
  node_.kill();
  node_.start();
  check_samples();
  node_.stop();
  if (wrongs_ > 0)
    scratch_.keep();
  return wrongs_ == 0;
}

} // namespace

} // namespace tutti::test

int main(int argc, char** argv) {
  using namespace tutti::test;
  int gone = 2'000, kept = 200;
  return crash_main(argc, argv,
                    {{"--executions", [&](int n) { gone = n; }},
                     {"--archived", [&](int n) { kept = n; }}},
                    [&] { return retention_run(gone, kept).run(); });
}
