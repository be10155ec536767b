#include "messages/model/query/parser.hpp"
#include "storage/index/sqlite/sqlite_index.hpp"
#include "tests/support/waiting.hpp"
#include "tests/unit/actors/node/live_node.hpp"
#include "tests/unit/storage/index/index_world.hpp"

#include <fstream>

namespace search_test {

using namespace tutti;
using namespace std::chrono_literals;
using index::test::temporary_directory;

/// A node with an index in a directory that outlives it.
class search_node : public test::live_node {
 public:
  search_node() { restart(); }
  ~search_node() { end(); }

  void restart() {
    end();
    options.index
        = index::make_sqlite_index({directory.path, policy, 2, 4, false});
    options.search.wait_max = 20s;
    begin();
  }

  search_result find(std::string query, search_index how = {}) {
    how.query = std::move(query);
    return get(std::move(how));
  }
  /// Sorted by their start, oldest first.
  std::vector<std::string> ids(std::string query, search_index how = {}) {
    how.as = search_index::form::ids;
    how.sort = how.what == search_index::subject::tasks
                   ? "scheduledTime|taskId"
                   : "startTime|workflowId";
    return find(std::move(query), how).items;
  }
  nlohmann::json status_of_index() { return json(read_index_status{}); }
  bool ready() {
    return test::in_time([&] { return status_of_index()["state"] == "READY"; },
                         20s);
  }

  temporary_directory directory;
  index::task_policy policy = index::task_policy::terminal;
};

using list = std::vector<std::string>;

TEST_CASE("a search sees what was acknowledged before it") {
  search_node node;
  node.define_step("ship", "pack");
  REQUIRE(node.ready());
  for (int i = 0; i < 20; ++i) {
    auto id = node.start("ship");
    CHECK(node.ids("workflowId=" + id) == list{id});
    CHECK(node.ids("workflowId=" + id + " AND status=COMPLETED").empty());
    node.work("pack");
    CHECK(node.ids("workflowId=" + id + " AND status=COMPLETED") == list{id});
  }
  auto all = node.find("workflowType=ship");
  CHECK(all.total == 20);
  CHECK(all.behind == 0);
  CHECK(all.items.size() == 20);
}

TEST_CASE("a search that waits ends the pause between two looks") {
  search_node node;
  node.options.index_pause = 10min;
  node.restart();
  node.define_step("ship", "pack");
  REQUIRE(node.ready());
  for (int i = 0; i < 10; ++i) {
    auto id = node.start("ship");
    auto found = node.find("workflowId=" + id);
    CHECK(found.total == 1);
    CHECK(found.behind == 0);
  }
}

TEST_CASE("executions that begin and end between two looks are found") {
  search_node node;
  node.options.index_pause = 10min;
  node.restart();
  node.define_step("ship", "pack");
  REQUIRE(node.ready());
  list started;
  for (int i = 0; i < 60; ++i)
    started.push_back(node.start("ship"));
  for (int i = 0; i < 40; ++i)
    node.work("pack");
  CHECK(node.find("status=COMPLETED").total == 40);
  CHECK(node.find("status=RUNNING").total == 20);
  auto all = node.ids("workflowType=ship");
  std::sort(all.begin(), all.end());
  std::sort(started.begin(), started.end());
  CHECK(all == started);
  search_index tasks;
  tasks.what = search_index::subject::tasks;
  CHECK(node.find("status=COMPLETED AND taskDefName=pack", tasks).total == 40);
}

TEST_CASE("executions are found by correlation id, input, output and reason") {
  search_node node;
  node.define(R"({"name":"order","version":3,"maskedFields":["secret"],
    "searchAttributes":["input.customer.id",
      {"path":"output.total","type":"NUMBER"},
      {"path":"variables.region"},{"path":"input.secret"}],
    "outputParameters":{"total":"${workflow.input.total}"},
    "tasks":[{"name":"set","taskReferenceName":"set","type":"SET_VARIABLE",
      "inputParameters":{"region":"north"}},
     {"name":"check","taskReferenceName":"check","type":"TERMINATE",
      "inputParameters":{"terminationStatus":"${workflow.input.end}",
        "terminationReason":"The card was declined",
        "workflowOutput":{"total":"${workflow.input.total}"}}}]})");
  REQUIRE(node.ready());
  auto start = [&](const char* end, int total, const char* customer) {
    auto x = node.starting("order");
    x.what.correlation_id = std::string("it's ") + customer;
    x.what.input = payload(nlohmann::json{{"end", end},
                                          {"total", total},
                                          {"secret", "hidden"},
                                          {"customer", {{"id", customer}}}});
    return node.start(std::move(x));
  };
  auto good = start("COMPLETED", 50, "c-1"), bad = start("FAILED", 150, "c-2");
  CHECK(node.ids("correlationId=" + query::quoted("it's c-1")) == list{good});
  CHECK(node.ids("input.customer.id='c-2'") == list{bad});
  CHECK(node.ids("output.total>100") == list{bad});
  CHECK(node.ids("output.total<=50 AND variables.region=north") == list{good});
  CHECK(node.ids("version=3 AND NOT status=FAILED") == list{good});
  search_index text;
  text.free_text = "\"card was declined\"";
  CHECK(node.ids("status=FAILED", text) == list{bad});
  text.free_text = "\"declined card\"";
  CHECK(node.ids("", text).empty());
  text.free_text = "c-1 50";
  CHECK(node.ids("", text) == list{good});
  text.free_text = "hidden";
  CHECK(node.ids("", text).empty());
  CHECK(node.ids("input.secret=hidden").empty());
}

