#include "actors/idempotent_start/start_coordinator.hpp"
#include "tests/unit/actors/node/live_node.hpp"

#include <future>
#include <set>

namespace gateway_test {

using namespace tutti;
using test::live_node;

constexpr auto parent = R"({"name":"parent","tasks":[{"name":"child",
  "taskReferenceName":"sub","type":"SUB_WORKFLOW",
  "subWorkflowParam":{"name":"child"}}]})";

start_workflow keyed(live_node& node, std::string key,
                     std::optional<idempotency_strategy> how = std::nullopt) {
  auto x = node.starting("ship");
  x.what.idempotency_key = std::move(key);
  x.what.idempotency_strategy = how;
  return x;
}

rerun_workflow rerun(std::string id, std::string task = "") {
  rerun_workflow x;
  x.workflow_id = std::move(id);
  x.what.from_task_id = std::move(task);
  return x;
}

std::set<std::string> ids(const execution_list& list) {
  std::set<std::string> out;
  for (auto& x : list.items)
    out.insert(x.workflow_id);
  return out;
}

call_workflow call(std::string id, workflow_command what) {
  call_workflow x;
  x.workflow_id = std::move(id);
  x.what = std::move(what);
  return x;
}

TEST_CASE("starting an unknown definition is refused") {
  live_node node;
  CHECK(node.error(node.starting("nothing")) == errc::not_found);
  node.define_step("ship", "pack");
  auto x = node.starting("ship");
  x.what.version = 2;
  CHECK(node.error(std::move(x)) == errc::not_found);
}

TEST_CASE("an inline definition runs without being registered") {
  live_node node;
  auto def = read_workflow_def(R"({"name":"inline","tasks":[{"name":"pack",
    "taskReferenceName":"p","type":"SIMPLE"}]})");
  REQUIRE(def);
  auto x = node.starting("whatever");
  x.what.definition = std::make_shared<const workflow_def>(*def);
  auto id = node.start(std::move(x));
  CHECK(node.execution(id)["workflowName"].get<std::string>() == "inline");
  read_definitions names;
  names.what = read_definitions::kind::names;
  CHECK(node.text(std::move(names)) == "[]");
}

TEST_CASE("a start takes the highest version, and keeps it when a higher one "
          "comes") {
  live_node node;
  node.define_step("ship", "pack", 3);
  auto id = node.start("ship");
  node.define_step("ship", "wrap", 4);
  CHECK(node.execution(id)["workflowVersion"].get<int>() == 3);
  CHECK(node.execution(node.start("ship"))["workflowVersion"].get<int>() == 4);
}

TEST_CASE("input over the bound is refused and starts nothing") {
  live_node node;
  node.end();
  node.options.gateway.input_bytes_max = 100;
  node.begin();
  node.define_step("ship", "pack");
  auto x = node.starting("ship");
  x.what.input = payload::trusted("{\"x\":\"" + std::string(200, 'y') + "\"}");
  CHECK(node.error(std::move(x)) == errc::too_large);
  CHECK(node.get(list_executions{}).items.empty());
}

TEST_CASE("no start is admitted past the bound of those in flight") {
  live_node node;
  node.end();
  node.options.gateway.starts_in_flight_max = 0;
  node.begin();
  node.define_step("ship", "pack");
  CHECK(node.error(node.starting("ship")) == errc::unavailable);
}

TEST_CASE("a used idempotency key is refused by default") {
  live_node node;
  node.define_step("ship", "pack");
  auto id = node.start(keyed(node, "k"));
  CHECK(node.error(keyed(node, "k")) == errc::conflict);
  CHECK(node.start(keyed(node, "other")) != id);
  CHECK(node.execution(id)["idempotencyKey"].get<std::string>() == "k");
  CHECK(node.poll("pack", 5).size() == 2);
}

TEST_CASE("RETURN_EXISTING answers the id that the key has, after a restart "
          "too") {
  live_node node;
  node.define_step("ship", "pack");
  auto how = idempotency_strategy::return_existing;
  auto id = node.start(keyed(node, "k", how));
  CHECK(node.start(keyed(node, "k", how)) == id);
  node.running().drain(std::chrono::seconds(10));
  node.end();
  node.begin();
  CHECK(node.start(keyed(node, "k", how)) == id);
  CHECK(node.poll("pack", 5).size() == 1);
}

