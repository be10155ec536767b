// conformance_tests [--case N]... [--cases FOLDER] [--table FILE] [--verbose]
//                   [--restarts] [--pure] [--engine rocksdb|postgres]
//
// Starts `tuttid` of the same build (or what TUTTID names) with a test clock
// and a fresh store; TUTTI_URL uses a node that already runs, which must have
// been started with --test-clock and the settings in `node_arguments`. Several
// nodes of a cluster are separated by commas: each request goes to any of them.
// --restarts stops and starts the node before every step of every case, which
// no case may notice. --engine postgres keeps the node's store in a PostgreSQL
// that is started for it. --pure starts no node: the cases run on the engine
// alone, in this process, with virtual time; with --restarts each decision is
// taken on a state that was read from its stored bytes.

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "storage/postgres/schema.hpp"
#include "tests/conformance/matcher.hpp"
#include "tests/conformance/report.hpp"
#include "tests/conformance/steps.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/postgres_server.hpp"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <set>

namespace tutti::conformance {

struct options {
  std::set<int> only;
  std::string table;
  std::string cases = TUTTI_CASES;
  bool verbose = false;
  bool restarts = false;
  bool pure = false;
  bool over_nodes = false;
  std::string engine = "rocksdb";
};

static options& chosen() {
  static options all;
  return all;
}

TEST_CASE("a rule says why a value does not fit") {
  const json three = 3;
  const json list = json::array({1, "x"});
  const json map{{"a", 1}, {"b", nullptr}};
  CHECK(!misfit(json(3), &three));
  CHECK(misfit(json(3.0), &three));
  CHECK(misfit(json("3"), &three));
  CHECK(misfit(json(3), nullptr));
  CHECK(!misfit(json{{"~absent", true}}, nullptr));
  CHECK(misfit(json{{"~absent", true}}, &three));
  CHECK(misfit(json{{"~present", true}}, nullptr));
  CHECK(!misfit(json{{"~between", {1, 3}}}, &three));
  CHECK(misfit(json{{"~between", {4, 5}}}, &three));
  CHECK(!misfit(json{{"~any_order", {"x", 1}}}, &list));
  CHECK(misfit(json{{"~any_order", {"x", "x"}}}, &list));
  CHECK(!misfit(json{{"~has", {{"b", nullptr}}}}, &map));
  CHECK(misfit(json{{"~has", {{"c", nullptr}}}}, &map));
  CHECK(!misfit(json{{"~not", 4}}, &three));
  CHECK(misfit(json{{"~not", 3}}, &three));
  CHECK(misfit(json{{"~unknown", 3}}, &three));
}

TEST_CASE("every case file says what a case must say") {
  const auto cases = load_cases(chosen().cases);
  CHECK(!cases.empty());
}

static std::map<std::string, std::string>
read_all(test::http_client& client, const std::set<std::string>& ids) {
  std::map<std::string, std::string> texts;
  for (const auto& id : ids)
    texts[id] = client.send("GET", "/api/workflow/" + id).body;
  return texts;
}

/// Stops and starts a node whose clock goes on as if that took no time.
class restarter {
 public:
  restarter(test::node_process& node, test::http_client& client)
      : node_(node), client_(client) {
    advance(ahead_ms_);
  }

  void before(const json& step) {
    using clock = std::chrono::steady_clock;
    const auto down = clock::now();
    if (node_.stop() != 0)
      throw std::runtime_error("the node does not stop: " + node_.log_end());
    node_.start();
    ahead_ms_ -= std::chrono::duration_cast<std::chrono::milliseconds>(
                     clock::now() - down)
                     .count();
    advance(ahead_ms_);
    if (step.contains("advance_ms"))
      ahead_ms_ += step["advance_ms"].get<int64_t>();
  }

 private:
  void advance(int64_t ms) {
    const json body{{"ms", ms}};
    const auto reply
        = client_.send("POST", "/api/tutti/clock/advance", body.dump());
    if (!reply.ok())
      throw std::runtime_error("the clock does not move: " + reply.body
                               + reply.trouble);
  }

