#include "tests/unit/actors/node/live_node.hpp"

#include <atomic>
#include <thread>

namespace limits_test {

using namespace tutti;
using namespace std::chrono_literals;
using test::live_node;

void limit(live_node& node, const std::string& task, int concurrent) {
  register_tasks x;
  x.definitions.emplace_back();
  x.definitions[0].name = task;
  x.definitions[0].retry_count = 0;
  x.definitions[0].concurrent_exec_limit = concurrent;
  node.get(std::move(x));
}

nlohmann::json queue_details(live_node& node, const std::string& type) {
  return node.json(describe_queues{{type}});
}

TEST_CASE("many workers never hold more tasks than the limit allows") {
  live_node node;
  node.define_step("ship", "pack");
  limit(node, "pack", 3);
  std::vector<std::string> ids;
  for (int i = 0; i < 60; ++i)
    ids.push_back(node.start("ship"));
  std::atomic<int> held{0}, most{0}, done{0};
  std::vector<std::thread> workers;
  std::mutex one_at_a_time; // the world is asked by one thread at a time
  for (int i = 0; i < 4; ++i)
    workers.emplace_back([&] {
      while (done < 60) {
        std::vector<nlohmann::json> got;
        {
          std::lock_guard guard{one_at_a_time};
          got = node.poll("pack", 2, 0);
        }
        auto now = held += int(got.size());
        for (auto seen = most.load();
             now > seen && !most.compare_exchange_weak(seen, now);)
          ;
        for (auto& task : got) {
          --held;
          std::lock_guard guard{one_at_a_time};
          node.finish(task);
          ++done;
        }
      }
    });
  for (auto& x : workers)
    x.join();
  CHECK(most <= 3);
  CHECK(most > 0);
  for (auto& id : ids)
    CHECK(node.status(id) == "COMPLETED");
  CHECK(queue_details(node, "pack")[0]["limits"][0]["inProgress"] == 0);
}

TEST_CASE("what workers held before a restart counts after it") {
  live_node node;
  node.define_step("ship", "pack");
  limit(node, "pack", 2);
  for (int i = 0; i < 4; ++i)
    node.start("ship");
  auto first = node.poll("pack", 9);
  REQUIRE(first.size() == 2);
  node.end(); // not drained: as after a crash, what is durable is there
  node.begin();
  CHECK(node.poll("pack", 9, 0).empty());
  auto seen = queue_details(node, "pack")[0]["limits"][0];
  CHECK(seen["inProgress"] == 2);
  CHECK(seen["slotsLeft"] == 0);
  CHECK(seen["holders"].size() == 2);
  node.finish(first[0]);
  CHECK(node.poll("pack", 9).size() == 1);
  CHECK(node.poll("pack", 9, 0).empty());
}

TEST_CASE("an execution that is removed frees the slots of its tasks") {
  live_node node;
  node.define_step("ship", "pack");
  limit(node, "pack", 1);
  auto a = node.start("ship");
  node.start("ship");
  REQUIRE(node.poll("pack").size() == 1);
  CHECK(node.poll("pack", 1, 0).empty());
  remove_workflow x;
  x.workflow_id = a;
  x.archive = false;
  node.get(std::move(x));
  CHECK(node.poll("pack").size() == 1);
}

TEST_CASE("a task that left its queue is put back when an operator says so") {
  live_node node;
  node.define_step("ship", "pack");
  auto id = node.start("ship");
  auto task_id = node.execution(id)["tasks"][0]["taskId"].get<std::string>();
  call_workflow move;
  move.workflow_id = task_id; // the task leads to its execution
  move.what = command::leave_queue{task_id};
  node.get(move);
  CHECK(node.poll("pack", 1, 0).empty());
  move.what = command::queue_again{task_id};
  node.get(move);
  CHECK(node.poll("pack").size() == 1);
  move.workflow_id = "no-such-task";
  move.what = command::leave_queue{"no-such-task"};
  CHECK(node.error(move) == errc::not_found);
}

TEST_CASE("an exempt task is neither counted nor held up") {
  live_node node;
  node.define_step("ship", "pack");
  limit(node, "pack", 1);
  node.define(R"({"name":"rush","tasks":[{"name":"pack","type":"SIMPLE",
                "taskReferenceName":"step","rateLimited":false}]})");
  node.start("ship");
  node.start("ship");
  node.start("rush");
  CHECK(node.poll("pack", 9).size() == 2);
  CHECK(node.poll("pack", 9, 0).empty());
  CHECK(queue_details(node, "pack")[0]["limits"][0]["inProgress"] == 1);
}

TEST_CASE("a polled task lets an operator see who has it and what happened") {
  live_node node;
  node.define_step("ship", "pack");
  limit(node, "pack", 1);
  auto a = node.start("ship"), b = node.start("ship");
  auto task = node.poll("pack")[0];
  read_history history;
  history.workflow_id = a;
  auto page = node.json(history);
  CHECK(page["lastRevision"] == 2);
  auto& given = page["history"][1];
  CHECK(given["cause"]["kind"] == "WORKER");
  CHECK(given["cause"]["workerId"] == "worker");
  CHECK(given["events"][0]["from"] == "SCHEDULED");
  CHECK(given["events"][0]["to"] == "IN_PROGRESS");
  explain_workflow why;
  why.workflow_id = b;
  auto said = node.json(why);
  auto& entry = said["tasks"][0];
  CHECK(entry["waitsFor"] == "LIMIT");
  CHECK(entry["position"] == 0);
  CHECK(entry["limit"]["holders"][0]["taskId"] == task["taskId"]);
  node.finish(task);
  node.end();
  node.begin();
  history.from = 3;
  auto last = node.json(history); // ended, and asleep
  REQUIRE(last["history"].size() == 1);
  CHECK(last["history"][0]["events"].dump().find("COMPLETED")
        != std::string::npos);
  CHECK_FALSE(last.contains("next"));
  history.workflow_id = "00000000-0000-0000-0000-000000000000";
  CHECK(node.error(history) == errc::not_found);
}

TEST_CASE("who polled is known after a restart") {
  live_node node;
  node.define_step("ship", "pack");
  node.poll("pack", 1, 0);
  REQUIRE(node.running().drain(10s));
  node.end();
  node.begin();
  auto polls = node.json(read_poll_data{"pack"});
  REQUIRE(polls.size() == 1);
  CHECK(polls[0]["workerId"] == "worker");
}

TEST_CASE("late updates, starts, failures and polls are counted") {
  live_node node;
  node.define_step("ship", "pack");
  node.start("ship");
  auto task = node.work("pack", task_status::failed);
  node.finish(task);
  auto text = node.running().metrics()->text();
  auto has
      = [&](const char* line) { return text.find(line) != std::string::npos; };
  CHECK(has("workflow_start_success_total{ownerApp=\"unknown\",version=\"1\","
            "workflowName=\"ship\"} 1"));
  CHECK(has("workflow_failure_total{ownerApp=\"unknown\",status=\"FAILED\","
            "workflowName=\"ship\"} 1"));
  CHECK(has("task_update_conflict_total{taskStatus=\"FAILED\","
            "taskType=\"pack\",workflowName=\"ship\"} 1"));
  CHECK(has("task_poll_count_total{domain=\"NO_DOMAIN\",taskType=\"pack\"} 1"));
}

} // namespace limits_test
