#include "actors/jobs/earlier_work.hpp"
#include "storage/keys.hpp"
#include "storage/read_or_throw.hpp"
#include "storage/records.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/seeds.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

// A job over executions, on disks that write when they like, in processes that
// die between any two writes, with executions that crash: whatever happens, the
// job does each execution once, and says so.

namespace jobs_simulation {

class simulation {
 public:
  simulation(uint64_t seed, int executions, std::string action,
             std::string arguments)
      : random_(seed),
        world_({.shards = 3,
                .writes = storage::memory_store::writes::by_hand,
                .seed = seed,
                .settings = settings(),
                .reads = actor_world::options::reading::shuffled}),
        action_(std::move(action)), arguments_(std::move(arguments)) {
    world_.definitions.define_task("t1");
    world_.definitions.define(workflow_of(simple("t1")));
    for (int i = 0; i < executions; ++i)
      begin_one();
    world_.before_decision = [this](std::string_view) {
      if (faults_ && below(100) < 5)
        throw std::runtime_error("injected");
    };
    world_.refused_reads = 20;
  }

  /// How often an execution was asked whether it had been done before.
  uint64_t run() {
    job_order order;
    order.all = true;
    order.action = action_;
    order.arguments = *payload::parse(arguments_);
    order.rate = 40;
    order.parallel = 1 + int64_t(below(8));
    auto [id, answer] = world_.create_job(std::move(order));
    job_ = id;
    // Only what was acknowledged must be there after a crash.
    while (!answer.good())
      step(false);
    for (int i = 0; i < 1'500; ++i)
      step(true);
    faults_ = false;
    world_.refused_reads = 0;
    for (int i = 0; i < 600; ++i) {
      settle();
      if (shown()["endTime"].get<int64_t>() != 0)
        break;
      world_.advance(500ms);
    }
    check();
    return repeated_ + world_.jobs_figures->repeated;
  }

 private:
  /// Nobody is put aside, however often it crashes.
  static execution_settings settings() {
    execution_settings x;
    x.crash_limit = 1'000;
    return x;
  }

  uint64_t below(uint64_t n) { return random_() % n; }

  void begin_one() {
    auto [id, answer] = world_.try_start("w");
    settle();
    REQUIRE(answer.good());
    executions_.push_back(id);
    auto& row = world_.offered->rows.begin()->second;
    auto given = world_.call(row.workflow_id,
                             command::hand_out{row.task_id, "worker"});
    settle();
    world_.update(nlohmann::json::parse(given.value().text),
                  task_status::failed);
    settle();
  }

  void settle() {
    do {
      world_.run();
      world_.store->flush();
      world_.run();
    } while (world_.store->held() > 0);
  }

  void step(bool may_die) {
    if (may_die && below(100) == 0) {
      world_.run_some(below(50));
      repeated_ += world_.jobs_figures->repeated;
      world_.crash(below(world_.store->held() + 1));
      return;
    }
    switch (below(6)) {
      case 0:
        world_.store->flush_some(below(4));
        break;
      case 1:
        world_.store->flush();
        break;
      case 2:
        world_.advance(std::chrono::milliseconds(below(200)));
        break;
      default:
        world_.run_some(below(30));
    }
  }

  nlohmann::json shown() { return world_.job(job_); }

  int done_by_job(const std::string& execution) {
    int out = 0;
    auto prefix = storage::keys::events_of(execution);
    for (uint32_t shard = 0; shard < world_.store->shards(); ++shard)
      storage::read_or_throw(world_.store->scan(
          shard, prefix, storage::keys::after(prefix),
          [&](std::string_view, std::string_view record) {
            out += storage::read_told(record)->why.by == client_of_job(job_);
            return true;
          }));
    return out;
  }

  void check() {
    auto x = shown();
    CHECK(x["status"] == "COMPLETED");
    CHECK(x["done"] == executions_.size());
    CHECK(x["failed"] == 0);
    CHECK(x["skipped"] == 0);
    bool removes = action_ == "remove";
    for (auto& id : executions_)
      CHECK_MESSAGE(done_by_job(id) == (removes ? 0 : 1), id);
    if (removes)
      CHECK(world_.count_rows("e") == 0);
    CHECK(world_.count_rows("Jc") == 0);
    for (auto& complaint : contradictions(world_.store))
      FAIL_CHECK(complaint);
  }

  std::mt19937_64 random_;
  actor_world world_;
  std::string action_, arguments_, job_;
  std::vector<std::string> executions_;
  bool faults_ = true;
  uint64_t repeated_ = 0;
};

TEST_CASE("a job does each execution once over deaths of the process and "
          "crashes of executions") {
  uint64_t repeated = 0;
  auto seeds = test::for_each_seed(1'000, 12, [&](uint64_t seed) {
    repeated += simulation(seed, 60, "retry", "{}").run();
  });
  // Otherwise nothing was tried.
  CHECK(repeated >= seeds);
}

TEST_CASE("a job removes each execution once over deaths of the process") {
  test::for_each_seed(2'000, 6, [](uint64_t seed) {
    simulation(seed, 60, "remove", R"({"archiveWorkflow":false})").run();
  });
}

} // namespace jobs_simulation
