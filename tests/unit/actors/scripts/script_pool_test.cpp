#include "actors/scripts/script_pool.hpp"

#include "messages/register.hpp"
#include "tests/support/test_scripts.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>

using namespace tutti;
using namespace std::chrono_literals;
using kind = engine::script_result::kind;

namespace script_pool_tests {

/// The pool with real evaluators, asked from outside. Every wait has an end.
struct pool {
  explicit pool(evaluators::evaluator_settings settings) {
    settings.program = TUTTI_EVALUATOR;
    scripts = std::make_shared<script_pool>(std::move(settings));
    scripts->open(system);
  }
  ~pool() { scripts->close(); }

  struct config : caf::actor_system_config {
    config() { register_messages(*this); }
  };
  using answer = std::future<result<engine::script_result>>;

  answer submit(std::string source, std::string group,
                std::string input = "{}") {
    auto cell = std::make_shared<std::promise<result<engine::script_result>>>();
    auto out = cell->get_future();
    auto job = std::make_shared<script_job>();
    job->source = std::move(source);
    job->input = std::move(input);
    job->group = std::move(group);
    job->done
        = reply<engine::script_result>([cell](result<engine::script_result> x) {
            cell->set_value(std::move(x));
          });
    scripts->submit(std::move(job));
    return out;
  }
  static result<engine::script_result> get(answer& x) {
    if (x.wait_for(60s) != std::future_status::ready)
      return failure{errc::internal, "there was no answer"};
    return x.get();
  }
  static bool ready(answer& x) {
    return x.wait_for(0s) == std::future_status::ready;
  }

  config cfg;
  caf::actor_system system{cfg};
  script_pool_pointer scripts;
};

constexpr auto endless = "while (true) {}";

/// The evaluators that this process has for a child.
std::set<pid_t> evaluators_of_this_process() {
  std::set<pid_t> out;
  for (auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream stat(entry.path() / "stat");
    std::string pid, name, state;
    pid_t parent = 0;
    if (stat >> pid >> name >> state >> parent && parent == getpid()
        && name.starts_with("(tutti-eval"))
      out.insert(pid_t(std::stol(pid)));
  }
  return out;
}

TEST_CASE("scripts that do not end hold up nobody else's for long") {
  evaluators::evaluator_settings settings;
  settings.time_limit = 20s;
  settings.reserve_after = 20ms;
  settings.helpers = 2;
  settings.reserve = 2;
  pool p(settings);
  std::vector<pool::answer> stuck;
  for (int i = 0; i < 20; ++i)
    stuck.push_back(p.submit(endless, "bad"));
  // Two at a time are all that "bad" may have, however many there are.
  std::vector<pool::answer> good;
  for (int i = 0; i < 50; ++i)
    good.push_back(p.submit("$.n * 2", "good" + std::to_string(i % 3),
                            R"({"n":)" + std::to_string(i) + "}"));
  for (int i = 0; i < 50; ++i) {
    auto x = pool::get(good[size_t(i)]);
    REQUIRE(x);
    CHECK(x->value.json() == 2 * i);
  }
  for (auto& x : stuck)
    CHECK(!pool::ready(x));
  // What waits is told that the pool closes, what runs is not waited for.
  for (auto pid : evaluators_of_this_process())
    kill(pid, SIGKILL);
}

TEST_CASE("without a reserve a definition may use all there is") {
  evaluators::evaluator_settings settings;
  settings.time_limit = 300ms;
  settings.helpers = 2;
  settings.reserve = 0;
  pool p(settings);
  std::vector<pool::answer> bad;
  for (int i = 0; i < 8; ++i)
    bad.push_back(p.submit(endless, "bad"));
  auto good = p.submit("1", "good");
  // The others' turn comes before it has had them all.
  CHECK(pool::get(good)->what == kind::value);
  CHECK(!pool::ready(bad.back()));
  for (auto& x : bad)
    CHECK(pool::get(x)->what == kind::timed_out);
}

TEST_CASE("a helper that dies in a script fails that one alone") {
  evaluators::evaluator_settings settings;
  settings.time_limit = 20s;
  settings.helpers = 1;
  settings.reserve = 0;
  pool p(settings);
  auto warm = p.submit("1", "w");
  REQUIRE(pool::get(warm)->what == kind::value);
  auto running = evaluators_of_this_process();
  REQUIRE(running.size() == 1);
  auto killed = p.submit(endless, "w");
  auto next = p.submit("2", "w");
  CHECK(!pool::ready(killed));
  kill(*running.begin(), SIGKILL);
  auto lost = pool::get(killed);
  REQUIRE(lost);
  // Killed before it had read the script, another one may have run it.
  if (lost->what == kind::unavailable)
    CHECK(lost->error.find("killed") != std::string::npos);
  auto x = pool::get(next);
  REQUIRE(x);
  CHECK(x->value.json() == 2);
  CHECK(evaluators_of_this_process() != running);
}

TEST_CASE("a pool that closes answers what waits") {
  evaluators::evaluator_settings settings;
  settings.time_limit = 300ms;
  settings.helpers = 1;
  settings.reserve = 0;
  pool p(settings);
  auto running = p.submit(endless, "w");
  auto waiting = p.submit("1", "w");
  p.scripts->close();
  auto x = pool::get(waiting);
  CHECK((!x && x.failure().code == errc::unavailable));
  CHECK(pool::get(running)->what == kind::timed_out);
  auto late = p.submit("1", "w");
  auto no = pool::get(late);
  CHECK((!no && no.failure().code == errc::unavailable));
}

} // namespace script_pool_tests
