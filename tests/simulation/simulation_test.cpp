#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/feed/follower_actor.hpp"
#include "messages/model/validation.hpp"
#include "storage/keys.hpp"
#include "storage/read_or_throw.hpp"
#include "storage/records.hpp"
#include "tests/simulation/random_definitions.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/test_sinks.hpp"

#include <doctest/doctest.h>

#include <array>
#include <deque>
#include <stdexcept>
#include <utility>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

// A node of a few shards, its clients and its workers, in an order chosen by a
// seed: disks that write when they like, processes that die between any two
// writes, actors that crash in the middle of a decision. What was acknowledged
// stays, rows agree with executions after every death, and everything ends.
// TUTTI_SEED=n runs one seed, TUTTI_SEEDS=n that many.

namespace simulation {

struct rates {
  int crash = 2;        ///< of the process, per mille of the steps
  int actor_crash = 10; ///< per mille of the decisions
  int refused_read = 0; ///< per mille of the reads
};

class simulation {
 public:
  simulation(uint64_t seed, rates how)
      : random_(seed), how_(how),
        world_({.shards = 3,
                .writes = storage::memory_store::writes::by_hand,
                .seed = seed,
                .settings = settings(seed),
                .bounds = bounds(seed),
                .follows_feed = true,
                .reads = actor_world::options::reading::shuffled,
                .sinks = sinks_}) {
    world_.refused_reads = how_.refused_read;
    sinks_->before = [this](const external_message&) {
      using mood = test_sinks::mood;
      sinks_->now = !faults_   ? mood::takes
                    : below(3) ? mood::waits
                    : below(3) ? mood::takes
                    : below(2) ? mood::refuses
                    : below(2) ? mood::throws
                               : mood::forgets;
    };
    names_ = random_definitions(seed).define(world_.definitions);
    world_.before_decision = [this](std::string_view) {
      if (faults_ && below(1000) < uint64_t(how_.actor_crash))
        throw std::runtime_error("injected");
    };
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i)
      step();
    faults_ = false;
    world_.refused_reads = 0;
    while (!sinks_->waiting.empty())
      sinks_->take_one();
    finish();
  }

 private:
  struct started {
    std::string id;
    asked answer;
    bool kept = false;
  };
  struct job {
    nlohmann::json task;
    task_status status;
    asked answer;
  };
  struct given {
    asked answer;
    int64_t since;
  };

  /// In half of the runs decisions are cut all the time.
  static engine::limits bounds(uint64_t seed) {
    engine::limits x;
    x.decision_events_max = seed % 2 ? 2'000 : 10;
    return x;
  }

