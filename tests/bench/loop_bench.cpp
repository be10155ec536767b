// What one more iteration and one more branch cost when there are many already:
// the figures of "Costs" in actors/engine/README.md. The engine alone, on one
// thread; no store, no queue, no script.

#include "actors/engine/decider.hpp"
#include "actors/engine/populate.hpp"
#include "actors/engine/rehearsal/ids.hpp"
#include "messages/model/codec.hpp"

#include <nlohmann/json.hpp>

#include <ctime>

#include <algorithm>
#include <cstdio>
#include <functional>
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
  engine::rehearsal::seeded_ids ids{1};
  engine::limits bounds;
  engine::state state;
  std::vector<std::string> waiting; ///< task ids, in the order of their offers

  engine::context world() {
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
      d = engine::go_on(state, d.why, world());
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
    auto populated = engine::populate(*def, doors);
    auto head = engine::make_head(request, *populated, ids.workflow_id(),
                                  1'700'000'000'000);
    command::start what;
    what.head = std::move(*head);
    tell(what);
  }
  void finish(const std::string& task_id) {
    tell(command::hand_out{task_id, "worker"});
    command::update_task done;
    done.result.task_id = task_id;
    done.result.status = task_status::completed;
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

/// CPU of the first and the last thousand steps and their ratio. Of each the
/// median of ten tenths counts: a busy machine disturbs some of them.
void measure(const char* what, size_t thousands,
             const std::function<void()>& step) {
  auto tenth = [&] {
    auto from = cpu_seconds();
    for (int k = 0; k < 100; ++k)
      step();
    return 10 * (cpu_seconds() - from);
  };
  auto thousand = [&] {
    std::vector<double> spent;
    for (int i = 0; i < 10; ++i)
      spent.push_back(tenth());
    std::sort(spent.begin(), spent.end());
    return (spent[4] + spent[5]) / 2;
  };
  auto first = thousand();
  for (size_t i = 2; i < thousands; ++i)
    thousand();
  auto last = thousand();
  std::printf("%-44s first 1,000: %6.2f us  last 1,000: %6.2f us  "
              "ratio %.2f (target 1.20)\n",
              what, first * 1e3, last * 1e3, last / first);
}

void loops() {
  constexpr size_t thousands = 100;
  {
    execution x;
    x.doors.holds = thousands * 1000 + 1;
    x.start(loop(worker), R"({"n":100000})");
    measure("DO_WHILE, a worker task, an iteration", thousands, [&] {
      x.finish(x.waiting.back());
      x.waiting.erase(x.waiting.begin());
    });
    auto from = cpu_seconds();
    x.finish(x.waiting.back());
    std::printf("%-44s once: %.1f ms, %zu rows, %zu bytes for a condition\n",
                "  its end, which builds the output",
                (cpu_seconds() - from) * 1e3, x.state.rows().count(),
                x.doors.given_bytes / x.doors.asked);
  }
  {
    execution x;
    x.doors.holds = thousands * 1000 + 1;
    x.start(loop(worker, R"(,"keepLastN":10)"), R"({"n":100000})");
    measure("DO_WHILE, keepLastN 10, an iteration", thousands, [&] {
      x.finish(x.waiting.back());
      x.waiting.erase(x.waiting.begin());
    });
  }
  {
    execution x;
    std::string items;
    for (size_t i = 0; i < thousands * 1000 + 10; ++i)
      items += (i ? "," : "") + std::to_string(i);
    x.start(R"({"name":"w","version":1,"tasks":[{"type":"FOR_EACH",
        "name":"each","taskReferenceName":"each",
        "items":"${workflow.input.items}","inputParameters":{"maxParallel":10},
        "loopOver":[{"type":"SIMPLE","name":"a","taskReferenceName":"a",
          "inputParameters":{"i":"${each.item}"}}]}]})",
            R"({"items":[)" + items + "]}");
    size_t next = 0;
    measure("FOR_EACH, 10 at a time, an item", thousands,
            [&] { x.finish(x.waiting[next++]); });
  }
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

void forks() {
  double small = 1e9, large = 1e9;
  for (int i = 0; i < 10; ++i) {
    small = std::min(small, fork_of(1'000));
    large = std::min(large, fork_of(10'000));
  }
  std::printf("%-44s of 1,000: %6.2f us  of 10,000: %6.2f us  "
              "ratio %.2f (target 1.20)\n",
              "dynamic fork, a branch (best of 10)", small * 1e6, large * 1e6,
              large / small);
}

} // namespace

int main() {
  forks();
  loops();
  return 0;
}
