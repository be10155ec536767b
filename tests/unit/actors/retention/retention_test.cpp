#include "actors/retention/retention_actor.hpp"

#include "actors/gateway/operators.hpp"
#include "actors/retention/archive.hpp"
#include "storage/keys.hpp"
#include "storage/read_or_throw.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace retention_test {

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

constexpr int64_t day = 86'400'000;

/// A world with retention beside it. Its index reads all executions and knows
/// the queries of rules.
class retention_world {
 public:
  explicit retention_world(retention_settings how = {}) {
    world.definitions.define_task("t1");
    world.definitions.define(workflow_of(simple("t1")));
    auto gateway = std::make_shared<gateway_context>();
    gateway->directory = world.directory;
    auto context = std::make_shared<retention_context>();
    context->settings = how;
    context->store = world.store;
    context->readers = world.readers;
    for (auto& x : world.contexts)
      context->epochs.push_back(x->epoch);
    context->clock = world.clock;
    context->definitions
        = [] { return std::make_shared<const definition_snapshot>(); };
    // As an index would, aside.
    context->find = [this](const execution_question& what,
                           const reply<found_executions>& done) {
      auto work = [store = world.store, what](const storage::store&) {
        found_executions out;
        auto all = found(store, what.of.query);
        out.total = all.size();
        for (auto& id : all)
          if (id > what.cursor && out.ids.size() < what.count)
            out.ids.push_back(id);
        if (!out.ids.empty() && out.ids.back() != all.back())
          out.cursor = out.ids.back();
        return result<found_executions>(std::move(out));
      };
      storage::read<found_executions>(*world.readers, std::move(work), done);
    };
    context->count = [this](const std::string& query,
                            const reply<retention_count>& done) {
      auto work = [store = world.store, query](const storage::store&) {
        retention_count out;
        for (auto& id : found(store, query)) {
          auto ended = loaded(store, id).head().end_time;
          out.oldest = out.total++ == 0 ? ended : std::min(out.oldest, ended);
        }
        return result<retention_count>(out);
      };
      storage::read<retention_count>(*world.readers, std::move(work), done);
    };
    context->operators = make_operators(gateway);
    figures = context->figures;
    actor = world.system.spawn(retention, retention_context_pointer(context));
  }
  ~retention_world() {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    actor = retention_actor{};
  }

  std::string complete_one() {
    auto id = world.start("w");
    world.complete("t1");
    return id;
  }
  template <class Request>
  nlohmann::json ask(Request what) {
    asked out;
    caf::anon_send(actor, out.of(std::move(what)));
    world.run();
    REQUIRE(out.answered());
    REQUIRE(out.good());
    return nlohmann::json::parse(out.value().text);
  }
  nlohmann::json report() { return ask(read_retention{})["run"]; }
  document archived(const std::string& id, read_execution what = {}) {
    what.workflow_id = id;
    auto got = read_archived(*world.store, what, {errc::not_found, "no"});
    return got ? *got : document{};
  }

  actor_world world;
  retention_actor actor;
  std::shared_ptr<retention_figures> figures;

 private:
  static std::vector<std::string>
  found(const std::shared_ptr<storage::store>& store,
        const std::string& query) {
    std::vector<std::string> out;
    auto before = std::stoll(query.substr(query.find("endTime < ") + 10));
    auto wanted = query.substr(query.find("status = ") + 9);
    auto add = [&](std::string_view key, std::string_view) {
      auto id = storage::keys::read_named(key)->id;
      auto head = loaded(store, id).head();
      if (wanted.starts_with(to_text(head.status)) && head.end_time > 0
          && head.end_time < before)
        out.push_back(id);
      return true;
    };
    for (uint32_t shard = 0; shard < store->shards(); ++shard)
      storage::read_or_throw(store->scan(shard, "n", "o", add));
    std::ranges::sort(out);
    return out;
  }
};

retention_settings completed_after(int64_t ms) {
  retention_settings out;
  out.ages.completed = ms;
  return out;
}

TEST_CASE("without a policy nothing is removed") {
  retention_world x;
  x.complete_one();
  x.ask(run_retention{});
  x.world.advance(10s);
  CHECK(x.report()["removed"] == 0);
  CHECK(x.world.count_rows("n") == 1);
}