TEST_CASE("executions are listed by their correlation ids") {
  search_node node;
  node.define_step("ship", "pack");
  node.define_step("send", "wrap");
  REQUIRE(node.ready());
  auto start = [&](const char* name, const char* correlation) {
    auto x = node.starting(name);
    x.what.correlation_id = correlation;
    return node.start(std::move(x));
  };
  auto first = start("ship", "it's"), second = start("ship", "it's");
  auto other = start("send", "it's");
  start("ship", "another");
  auto ended = node.work("pack")["workflowInstanceId"].get<std::string>();
  auto running = ended == first ? second : first;
  auto find = [&](find_correlated x) { return node.json(std::move(x)); };
  auto by_id = find({{"ship"}, {"it's", "none", "it's"}});
  CHECK(by_id.size() == 2);
  CHECK(by_id["none"].empty());
  REQUIRE(by_id["it's"].size() == 1);
  CHECK(by_id["it's"][0]["workflowId"] == running);
  CHECK(by_id["it's"][0]["tasks"].empty());
  auto closed = find({{"ship"}, {"it's"}, true, true, true});
  REQUIRE(closed.size() == 2);
  CHECK(closed[0]["tasks"].size() == 1);
  auto both = find({{"ship", "send"}, {"it's"}});
  REQUIRE(both["it's"].size() == 2);
  CHECK((both["it's"][0]["workflowId"] == other
         || both["it's"][1]["workflowId"] == other));
  CHECK(find({{"ship"}, {}}).empty());
  test::live_node without;
  CHECK(without.error(find_correlated{{"ship"}, {"it's"}})
        == errc::unavailable);
}

TEST_CASE("summaries and whole executions are those of the store") {
  search_node node;
  node.define_step("ship", "pack");
  REQUIRE(node.ready());
  auto x = node.starting("ship");
  x.what.correlation_id = "c";
  x.what.input = payload(nlohmann::json{{"a", 1}});
  auto id = node.start(std::move(x));
  auto summary = nlohmann::json::parse(node.find("").items.at(0));
  CHECK(summary["workflowId"] == id);
  CHECK(summary["workflowType"] == "ship");
  CHECK(summary["status"] == "RUNNING");
  CHECK(summary["input"] == R"({"a":1})");
  CHECK(!summary.contains("endTime"));
  CHECK(summary["parentWorkflowId"] == "");
  node.work("pack", task_status::failed);
  search_index whole;
  whole.as = search_index::form::whole;
  auto execution = nlohmann::json::parse(node.find("", whole).items.at(0));
  auto read = node.execution(id);
  read["tasks"] = nlohmann::json::array();
  CHECK(execution == read);
  search_index tasks;
  tasks.what = search_index::subject::tasks;
  auto task
      = nlohmann::json::parse(node.find("status=FAILED", tasks).items.at(0));
  CHECK(task["workflowId"] == id);
  CHECK(task["taskType"] == "pack");
  CHECK(task["status"] == "FAILED");
  tasks.as = search_index::form::whole;
  CHECK(nlohmann::json::parse(node.find("", tasks).items.at(0))
        == node.execution(id)["tasks"][0]);
  search_index by_tasks;
  by_tasks.what = search_index::subject::workflows_of_tasks;
  CHECK(node.ids("taskType=pack", by_tasks) == list{id});
}