TEST_CASE("FAIL_ON_RUNNING starts anew when the earlier one has ended") {
  live_node node;
  node.define_step("ship", "pack");
  auto how = idempotency_strategy::fail_on_running;
  auto first = node.start(keyed(node, "k", how));
  CHECK(node.error(keyed(node, "k", how)) == errc::conflict);
  node.work("pack");
  auto second = node.start(keyed(node, "k", how));
  CHECK(second != first);
  CHECK(node.error(keyed(node, "k", how)) == errc::conflict);
  CHECK(node.start(keyed(node, "k", idempotency_strategy::return_existing))
        == second);
}

TEST_CASE("keyed ids depend on each part") {
  std::set<std::string> all;
  all.insert(keyed_workflow_id("a", "bc", 0));
  all.insert(keyed_workflow_id("ab", "c", 0));
  all.insert(keyed_workflow_id("a", "bc", 1));
  all.insert(keyed_workflow_id("a", "bd", 0));
  CHECK(all.size() == 4);
  CHECK(all.contains(keyed_workflow_id("a", "bc", 0)));
}

TEST_CASE("restart runs the embedded definition, or the latest when asked") {
  live_node node;
  node.define_step("ship", "pack");
  auto id = node.start("ship");
  CHECK(node.error(restart_workflow{id, false}) == errc::conflict);
  node.work("pack");
  node.define_step("ship", "wrap", 2);
  node.text(restart_workflow{id, false});
  node.work("pack");
  node.text(restart_workflow{id, true});
  node.work("wrap");
  CHECK(node.execution(id)["workflowVersion"].get<int>() == 2);
  CHECK(node.error(restart_workflow{"unknown", true}) == errc::not_found);
}

TEST_CASE("restart with a latest definition that is gone is not found") {
  live_node node;
  node.define_step("ship", "pack");
  auto id = node.start("ship");
  node.work("pack");
  node.get(remove_workflow_definition{"ship", 1});
  CHECK(node.error(restart_workflow{id, true}) == errc::not_found);
  CHECK(node.status(id) == "COMPLETED");
}

TEST_CASE("rerun without a task starts over under the same id") {
  live_node node;
  node.define_step("ship", "pack");
  auto id = node.start("ship");
  CHECK(node.error(rerun(id)) == errc::conflict);
  node.work("pack");
  CHECK(node.text(rerun(id)) == id);
  CHECK(node.status(id) == "RUNNING");
}

TEST_CASE("rerun from a task of a child reruns the child and revives the "
          "parent") {
  live_node node;
  node.define_step("child", "pack");
  node.define(parent);
  auto id = node.start("parent");
  auto task = node.work("pack", task_status::failed);
  while (node.status(id) != "FAILED")
    std::this_thread::yield();
  auto task_id = task["taskId"].get<std::string>();
  CHECK(node.text(rerun(id, task_id)) == id);
  auto again = node.work("pack");
  CHECK(again["workflowInstanceId"] == task["workflowInstanceId"]);
  CHECK(again["taskId"] == task["taskId"]);
  while (node.status(id) == "RUNNING")
    std::this_thread::yield();
  CHECK(node.status(id) == "COMPLETED");
}

TEST_CASE("a resuming retry is answered by the child that it reaches") {
  live_node node;
  node.define_step("child", "pack");
  node.define(parent);
  auto id = node.start("parent");
  auto retry = [&] {
    call_workflow x;
    x.workflow_id = id;
    x.what = command::retry{true};
    return x;
  };
  CHECK(node.error(retry()) == errc::not_found); // it runs
  auto task = node.work("pack", task_status::failed);
  auto child = task["workflowInstanceId"].get<std::string>();
  while (node.status(id) != "FAILED")
    std::this_thread::yield();
  node.text(retry());
  // Durable in the child when the call returns; the parent hears of it.
  CHECK(node.status(child) == "RUNNING");
  node.work("pack");
  CHECK(node.status(child) == "COMPLETED");
}