TEST_CASE("what ended long enough ago leaves, and can be read from the "
          "archive as it was") {
  retention_world x(completed_after(day));
  auto old = x.complete_one();
  auto before = x.world.execution(old);
  x.world.advance(std::chrono::hours(30));
  auto young = x.complete_one();
  auto runs = x.world.start("w");
  x.ask(run_retention{});
  x.world.advance(10s);
  auto report = x.report();
  CHECK(report["status"] == "ENDED");
  CHECK(report["removed"] == 1);
  CHECK(x.world.execution(old).is_null());
  CHECK(x.world.status(young) == "COMPLETED");
  CHECK(x.world.status(runs) == "RUNNING");
  CHECK(nlohmann::json::parse(x.archived(old).text) == before);
  auto list = x.ask(list_archived{});
  REQUIRE(list.size() == 1);
  CHECK(list[0]["workflowId"] == old);
  CHECK(list[0]["status"] == "COMPLETED");
  CHECK(x.figures->removed == 1);
}

TEST_CASE("an archived execution answers like one that is there") {
  retention_world x(completed_after(day));
  auto id = x.complete_one();
  x.world.advance(std::chrono::hours(30));
  x.ask(run_retention{});
  x.world.advance(10s);
  read_execution what;
  what.include_tasks = false;
  auto bare = nlohmann::json::parse(x.archived(id, what).text);
  CHECK(bare["tasks"].empty());
  CHECK(bare["status"] == "COMPLETED");
  what.what = read_execution::part::status;
  auto status = nlohmann::json::parse(x.archived(id, what).text);
  CHECK(status["status"] == "COMPLETED");
  CHECK_FALSE(status.contains("output"));
  what.what = read_execution::part::tasks;
  auto tasks = nlohmann::json::parse(x.archived(id, what).text);
  CHECK(tasks["totalHits"] == 1);
  CHECK(tasks["results"][0]["referenceTaskName"] == "t1");
  CHECK(x.archived("00000000-0000-4000-8000-000000000000").text.empty());
}

TEST_CASE("a dry run counts, says the oldest, and removes nothing") {
  retention_world x(completed_after(day));
  auto first = x.complete_one();
  auto ended = loaded(x.world.store, first).head().end_time;
  x.world.advance(1h);
  x.complete_one();
  x.world.advance(std::chrono::hours(30));
  auto rules = x.ask(run_retention{true});
  REQUIRE(rules.size() == 1);
  CHECK(rules[0]["status"] == "COMPLETED");
  CHECK(rules[0]["matched"] == 2);
  CHECK(rules[0]["oldestEndTime"] == ended);
  x.world.advance(10s);
  CHECK(x.world.count_rows("n") == 2);
}

TEST_CASE("retention runs by itself, and many executions leave page by page") {
  auto how = completed_after(day);
  how.rate = 10'000;
  how.every = 1h;
  retention_world x(how);
  caf::anon_send(x.actor, tick{});
  for (int i = 0; i < 700; ++i)
    x.complete_one();
  x.world.advance(std::chrono::hours(23));
  CHECK(x.world.count_rows("n") == 700);
  x.world.advance(std::chrono::hours(3));
  CHECK(x.world.count_rows("n") == 0);
  CHECK(x.world.count_rows("ze") == 700);
  CHECK(x.figures->removed == 700);
}

TEST_CASE("without the archive nothing stays; archived ones leave after their "
          "time") {
  auto how = completed_after(day);
  how.archive = false;
  retention_world gone(how);
  auto id = gone.complete_one();
  gone.world.advance(std::chrono::hours(30));
  gone.ask(run_retention{});
  gone.world.advance(10s);
  CHECK(gone.world.execution(id).is_null());
  CHECK(gone.world.count_rows("z") == 0);

  auto kept = completed_after(day);
  kept.archive_keep = std::chrono::hours(48);
  retention_world x(kept);
  x.complete_one();
  x.world.advance(std::chrono::hours(30));
  x.ask(run_retention{});
  x.world.advance(10s);
  CHECK(x.world.count_rows("z") == 2);
  x.world.advance(std::chrono::hours(20));
  x.ask(run_retention{});
  x.world.advance(10s);
  CHECK(x.world.count_rows("z") == 0);
  CHECK(x.figures->archive_erased == 1);
}

TEST_CASE("retention refuses what runs, whatever the index says") {
  actor_world world;
  world.definitions.define_task("t1");
  world.definitions.define(workflow_of(simple("t1")));
  auto id = world.start("w");
  asked out;
  world.directory->tell(id, out.of(remove_workflow{id, false, true}));
  world.run();
  REQUIRE(out.answered());
  CHECK(out.why().code == errc::conflict);
  CHECK(world.status(id) == "RUNNING");
}

} // namespace retention_test