TEST_CASE("removed and archived executions are not found") {
  search_node node;
  node.define_step("ship", "pack");
  REQUIRE(node.ready());
  auto kept = node.start("ship"), removed = node.start("ship"),
       archived = node.start("ship");
  for (int i = 0; i < 3; ++i)
    node.work("pack");
  CHECK(node.find("").total == 3);
  remove_workflow x;
  x.workflow_id = removed;
  x.archive = false;
  node.get(x);
  x.workflow_id = archived;
  x.archive = true;
  node.get(x);
  CHECK(node.ids("") == list{kept});
}

TEST_CASE("a lost, damaged or foreign index is built from the store") {
  search_node node;
  node.define_step("ship", "pack");
  REQUIRE(node.ready());
  std::vector<std::string> all;
  for (int i = 0; i < 300; ++i)
    all.push_back(node.start("ship"));
  for (int i = 0; i < 5; ++i)
    node.work("pack");
  CHECK(node.find("").total == 300);
  node.end();
  auto file = node.directory.path / "index.db";
  SUBCASE("lost") { std::filesystem::remove_all(node.directory.path); }
  SUBCASE("truncated") { std::filesystem::resize_file(file, 30'000); }
  SUBCASE("garbage") { std::ofstream(file) << std::string(100'000, 'x'); }
  SUBCASE("with other tasks") { node.policy = index::task_policy::all; }
  SUBCASE("as it was") {}
  node.restart();
  auto more = node.start("ship"); // nobody waits for the index
  REQUIRE(node.ready());
  CHECK(node.find("").total == 301);
  CHECK(node.find("status=COMPLETED").total == 5);
  CHECK(node.ids("workflowId=" + more) == list{more});
  search_index tasks;
  tasks.what = search_index::subject::tasks;
  CHECK(node.find("status=COMPLETED", tasks).total == 5);
}

TEST_CASE("an index behind a store that is older than it knows is built") {
  search_node node;
  node.define_step("ship", "pack");
  REQUIRE(node.ready());
  node.start("ship");
  CHECK(node.find("").total == 1);
  node.end();
  node.store = std::make_shared<storage::memory_store>(4);
  node.restart();
  REQUIRE(node.ready());
  CHECK(node.find("").total == 0);
}

TEST_CASE("an operator has the index built while work goes on") {
  search_node node;
  node.define_step("ship", "pack");
  REQUIRE(node.ready());
  for (int i = 0; i < 50; ++i)
    node.start("ship");
  auto before = node.status_of_index()["rebuilds"].get<int>();
  node.get(rebuild_index{});
  for (int i = 0; i < 50; ++i)
    node.work("pack");
  REQUIRE(node.ready());
  CHECK(node.find("status=COMPLETED").total == 50);
  CHECK(node.status_of_index()["rebuilds"].get<int>() == before + 1);
}

TEST_CASE("sums by workflow have counts, failures and durations") {
  search_node node;
  node.define_step("ship", "pack");
  REQUIRE(node.ready());
  for (int i = 0; i < 4; ++i)
    node.start("ship");
  node.work("pack", task_status::failed);
  for (int i = 0; i < 3; ++i)
    node.work("pack");
  CHECK(node.find("endTime>0").total == 4);
  summarize_executions ask;
  ask.by_hour = true;
  auto out = node.json(ask)["results"];
  REQUIRE(!out.empty());
  CHECK(out[0]["workflowType"] == "ship");
  int count = 0, failed = 0;
  for (auto& line : out) {
    count += line["count"].get<int>();
    failed += line["counts"].value("FAILED", 0);
  }
  CHECK(count == 4);
  CHECK(failed == 1);
}

TEST_CASE("bad queries are refused, and without an index all are") {
  search_node node;
  REQUIRE(node.ready());
  search_index ask;
  ask.query = "status";
  CHECK(node.error(ask) == errc::invalid);
  ask.query = "foo=1";
  CHECK(node.error(ask) == errc::invalid);
  ask.conductor = true;
  CHECK(node.get(ask).warnings.size() == 1);
  ask.query = "status = =";
  CHECK(node.error(ask) == errc::invalid);
  ask.query = "workflowId='" + std::string(20'000, 'x') + "'";
  CHECK(node.error(ask) == errc::too_large);
  ask = {};
  ask.facets = {"workflowId"};
  CHECK(node.error(ask) == errc::invalid);
  test::live_node without;
  CHECK(without.error(search_index{}) == errc::unavailable);
}

} // namespace search_test