TEST_CASE("a child whose row was dropped is no part of the tree") {
  live_node node;
  node.define_step("child", "pack");
  node.define(parent);
  auto id = node.start("parent");
  auto task_id
      = node.work("pack", task_status::failed)["taskId"].get<std::string>();
  while (node.status(id) != "FAILED")
    std::this_thread::yield();
  node.text(rerun(id)); // from the start: another child
  node.work("pack", task_status::failed);
  while (node.status(id) != "FAILED")
    std::this_thread::yield();
  CHECK(node.error(rerun(id, task_id)) == errc::invalid);
}

TEST_CASE("rerun from a task that is not in the tree is refused") {
  live_node node;
  node.define_step("ship", "pack");
  auto first = node.start("ship"), second = node.start("ship");
  auto a = node.work("pack"), b = node.work("pack");
  auto of_other = a["workflowInstanceId"].get<std::string>() == first ? b : a;
  auto task_id = of_other["taskId"].get<std::string>();
  CHECK(node.error(rerun(first, task_id)) == errc::invalid);
  CHECK(node.error(rerun(first, "no-such-task")) == errc::invalid);
  CHECK(node.text(rerun(second, task_id)) == second);
}

TEST_CASE("executions of all shards are listed, newest first") {
  live_node node(8);
  node.define_step("ship", "pack");
  std::set<std::string> started;
  for (int i = 0; i < 20; ++i)
    started.insert(node.start("ship"));
  list_executions running;
  running.name = "ship";
  CHECK(ids(node.get(running)) == started);
  running.count_max = 7;
  CHECK(node.get(running).items.size() == 7);
  list_executions all;
  all.running_only = false;
  all.summaries = true;
  auto list = node.get(all);
  CHECK(ids(list) == started);
  for (size_t i = 1; i < list.items.size(); ++i)
    CHECK(list.items[i - 1].created >= list.items[i].created);
}

TEST_CASE("log lines are read back in their order") {
  live_node node;
  node.define_step("ship", "pack");
  node.start("ship");
  auto task = node.poll("pack")[0]["taskId"].get<std::string>();
  CHECK(node.text(read_task_logs{task}).empty());
  node.get(append_task_log{task, "first \"line\""});
  node.get(append_task_log{task, "second"});
  auto lines = node.json(read_task_logs{task});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["log"].get<std::string>() == "first \"line\"");
  CHECK(lines[1]["log"].get<std::string>() == "second");
  CHECK(lines[1]["taskId"].get<std::string>() == task);
}

TEST_CASE("a log line does not keep the secrets of its task") {
  live_node node;
  node.end();
  node.options.variables.emplace("CONDUCTOR_SECRET_KEY", "c4n4ry-7f3e");
  node.begin();
  node.define(R"({"name":"ship","version":1,"tasks":[{"name":"pack",
    "taskReferenceName":"step","type":"SIMPLE",
    "inputParameters":{"k":"${workflow.secrets.KEY}"}}]})");
  node.define_step("plain", "wrap");
  node.start("ship");
  node.start("plain");
  auto task = node.poll("pack")[0]["taskId"].get<std::string>();
  auto other = node.poll("wrap")[0]["taskId"].get<std::string>();
  node.get(append_task_log{task, "logged in with c4n4ry-7f3e"});
  node.get(append_task_log{task, "nothing to hide"});
  node.get(append_task_log{other, "not my c4n4ry-7f3e"});
  auto lines = node.json(read_task_logs{task});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["log"] == "logged in with ***");
  CHECK(lines[1]["log"] == "nothing to hide");
  // Only secrets that the task was given are its secrets.
  CHECK(node.json(read_task_logs{other})[0]["log"] == "not my c4n4ry-7f3e");
  // Also when the execution is asked again after a restart.
  node.end();
  node.begin();
  node.get(append_task_log{task, "again: c4n4ry-7f3e"});
  CHECK(node.json(read_task_logs{task})[2]["log"] == "again: ***");
}

TEST_CASE("a log of a task that never was is not kept [A9]") {
  live_node node;
  node.define_step("ship", "pack");
  auto id = node.start("ship");
  auto task = node.poll("pack")[0]["taskId"].get<std::string>();
  auto beside = task;
  beside.back() = beside.back() == '0' ? '1' : '0';
  for (std::string unknown :
       {std::string("nosuch"),
        std::string("00000000-0000-4000-8000-000000000000"), id, beside}) {
    CAPTURE(unknown);
    CHECK(node.error(append_task_log{unknown, "line"}) == errc::not_found);
    CHECK(node.text(read_task_logs{unknown}).empty());
  }
}

