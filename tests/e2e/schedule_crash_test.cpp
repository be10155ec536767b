// schedule_crash_test [--kills N] [--steps N] [--seed N]
//
// Two schedules fire every second while the node is killed with SIGKILL at
// random moments and its wall clock is set forward and back (by a preloaded
// library, which the node does not know of; the monotonic clock stays). Each
// instant must be fired once or reported as missed at the end, by the policy of
// its schedule, and each firing must have one execution.

#include "tests/e2e/killed_node.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/waiting.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace tutti::test {

namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

/// What fires later was missed.
constexpr int64_t grace_ms = 10'000;
const std::vector<std::string> names = {"reports", "makes_up"};

struct plan {
  int kills = 50;
  int steps = 10;
  unsigned seed = 1;
};

/// How far the wall clock of the node is set (set_clock.cpp reads it).
class clock_file {
 public:
  explicit clock_file(std::filesystem::path where) : path_(std::move(where)) {
    set(0);
  }
  void set(int64_t seconds) {
    seconds_ = seconds;
    auto ahead = seconds * 1'000'000'000;
    std::fstream file(path_,
                      std::ios::binary | std::ios::out
                          | (std::filesystem::exists(path_) ? std::ios::in
                                                            : std::ios::trunc));
    file.write(reinterpret_cast<const char*>(&ahead), sizeof ahead);
  }
  int64_t seconds() const { return seconds_; }
  std::vector<std::string> environment() const {
    auto library = tuttid_path().parent_path() / "libset_clock.so";
    return {"LD_PRELOAD=" + library.string(),
            "TUTTI_CLOCK_FILE=" + path_.string()};
  }

 private:
  std::filesystem::path path_;
  int64_t seconds_ = 0;
};

class schedule_run {
 public:
  explicit schedule_run(const plan& what)
      : plan_(what), folder_("schedules-clock"),
        clock_(folder_.path() / "clock"),
        node_("schedules",
              {"--set", "schedules.firings_max=100000", "--set",
               "schedules.catchup_max=100000", "--set",
               "schedules.grace_ms=" + std::to_string(grace_ms)},
              what.steps > 0 ? clock_.environment()
                             : std::vector<std::string>()),
        random_(what.seed) {}

  bool run();

 private:
  void define();
  json get(const std::string& path);
  int64_t fired();
  void wait_for_a_moment();
  void set_clock();
  void end();
  void check(const std::string& name);

  plan plan_;
  scratch_directory folder_;
  clock_file clock_;
  killed_node node_;
  std::mt19937 random_;
  size_t firings_ = 0, missed_ = 0;
};

json schedule_run::get(const std::string& path) {
  http_client client{node_.base_url()};
  auto reply = client.send("GET", path);
  auto out = json::parse(reply.body, nullptr, false);
  if (!reply.ok() || out.is_discarded())
    throw std::runtime_error(path + " answered " + std::to_string(reply.status)
                             + " " + reply.body + reply.trouble);
  return out;
}

void schedule_run::define() {
  const json task{{"name", "n"}, {"taskReferenceName", "n"}, {"type", "NOOP"}};
  const json definition{{"name", "n"}, {"ownerEmail", "x@example.org"}};
  node_.define(json::array({definition}), {{"name", "ticked"},
                                           {"version", 1},
                                           {"ownerEmail", "x@example.org"},
                                           {"tasks", json::array({task})}});
  http_client client{node_.base_url()};
  for (auto& name : names) {
    const json schedule{{"name", name},
                        {"cronExpression", "* * * * * *"},
                        {"runCatchupScheduleInstances", name == "makes_up"},
                        {"startWorkflowRequest", {{"name", "ticked"}}}};
    auto reply
        = client.send("POST", "/api/scheduler/schedules", schedule.dump());
    if (!reply.ok())
      throw std::runtime_error("the schedule was refused: " + reply.body);
  }
}

int64_t schedule_run::fired() {
  int64_t out = 0;
  for (auto& name : names)
    out += get("/api/scheduler/schedules/" + name).value("firedCount", 0);
  return out;
}

/// Some firings later, at some moment of a second.
void schedule_run::wait_for_a_moment() {
  auto aim = fired() + int64_t(random_() % 3);
  auto phase = int64_t(random_() % 900);
  auto come = [&] {
    auto now = std::chrono::system_clock::now().time_since_epoch();
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count()
              % 1'000;
    return ms >= phase && ms < phase + 100 && fired() >= aim;
  };
  // While a clock that was set back is waited for, nothing fires.
  if (!in_time(come, 120s))
    node_.wrong("nothing fires any more");
}