  test::node_process& node_;
  test::http_client& client_;
  /// The clock only moves forward: the time that restarts take comes off this.
  int64_t ahead_ms_ = 24 * 3'600'000;
};

/// A database with an empty store, and the settings of a node that uses it.
static std::vector<std::string> arguments_for(const std::string& url) {
  namespace postgres = storage::postgres;
  constexpr uint32_t shards = 16;
  auto by = postgres::connection::open(url, {});
  REQUIRE_MESSAGE(by, by.failure().message);
  REQUIRE(
      postgres::initialize(*by, {postgres::schema_version, shards, 0, shards}));
  return {"--set", "store.engine=postgres", "--set",
          "store.postgres.url=" + url};
}

static bool is_chosen(const test_case& one) {
  return one.later.empty()
         && (chosen().only.empty() || chosen().only.contains(one.number));
}

/// Runs one case, keeps what came of it and says so.
static case_result run(const test_case& one, backend& node,
                       const std::string& suffix, results& found,
                       const std::function<void(const json&)>& before_step) {
  const auto begin = std::chrono::steady_clock::now();
  auto out = run_case(one, node, suffix, before_step);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  found[one.number] = out.trouble;
  const bool holds = out.trouble.empty();
  if (chosen().verbose || !holds)
    std::cout << (holds ? "holds " : "FAILS ") << one.number << "  "
              << one.title << "  (" << took.count() << " ms)\n";
  CHECK_MESSAGE(holds, "case ", one.number, " (", one.file, "): ", out.trouble);
  return out;
}

TEST_CASE("the conformance cases hold on the engine alone") {
  if (!chosen().pure)
    return;
  const auto cases = load_cases(chosen().cases);
  const auto cpu_begin = std::clock();
  results found;
  for (const auto& one : cases) {
    if (!is_chosen(one))
      continue;
    if (!one.not_pure.empty()) {
      std::cout << "needs a node " << one.number << "  " << one.title << ": "
                << one.not_pure << '\n';
      continue;
    }
    run(one, *on_pure_engine(chosen().restarts), "", found, {});
  }
  print_summary(std::cout, cases, found);
  std::cout << "cpu: " << (std::clock() - cpu_begin) * 1000 / CLOCKS_PER_SEC
            << " ms\n";
}

TEST_CASE("the conformance cases hold") {
  if (chosen().pure)
    return;
  const auto cases = load_cases(chosen().cases);
  std::unique_ptr<test::scratch_directory> scratch;
  std::unique_ptr<test::postgres_server> database;
  std::unique_ptr<test::node_process> node;
  std::string url;
  if (const char* given = std::getenv("TUTTI_URL")) {
    url = given;
  } else {
    scratch = std::make_unique<test::scratch_directory>("conformance");
    auto arguments = node_arguments();
    if (chosen().engine == "postgres") {
      database = std::make_unique<test::postgres_server>();
      for (auto& x : arguments_for(database->new_database()))
        arguments.push_back(std::move(x));
    }
    node = std::make_unique<test::node_process>(scratch->path() / "data",
                                                std::move(arguments),
                                                node_environment_entries());
    node->start();
    url = node->base_url();
  }
  test::http_client client{url.substr(0, url.find(','))};
  const auto rest = over_rest(url);
  // Names of several runs on one node must differ.
  const auto suffix
      = node ? std::string{}
             : "_"
                   + std::to_string(std::chrono::system_clock::now()
                                        .time_since_epoch()
                                        .count()
                                    / 1'000'000);
  std::function<void(const json&)> before_step;
  std::unique_ptr<restarter> restarts;
  if (node && chosen().restarts) {
    restarts = std::make_unique<restarter>(*node, client);
    before_step = [&](const json& step) { restarts->before(step); };
  }
  results found;
  std::set<std::string> executions;
  for (const auto& one : cases) {
    if (!is_chosen(one) || (restarts && !one.not_with_restarts.empty()))
      continue;
    if (chosen().over_nodes && !one.per_node.empty()) {
      std::cout << "per node " << one.number << "  " << one.title << ": "
                << one.per_node << '\n';
      continue;
    }
    const auto [trouble, seen] = run(one, *rest, suffix, found, before_step);
    executions.insert(seen.begin(), seen.end());
    if (node && trouble.find("no answer") != std::string::npos) {
      std::cout << node->log_end() << '\n';
      node->kill();
      node->start();
    }
  }
  print_summary(std::cout, cases, found);
  if (!chosen().table.empty()) {
    std::ofstream out{chosen().table};
    write_table(out, cases, found);
    CHECK(out.good());
  }
  if (node) {
    // What the cases left is what the store gives back: state rebuilt from
    // stored events equals the state that was live.
    const auto live = read_all(client, executions);
    CHECK(node->stop() == 0);
    node->start();
    const auto rebuilt = read_all(client, executions);
    size_t same = 0;
    for (const auto& [id, text] : live) {
      same += rebuilt.at(id) == text;
      CHECK_MESSAGE(rebuilt.at(id) == text, "after a restart ", id, " is\n  ",
                    rebuilt.at(id), "\nand was\n  ", text);
    }
    std::cout << "replay: " << same << " of " << live.size()
              << " executions are the same after a restart\n";
    CHECK(node->stop() == 0);
    // It was the database that held them.
    if (database)
      CHECK(std::stoul(database->run("select count(*) from tutti.kv", "test1"))
            > executions.size());
  }
}

} // namespace tutti::conformance

int main(int argc, char** argv) {
  auto& chosen = tutti::conformance::chosen();
  std::vector<char*> for_doctest{argv[0]};
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--case" && i + 1 < argc)
      chosen.only.insert(std::atoi(argv[++i]));
    else if (word == "--table" && i + 1 < argc)
      chosen.table = argv[++i];
    else if (word == "--cases" && i + 1 < argc)
      chosen.cases = argv[++i];
    else if (word == "--engine" && i + 1 < argc)
      chosen.engine = argv[++i];
    else if (word == "--pure")
      chosen.pure = true;
    else if (word == "--restarts")
      chosen.restarts = true;
    else if (word == "--over-nodes")
      chosen.over_nodes = true;
    else if (word == "--verbose")
      chosen.verbose = true;
    else
      for_doctest.push_back(argv[i]);
  }
  doctest::Context context;
  context.applyCommandLine(int(for_doctest.size()), for_doctest.data());
  return context.run();
}