TEST_CASE("a task's log has a bound of lines and one of bytes [A9]") {
  live_node node;
  node.end();
  node.options.executions.log_lines_max = 5;
  node.options.executions.log_bytes_max = 100;
  node.begin();
  node.define_step("ship", "pack");
  node.start("ship");
  node.start("ship");
  auto lines = node.poll("pack")[0]["taskId"].get<std::string>();
  auto bytes = node.poll("pack")[0]["taskId"].get<std::string>();
  for (int i = 0; i < 5; ++i)
    node.get(append_task_log{lines, "x"});
  CHECK(node.error(append_task_log{lines, "x"}) == errc::too_large);
  node.get(append_task_log{bytes, std::string(90, 'x')});
  CHECK(node.error(append_task_log{bytes, std::string(11, 'x')})
        == errc::too_large);
  node.get(append_task_log{bytes, std::string(10, 'x')});
  CHECK(node.json(read_task_logs{lines}).size() == 5);
  // What was logged counts after a restart, too.
  node.end();
  node.begin();
  CHECK(node.error(append_task_log{lines, "x"}) == errc::too_large);
  CHECK(node.error(append_task_log{bytes, "x"}) == errc::too_large);
}

TEST_CASE("a long log is read in pages [A9]") {
  live_node node;
  node.end();
  node.options.gateway.answer_bytes_max = 1'000;
  node.begin();
  node.define_step("ship", "pack");
  node.start("ship");
  auto task = node.poll("pack")[0]["taskId"].get<std::string>();
  for (int i = 0; i < 20; ++i)
    node.get(append_task_log{task, std::to_string(i) + std::string(150, 'x')});
  int64_t start = 0, pages = 0;
  std::vector<std::string> all;
  do {
    auto page = node.get(read_task_logs{task, start});
    CHECK(page.text.size() < 1'400);
    for (auto& x : nlohmann::json::parse(page.text))
      all.push_back(x["log"].get<std::string>());
    start = page.next;
    ++pages;
  } while (start > 0 && pages < 30);
  CHECK(pages > 2);
  REQUIRE(all.size() == 20);
  for (int i = 0; i < 20; ++i)
    CHECK(all[size_t(i)].starts_with(std::to_string(i) + "x"));
  CHECK(node.json(read_task_logs{task, 3, 2}).size() == 2);
}

TEST_CASE("ids that cannot be ours are unknown") {
  live_node node;
  for (std::string id : {"", "with blank", "tab\t", "no-such-workflow"}) {
    CAPTURE(id);
    CHECK(node.error(call(id, command::pause{})) == errc::not_found);
    read_execution read;
    read.workflow_id = id;
    CHECK(node.error(std::move(read)) == errc::not_found);
  }
  CHECK(node.error(call(std::string(65, 'x'), command::decide{}))
        == errc::not_found);
}

TEST_CASE("a parked poll is cancelled by a message, and the next one served") {
  live_node node;
  node.define_step("ship", "pack");
  poll_tasks poll;
  poll.task_type = "pack";
  poll.timeout_ms = 60'000;
  poll.poll_id = 7;
  auto parked = std::async(std::launch::async, [&] { return node.ask(poll); });
  // Until it is there to be cancelled.
  while (parked.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    node.get(cancel_poll{"pack", "", 7});
  auto got = parked.get();
  REQUIRE(got);
  CHECK(got->tasks.empty());
  node.start("ship");
  CHECK(node.poll("pack").size() == 1);
}

TEST_CASE("a request's client is named in the history") {
  live_node node;
  node.define_step("ship", "pack");
  auto id = node.start("ship");
  auto cause_of_last = [&] {
    read_history ask;
    ask.workflow_id = id;
    return node.json(ask)["history"].back()["cause"];
  };
  node.get(call(id, command::pause{}), {.client = "ops"});
  CHECK(cause_of_last()["by"] == "ops");
  node.get(call(id, command::resume{}));
  CHECK_FALSE(cause_of_last().contains("by"));
}

TEST_CASE("there are no incidents while nothing crashes") {
  live_node node;
  CHECK(node.get(list_incidents{}).items.empty());
  CHECK(node.error(release_incident{"some-id"}) == errc::not_found);
}

} // namespace gateway_test