/// Forward more than back: an instant of the future fires when its time comes.
void schedule_run::set_clock() {
  auto by = int64_t(1 + random_() % 40);
  clock_.set(clock_.seconds() + (random_() % 3 == 0 ? -by : by));
}

void schedule_run::end() {
  http_client client{node_.base_url()};
  for (auto& name : names)
    client.send("PUT", "/api/scheduler/schedules/" + name + "/pause");
  auto over = [&] {
    return get("/api/scheduler/search/executions?query=state%3DPOLLED&size=1")
               .value("totalHits", -1)
           == 0;
  };
  if (!in_time(over, 60s))
    node_.wrong("firings are still under way");
}

void schedule_run::check(const std::string& name) {
  auto schedule = get("/api/scheduler/schedules/" + name);
  auto found = get("/api/scheduler/search/executions?query=scheduleName%3D"
                   + name + "&size=10000&sort=scheduledTime:ASC");
  if (found["totalHits"] != found["results"].size())
    node_.wrong("too many firings for this test");
  std::map<int64_t, int> decided;
  std::set<std::string> ids;
  int64_t missed = 0, started = 0;
  for (auto& x : found["results"]) {
    auto first = x["scheduledTime"].get<int64_t>();
    auto last = x.value("lastScheduledTime", first);
    for (auto t = first; t <= last; t += 1'000)
      ++decided[t];
    ++firings_;
    auto outcome = x["outcome"].get<std::string>();
    if (outcome == "MISSED") {
      missed += x.value("count", int64_t{1});
      continue;
    }
    ++started;
    auto id = x.value("workflowId", std::string());
    if (outcome != "STARTED" || !ids.insert(id).second)
      node_.wrong(x.dump());
    auto execution = get("/api/workflow/" + id + "?includeTasks=false");
    if (execution["input"]["_scheduledTime"] != first
        || execution["input"]["_startedByScheduler"] != name)
      node_.wrong("execution " + id + " is of another firing");
  }
  auto from = schedule["createTime"].get<int64_t>() / 1'000 * 1'000 + 1'000;
  auto to = decided.empty() ? from : decided.rbegin()->first;
  for (auto t = from; t <= to; t += 1'000)
    if (decided[t] != 1)
      node_.wrong(name + ": instant " + std::to_string(t) + " was decided "
                  + std::to_string(decided[t]) + " times");
  if (decided.size() != size_t((to - from) / 1'000 + 1))
    node_.wrong(name + ": instants outside of its time");
  if (schedule["missedCount"] != missed || schedule["firedCount"] != started)
    node_.wrong(name + ": it counts otherwise than its firings say");
  if (name == "makes_up" && missed != 0)
    node_.wrong(name + " missed some");
  missed_ += size_t(missed);
}

bool schedule_run::run() {
  node_.process().start();
  define();
  auto every = plan_.steps > 0 ? std::max(plan_.kills / plan_.steps, 1) : 0;
  int steps = 0;
  for (int i = 0; i < plan_.kills; ++i) {
    wait_for_a_moment();
    // Now and then while the node runs, now and then while it does not.
    bool set = every > 0 && i % every == 0 && steps < plan_.steps;
    bool before = random_() % 2 == 0;
    steps += set;
    if (set && before) {
      set_clock();
      wait_for_a_moment();
    }
    if (set && !before)
      set_clock();
    node_.kill_and_start();
  }
  wait_for_a_moment();
  end();
  for (auto& name : names)
    check(name);
  auto all = get("/api/tutti/executions?name=ticked&running=false&count=10000");
  std::printf("schedule crash test: %d kills, %d clock steps, seed %u: %zu "
              "firings, %zu executions, %zu instants missed, %zu wrong\n",
              plan_.kills, steps, plan_.seed, firings_, all.size(), missed_,
              node_.wrongs());
  if (all.size()
      != size_t(get("/api/scheduler/schedules/reports")["firedCount"])
             + size_t(get("/api/scheduler/schedules/makes_up")["firedCount"]))
    node_.wrong("there are executions that no firing tells of");
  return node_.verdict();
}

} // namespace

} // namespace tutti::test

int main(int argc, char** argv) {
  tutti::test::plan plan;
  return tutti::test::crash_main(
      argc, argv,
      {{"--kills", [&](int x) { plan.kills = x; }},
       {"--steps", [&](int x) { plan.steps = x; }},
       {"--seed", [&](int x) { plan.seed = unsigned(x); }}},
      [&] { return tutti::test::schedule_run{plan}.run(); });
}
