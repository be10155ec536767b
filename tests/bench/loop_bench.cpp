// What one more iteration and one more branch cost when there are many already:
// the figures of "Costs" in actors/engine/README.md. The engine alone, on one
// thread; no store, no queue, no script.

#include "actors/engine/decider.hpp"
#include "actors/engine/definition/pin_definitions.hpp"
#include "actors/engine/dry_run/ids.hpp"
#include "messages/model/codec.hpp"

#include <nlohmann/json.hpp>

#include <ctime>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

using namespace tutti;

namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

/// Ports that know nothing, and conditions that hold for so many times.
struct ports final : definition_source,
                     engine::domain_activity,
                     engine::environment,
                     engine::script_runner {
  workflow_def_pointer find_workflow(std::string_view,
                                     std::optional<int32_t>) const override {
    return nullptr;
  }
  task_def_pointer find_task(std::string_view) const override {
    return nullptr;
  }
  bool active(std::string_view, std::string_view) const override {
    return false;
  }
  std::optional<std::string> system_name(std::string_view) const override {
    return std::nullopt;
  }
  std::optional<std::string> variable(std::string_view) const override {
    return std::nullopt;
  }
  engine::script_result run(const engine::script_call& call) override {
    given_bytes += call.input.size();
    engine::script_result out;
    out.value = payload(nlohmann::json(++asked < holds));
    return out;
  }

  size_t asked = 0, holds = 0, given_bytes = 0;
};

struct execution {
  ports doors;
  engine::dry_run::seeded_ids ids{1};
  engine::limits bounds;
  engine::state state;
  std::vector<std::string> waiting; ///< task ids, in the order of their offers

  engine::decision_context world() {
    return {1'700'000'000'000, ids, doors, doors, doors, bounds, doors};
  }
  void keep(const engine::decision& d) {
    for (auto& x : d.effects)
      if (auto* offer = std::get_if<engine::offer_task>(&x))
        waiting.push_back(offer->row.task_id);
  }
  void tell(const workflow_command& what) {
    auto d = engine::decide(state, what, world());
    keep(d);
    while (d.unfinished) {
      d = engine::continue_decision(state, d.why, world());
      keep(d);
    }
  }
  void start(const std::string& definition, const std::string& input) {
    bounds.tasks_max = 10'000'000;
    auto def = std::make_shared<const workflow_def>(
        std::move(*read_workflow_def(definition)));
    start_workflow_request request;
    request.name = def->name;
    request.input = *payload::parse(input);
    auto pinned = engine::pin_definitions(*def, doors);
    auto head = engine::make_head(request, *pinned, ids.workflow_id(),
                                  1'700'000'000'000);
    command::start what;
    what.head = std::move(*head);
    tell(what);
  }
  void finish(const std::string& task_id,
              task_status status = task_status::completed) {
    tell(command::hand_out{task_id, "worker"});
    command::update_task done;
    done.result.task_id = task_id;
    done.result.status = status;
    done.result.output = *payload::parse(R"({"r":"0123456789"})");
    tell(done);
  }
};

const std::string loop_head
    = R"({"type":"DO_WHILE","name":"loop","taskReferenceName":"loop",
       "loopCondition":"$.loop['iteration'] < $.n",
       "inputParameters":{"n":"${workflow.input.n}")";
const std::string worker
    = R"({"type":"SIMPLE","name":"a","taskReferenceName":"a",
       "inputParameters":{"i":"${loop.output.iteration}",
                          "before":"${a.output.r}"}})";

std::string loop(const std::string& body, const std::string& inputs = "") {
  return R"({"name":"w","version":1,"tasks":[)" + loop_head + inputs
         + R"(},"loopOver":[)" + body + "]}]}";
}

double median(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return (x[(x.size() - 1) / 2] + x[x.size() / 2]) / 2;
}

double least(const std::vector<double>& x) {
  return *std::min_element(x.begin(), x.end());
}

/// Two figures and their ratio, measured in turns: a machine that is busy, or
/// changes its speed, does so to both. The figures are the best of all turns,
/// the ratio is the median of the turns'.
void print(const char* what, const char* small_name,
           const std::vector<double>& small, const char* large_name,
           const std::vector<double>& large) {
  std::vector<double> ratios;
  for (size_t i = 0; i < small.size(); ++i)
    ratios.push_back(large[i] / small[i]);
  std::printf("%-38s %s %6.2f us  %s %6.2f us  ratio of %zu turns: %.2f "
              "(best to best %.2f, target 1.20)\n",
              what, small_name, least(small) * 1e6, large_name,
              least(large) * 1e6, ratios.size(), median(ratios),
              least(large) / least(small));
}

constexpr size_t steps = 100'000;

/// One execution of a loop, step by step.
struct stepper {
  execution x;
  size_t next = 0;
  void step() { x.finish(x.waiting[next++]); }
  /// CPU seconds of one of so many steps.
  double run(size_t count) {
    auto from = cpu_seconds();
    for (size_t i = 0; i < count; ++i)
      step();
    return (cpu_seconds() - from) / double(count);
  }
};