  static execution_settings settings(uint64_t seed) {
    execution_settings x;
    // Sleep, snapshots and windows happen all the time in some runs.
    x.idle_sleep = std::chrono::milliseconds{seed % 2 ? 10'000 : 200};
    x.terminal_sleep = 100ms;
    x.active_max = seed % 3 ? 1'000 : 4;
    x.snapshot_revisions_min = seed % 5 ? 64 : 3;
    x.outbox_credit = seed % 4 ? 1'000 : 2;
    x.timer_window = seed % 4 ? 10'000 : 3;
    x.crash_limit = 1'000;
    return x;
  }

  uint64_t below(uint64_t n) { return random_() % n; }

  void step() {
    if (below(1000) < uint64_t(how_.crash))
      return die();
    switch (below(12)) {
      case 0:
        if (starts_.size() < 40)
          start();
        break;
      case 1:
      case 2:
        hand_out();
        break;
      case 3:
      case 4:
        work();
        break;
      case 5:
        world_.store->flush_some(below(4));
        break;
      case 6:
        world_.store->flush();
        break;
      case 7:
        world_.advance(std::chrono::milliseconds(below(3'000)));
        break;
      case 8:
        operate();
        if (!sinks_->waiting.empty())
          sinks_->take_one();
        break;
      default:
        world_.run_some(below(30));
    }
    collect();
  }

  void start() {
    auto name = names_[below(names_.size())];
    auto input = R"({"x":)" + std::to_string(below(2)) + "}";
    auto [id, answer] = world_.try_start(name, input);
    starts_.push_back({id, answer});
  }

  /// The queue hands out whatever it knows of, and takes back what was not
  /// recorded in time, like a real one.
  void hand_out() {
    for (auto& [id, row] : world_.offered->rows) {
      if (row.visible_at > world_.now_ms() || below(3) == 0)
        continue;
      auto it = given_.find(id);
      if (it != given_.end() && world_.now_ms() - it->second.since < 30'000
          && (!it->second.answer.answered() || it->second.answer.good()))
        continue;
      auto answer
          = world_.call(row.workflow_id, command::hand_out{id, "worker"});
      given_[id] = {answer, world_.now_ms()};
      waiting_.push_back(answer);
      return;
    }
  }

  void collect() {
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      if (!it->answered()) {
        ++it;
        continue;
      }
      if (it->good() && it->value().effective) {
        auto status = below(6) ? task_status::completed : task_status::failed;
        jobs_.push_back({nlohmann::json::parse(it->value().text), status, {}});
      }
      it = waiting_.erase(it);
    }
    for (auto& x : starts_)
      x.kept = x.kept || x.answer.good();
    resume_further();
    std::erase_if(sent_, [&](job& x) {
      if (!x.answer.answered())
        return false;
      if (x.answer.good())
        acknowledged_.push_back(
            {x.task["workflowInstanceId"].get<std::string>(),
             x.task["taskId"].get<std::string>(),
             x.task["workflowTask"]["taskReferenceName"].get<std::string>()});
      else if (x.answer.why().code == errc::unavailable)
        jobs_.push_back({x.task, x.status, {}}); // a worker asks again
      return true;
    });
  }

  /// As the gateway does: the retry is meant for a child.
  void resume_further() {
    auto before = std::exchange(resumed_, {});
    for (auto& x : before)
      if (!x.answer.answered())
        resumed_.push_back(std::move(x));
      else if (x.answer.good() && !x.answer.value().effective
               && x.answer.value().text != x.id)
        resumed_.push_back(
            {x.answer.value().text,
             world_.call(x.answer.value().text, command::retry{true})});
  }

  void work() {
    if (jobs_.empty())
      return;
    auto i = below(jobs_.size());
    auto x = jobs_[i];
    jobs_.erase(jobs_.begin() + int64_t(i));
    x.answer = world_.update(x.task, x.status, R"({"done":true})");
    if (below(10) == 0) // it was impatient
      world_.update(x.task, x.status, R"({"done":true})");
    sent_.push_back(std::move(x));
  }

  void operate() {
    if (starts_.empty() || below(4) != 0)
      return;
    auto& id = starts_[below(starts_.size())].id;
    switch (below(14)) {
      case 0:
      case 1:
        world_.call(id, command::pause{});
        break;
      case 2:
      case 3:
        world_.call(id, command::resume{});
        break;
      case 4:
        world_.call(id, command::retry{});
        break;
      case 5:
        resumed_.push_back({id, world_.call(id, command::retry{true})});
        break;
      case 10:
        rewound_.insert(id);
        world_.call(id, command::restart{});
        break;
      case 11:
      case 12:
        rerun(id);
        break;
      case 13:
        skip(id);
        break;
      case 6:
        world_.call(id, command::terminate{"an operator"});
        break;
      case 7:
        world_.remove(id, below(2) == 0);
        removed_.insert(id);
        break;
      default:
        world_.read(id);
    }
  }

  /// From the start, or from any task the store knows of it.
  void rerun(const std::string& id) {
    command::rerun what;
    auto live = loaded(world_.store, id);
    if (live.exists() && !live.rows().empty() && below(4) != 0) {
      auto ordered = live.rows_in_order();
      what.request.from_task_id = ordered[below(ordered.size())]->task_id;
    }
    rewound_.insert(id);
    world_.call(id, std::move(what));
  }

  /// A worker's task, which may have had its turn. Skipping a fork would leave
  /// its JOIN waiting for branches that never come.
  void skip(const std::string& id) {
    auto live = loaded(world_.store, id);
    if (!live.exists())
      return;
    std::vector<std::string> references;
    for_each_task(live.head().definition->tasks, [&](auto& x) {
      if (x.type == "SIMPLE")
        references.push_back(x.reference_name);
    });
    if (references.empty())
      return;
    command::skip_task what;
    what.reference_name = references[below(references.size())];
    world_.call(id, std::move(what));
  }

  void die() {
    ++deaths_;
    world_.run_some(below(50));
    collect(); // what was answered has left the house
    world_.crash(below(world_.store->held() + 1));
    // One that the other system has taken may be on its way once more.
    for (auto& [id, reply] : sinks_->waiting)
      CHECK_MESSAGE((is_stored(id) || sinks_->taken.contains(id)),
                    "a message is lost: " << id);
    sinks_->waiting.clear();
    expect_none(contradictions(world_.store));
    check_limits();
    check_feed();
    // Their connections are gone, and so is what a queue had in memory.
    for (auto& x : sent_)
      jobs_.push_back({x.task, x.status, {}});
    sent_.clear();
    waiting_.clear();
    resumed_.clear();
    given_.clear();
    find_rows();
  }

  /// By status, as the lists of the store have them.
  std::array<uint64_t, storage::followed_counts::statuses> stored_executions() {
    namespace keys = storage::keys;
    std::array<uint64_t, storage::followed_counts::statuses> out{};
    auto from = keys::all_named();
    for (uint32_t shard = 0; shard < world_.store->shards(); ++shard)
      storage::read_or_throw(
          world_.store->scan(shard, from, keys::after(from),
                             [&](std::string_view, std::string_view row) {
                               auto entry = storage::read_catalog_entry(row);
                               REQUIRE(entry);
                               ++out[size_t(entry->status)];
                               return true;
                             }));
    return out;
  }

  void check_counts(const storage::followed_counts& x) {
    auto truth = stored_executions();
    uint64_t all = 0;
    for (size_t i = 0; i < truth.size(); ++i) {
      CHECK(x.now(workflow_status(i)) == truth[i]);
      all += truth[i];
    }
    CHECK(x.created - x.removed == all);
  }

  /// What the follower has stored and what it has not seen yet are together
  /// what the store holds: nothing is missing, nothing counted twice.
  void check_feed() {
    storage::followed_counts total;
    auto& store = *world_.store;
    auto marks = load_marks(store, execution_counter::consumer_name);
    REQUIRE(marks);
    for (uint32_t shard = 0; shard < store.shards(); ++shard) {
      auto& mark = (*marks)[shard];
      auto counts = storage::read_followed_counts(mark.state);
      REQUIRE(counts);
      CHECK(counts->commits == mark.position);
      auto rest = storage::read_feed(store, shard, mark.position, SIZE_MAX);
      REQUIRE(rest);
      CHECK_FALSE(rest->is_behind);
      auto position = mark.position;
      for (auto& x : rest->items) {
        CHECK(x.position == ++position);
        counts->add(x.what);
      }
      CHECK(position == store.feed_end(shard));
      total += *counts;
    }
    check_counts(total);
  }

  /// Never more than a rateLimitConfig allows, whatever was on its way.
  void check_limits() {
    namespace keys = storage::keys;
    std::map<std::string, int> held;
    auto from = keys::all_running();
    for (uint32_t shard = 0; shard < world_.store->shards(); ++shard)
      storage::read_or_throw(world_.store->scan(
          shard, from, keys::after(from),
          [&](std::string_view key, std::string_view) {
            auto x = loaded(world_.store, keys::read_running(key)->id);
            auto& head = x.head();
            if (head.slot != slot_state::held)
              return true;
            auto limit = head.definition->rate_limit->concurrent_exec_limit;
            CHECK(++held[head.definition->name + "/" + head.rate_limit_key]
                  <= limit);
            return true;
          }));
  }

  bool is_stored(const std::string& id) const {
    namespace keys = storage::keys;
    bool found = false;
    auto from = keys::all_external_messages();
    for (uint32_t shard = 0; shard < world_.store->shards(); ++shard)
      storage::read_or_throw(world_.store->scan(
          shard, from, keys::after(from),
          [&](std::string_view, std::string_view record) {
            auto row = storage::read_outbox_message(record);
            REQUIRE(row);
            found = found || std::get<external_message>(row->what).id == id;
            return !found;
          }));
    return found;
  }

  /// What a task says it published has arrived, over all crashes.
  void check_published(const std::string& id) {
    auto live = loaded(world_.store, id);
    if (!live.exists())
      return;
    for (auto& row : live.rows())
      if (row.task_type == "EVENT" && row.status == task_status::completed)
        CHECK_MESSAGE(sinks_->taken.contains(row.task_id),
                      "a message never arrived: " << row.task_id);
  }

  void find_rows() {
    namespace keys = storage::keys;
    auto from = keys::all_queues();
    for (uint32_t shard = 0; shard < world_.store->shards(); ++shard)
      storage::read_or_throw(world_.store->scan(
          shard, from, keys::after(from),
          [&](std::string_view key, std::string_view id) {
            auto k = *keys::read_queue(key);
            world_.offered->rows[k.task_id]
                = {k.queue,      storage::read_queue_entry(id).workflow_id,
                   k.task_id,    k.priority,
                   k.visible_at, k.seq};
            return true;
          }));
  }

  void expect_none(const std::vector<std::string>& complaints) {
    for (auto& x : complaints)
      FAIL_CHECK(x);
  }

  /// No more faults: whatever is left must come to its end.
  void finish() {
    // Slots of one and waits of 20 s, begun anew by operators, take their time.
    for (int round = 0; round < 1'500; ++round) {
      for (auto& x : starts_)
        if (round % 50 == 0)
          world_.call(x.id, command::resume{});
      for (size_t n = world_.offered->rows.size() + 1; n-- > 0;)
        hand_out();
      settle();
      while (!jobs_.empty())
        work();
      settle();
      world_.advance(1s);
      settle();
      if (world_.count_rows("r") == 0 && sent_.empty() && jobs_.empty()
          && world_.count_rows("o") == 0 && world_.count_rows("u") == 0)
        return check();
    }
    for (auto& x : starts_)
      if (x.kept)
        if (auto now = world_.status(x.id); now == "RUNNING")
          MESSAGE(x.id, " is ", now);
    FAIL_CHECK("something is stuck: ", world_.count_rows("r"), " run, ",
               world_.count_rows("o"), " letters, ", jobs_.size(), " jobs");
  }

  void settle() {
    do {
      world_.run();
      world_.store->flush();
      world_.run();
    } while (world_.store->held() > 0);
    collect();
  }

  void check() {
    world_.advance(60s);
    settle();
    // The follower pauses between its pages.
    world_.advance(1s);
    settle();
    expect_none(contradictions(world_.store));
    check_feed();
    check_counts(world_.feed_counter->total());
    CHECK(world_.count_rows("q") == 0);
    CHECK(world_.count_rows("t") == 0);
    CHECK(world_.count_rows("o") == 0);
    CHECK(world_.count_rows("a") == 0);
    for (auto& x : starts_)
      check_published(x.id);
    for (auto& x : starts_)
      if (x.kept && !removed_.contains(x.id))
        CHECK_MESSAGE(world_.status(x.id) != "",
                      "an acknowledged start is gone: " << x.id);
    for (auto& [id, task_id, reference] : acknowledged_) {
      if (removed_.contains(id))
        continue;
      auto live = loaded(world_.store, id);
      auto* row = live.find(task_id);
      // An operator may have taken back what was done.
      if (!row && (rewound_.contains(id) || may_be_dropped(live, reference)))
        continue;
      REQUIRE_MESSAGE(row, "an acknowledged task is gone: " << task_id);
      // A task that had ended otherwise (a timeout, a cancellation) takes an
      // update without heeding it.
      CHECK_MESSAGE(is_terminal(row->status), task_id);
    }
    // What is read from memory is what the store says.
    for (auto& x : starts_) {
      auto before = world_.execution(x.id);
      auto shown = before.is_null() ? "" : before["status"].get<std::string>();
      if (!before.is_null())
        CHECK(shown == to_text(loaded(world_.store, x.id).head().status));
    }
  }

  /// Some loop around it keeps its last iterations only.
  static bool may_be_dropped(const engine::state& live,
                             const std::string& reference) {
    auto& definition = live.definition();
    for (auto* place = definition.location_of_row(reference);
         place && place->parent;
         place = definition.location_of(place->parent->reference_name))
      if (place->parent->type == "DO_WHILE"
          && place->parent->input_parameters.json().contains("keepLastN"))
        return true;
    return false;
  }

  struct fact {
    std::string id, task_id, reference;
  };

  std::mt19937_64 random_;
  rates how_;
  std::shared_ptr<test_sinks> sinks_ = std::make_shared<test_sinks>();
  actor_world world_;
  std::vector<std::string> names_;
  std::vector<started> starts_;
  std::deque<asked> waiting_;
  std::vector<job> jobs_, sent_;
  std::map<std::string, given> given_;
  std::vector<fact> acknowledged_;
  std::set<std::string> removed_, rewound_;
  struct resumed {
    std::string id;
    asked answer;
  };
  std::vector<resumed> resumed_;
  bool faults_ = true;
  int deaths_ = 0;
};

void run_seeds(uint64_t first, uint64_t count, rates how, int steps) {
  test::for_each_seed(first, count,
                      [&](uint64_t seed) { simulation(seed, how).run(steps); });
}

TEST_CASE("nothing is lost or stuck while nothing fails") {
  run_seeds(1, 10, {0, 0}, 600);
}

TEST_CASE("nothing is lost or stuck over crashes of actors") {
  run_seeds(100, 10, {0, 30}, 600);
}

TEST_CASE("nothing is lost or stuck over deaths of the process") {
  run_seeds(200, 20, {10, 0}, 800);
}

TEST_CASE("nothing is lost or stuck over both") {
  run_seeds(300, 20, {10, 20}, 800);
}

TEST_CASE("nothing is lost or stuck over reads that fail, and all else") {
  run_seeds(400, 20, {10, 20, 100}, 800);
}

} // namespace simulation