/// Steps of a new execution in turn with those of one that has made 99,000.
void measure(const char* what, const std::string& definition,
             const std::string& input, bool with_end) {
  auto fresh = [&] {
    auto out = std::make_unique<stepper>();
    out->x.doors.holds = steps + 1;
    out->x.start(definition, input);
    return out;
  };
  std::vector<double> first, last;
  for (int round = 0; round < 3; ++round) {
    auto old = fresh();
    old->run(steps - 1'000);
    auto young = fresh();
    for (int i = 0; i < 10; ++i) {
      first.push_back(young->run(100));
      last.push_back(old->run(100));
    }
    if (!with_end || round > 0)
      continue;
    auto end = old->run(1);
    std::printf("%-38s once %.1f ms, %zu rows, %zu bytes for a condition\n",
                "  its end, which builds the output", end * 1e3,
                old->x.state.rows().count(),
                old->x.doors.given_bytes / old->x.doors.asked);
  }
  print(what, "first 1,000:", first, "last 1,000 of 100,000:", last);
}

void loops() {
  auto n = R"({"n":100000})";
  measure("DO_WHILE, a worker task, an iteration", loop(worker), n, true);
  measure("DO_WHILE, keepLastN 10, an iteration",
          loop(worker, R"(,"keepLastN":10)"), n, false);
  std::string items;
  for (size_t i = 0; i < steps + 10; ++i)
    items += (i ? "," : "") + std::to_string(i);
  measure("FOR_EACH, 10 at a time, an item",
          R"({"name":"w","version":1,"tasks":[{"type":"FOR_EACH",
        "name":"each","taskReferenceName":"each",
        "items":"${workflow.input.items}","inputParameters":{"maxParallel":10},
        "loopOver":[{"type":"SIMPLE","name":"a","taskReferenceName":"a",
          "inputParameters":{"i":"${each.item}"}}]}]})",
          R"({"items":[)" + items + "]}", false);
}

/// CPU per branch of a dynamic fork: made, done by workers, joined.
double fork_of(size_t branches) {
  execution x;
  std::string inputs;
  for (size_t i = 0; i < branches; ++i)
    inputs += (i ? ",{\"q\":" : "{\"q\":") + std::to_string(i) + "}";
  auto from = cpu_seconds();
  x.start(R"({"name":"w","version":1,"tasks":[{"type":"FORK_JOIN_DYNAMIC",
      "name":"f","taskReferenceName":"f","inputParameters":{
        "forkTaskName":"a","forkTaskInputs":"${workflow.input.list}"}},
      {"type":"JOIN","name":"j","taskReferenceName":"j"}]})",
          R"({"list":[)" + inputs + "]}");
  for (auto& id : std::vector(x.waiting))
    x.finish(id);
  if (x.state.head().status != workflow_status::completed)
    std::printf("the fork of %zu did not complete\n", branches);
  return (cpu_seconds() - from) / double(branches);
}

/// CPU of undoing one of so many tasks, one after another.
double compensation_of(size_t tasks) {
  execution x;
  std::string items;
  for (size_t i = 0; i < tasks; ++i)
    items += (i ? "," : "") + std::to_string(i);
  x.start(R"({"name":"w","version":1,"tasks":[{"type":"SCOPE","name":"s",
      "taskReferenceName":"s","onError":[{"then":"COMPENSATE"}],"loopOver":[
        {"type":"FOR_EACH","name":"each","taskReferenceName":"each",
         "items":"${workflow.input.items}","inputParameters":{"maxParallel":10},
         "loopOver":[{"type":"SIMPLE","name":"a","taskReferenceName":"a",
           "compensate":[{"type":"SIMPLE","name":"u","taskReferenceName":"u",
             "inputParameters":{"of":"${a.output.r}",
                                "why":"${s.output.caught.reason}"}}]}]},
        {"type":"SIMPLE","name":"b","taskReferenceName":"b"}]}]})",
          R"({"items":[)" + items + "]}");
  size_t next = 0;
  while (next < tasks)
    x.finish(x.waiting[next++]);
  x.finish(x.waiting[next++], task_status::failed_with_terminal_error);
  auto from = cpu_seconds();
  while (next < x.waiting.size())
    x.finish(x.waiting[next++]);
  if (x.state.head().status != workflow_status::completed
      || next != 2 * tasks + 1)
    std::printf("the compensation of %zu did not complete\n", tasks);
  return (cpu_seconds() - from) / double(tasks);
}

/// Ten of 1,000 in turn with one of 10,000.
void in_turns(const char* what, int turns, double (*cost)(size_t)) {
  std::vector<double> small, large;
  for (int i = 0; i < turns; ++i) {
    double sum = 0;
    for (int k = 0; k < 10; ++k)
      sum += cost(1'000);
    small.push_back(sum / 10);
    large.push_back(cost(10'000));
  }
  print(what, "of 1,000:", small, "of 10,000:", large);
}

} // namespace

/// `loop_bench 10000 30` makes 30 forks of 10,000 branches and prints nothing:
/// something to hold a profiler to.
int main(int argc, char** argv) {
  if (argc > 2) {
    for (int i = 0; i < std::atoi(argv[2]); ++i)
      fork_of(size_t(std::atoi(argv[1])));
    return 0;
  }
  in_turns("dynamic fork, a branch", 15, fork_of);
  in_turns("SCOPE that compensates, a task", 15, compensation_of);
  loops();
  return 0;
}
