#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include "messages/model/logging/log.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace decision_figures_tests {

struct counted : actor_world {
  counted() {
    definitions.define(workflow_of(simple("a") + "," + simple("b")));
    auto all = std::make_shared<counters>();
    for (auto& x : contexts)
      x->metrics = all;
    metrics = all;
  }
  bool shows(std::string_view part) const {
    return metrics->text().find(part) != std::string::npos;
  }
  std::shared_ptr<counters> metrics;
};

TEST_CASE_FIXTURE(counted, "a completed execution counts its time, its tasks "
                           "and how long they waited and took") {
  start("w");
  advance(2s);
  auto task = poll("a");
  advance(3s);
  update(task, task_status::completed);
  advance(1s);
  complete("b");
  INFO(metrics->text());
  CHECK(shows("workflow_execution_seconds_count{ownerApp=\"unknown\","
              "workflowName=\"w\"} 1"));
  CHECK(shows("workflow_execution_seconds_sum{ownerApp=\"unknown\","
              "workflowName=\"w\"} 6"));
  CHECK(shows("task_queue_wait_seconds_sum{taskType=\"a\"} 2"));
  CHECK(shows("task_queue_wait_seconds_sum{taskType=\"b\"} 1"));
  CHECK(shows("task_execution_seconds_sum{includeRetries=\"false\","
              "status=\"COMPLETED\",taskType=\"a\"} 3"));
  CHECK(shows("tasks_in_workflow_count{version=\"1\",workflowName=\"w\"} 2"));
  CHECK(shows("tasks_in_workflow_sum{version=\"1\",workflowName=\"w\"} 3"));
  CHECK(shows("workflow_decision_seconds_count "));
}

TEST_CASE_FIXTURE(counted, "attempts before the last one count with retries "
                           "only") {
  definitions.define_task("a", R"({"retryCount":1,"retryDelaySeconds":0})");
  start("w");
  auto first = poll("a");
  advance(4s);
  update(first, task_status::failed);
  auto second = poll("a");
  advance(1s);
  update(second, task_status::completed);
  run();
  INFO(metrics->text());
  CHECK(shows("task_execution_seconds_sum{includeRetries=\"false\","
              "status=\"COMPLETED\",taskType=\"a\"} 1"));
  CHECK(shows("task_execution_seconds_sum{includeRetries=\"true\","
              "status=\"COMPLETED\",taskType=\"a\"} 5"));
  CHECK(shows("task_execution_seconds_sum{includeRetries=\"false\","
              "status=\"FAILED\",taskType=\"a\"} 4"));
}

TEST_CASE_FIXTURE(counted, "a worker that was silent and a task that took too "
                           "long count apart") {
  definitions.define_task("a", R"({"responseTimeoutSeconds":5,
    "timeoutSeconds":3600,"retryCount":0})");
  start("w");
  poll("a");
  advance(10s);
  INFO(metrics->text());
  CHECK(shows("task_response_timeout_total{taskType=\"a\"} 1"));
  CHECK_FALSE(shows("task_timeout_total"));
  definitions.define(workflow_of(simple("c")));
  definitions.define_task("c", R"({"timeoutSeconds":5,
    "responseTimeoutSeconds":0,"retryCount":0})");
  start("w");
  poll("c");
  advance(10s);
  CHECK(shows("task_timeout_total{taskType=\"c\"} 1"));
}

TEST_CASE_FIXTURE(counted, "an archived execution is counted by its status") {
  auto id = start("w");
  call(id, command::terminate{"enough"});
  run();
  remove(id, true);
  run();
  INFO(metrics->text());
  CHECK(shows("workflow_archived_total{workflowName=\"w\","
              "workflowStatus=\"TERMINATED\"} 1"));
}

struct logged_line {
  std::string request, workflow, task, sentence;
};
std::vector<logged_line> lines;

TEST_CASE_FIXTURE(counted, "a request is told as decided and committed under "
                           "its id, and its task as queued") {
  lines.clear();
  logging::write_with([](logging::level, std::string_view,
                         const logging::subject& about,
                         std::string_view sentence) {
    lines.push_back({std::string(about.request_id),
                     std::string(about.workflow_id), std::string(about.task_id),
                     std::string(sentence)});
  });
  logging::set_debugs(true);
  auto id = start("w");
  auto task = poll("a")["taskId"].get<std::string>();
  lines.clear();
  envelope<call_workflow> x;
  task_result done;
  done.workflow_id = id;
  done.task_id = task;
  done.status = task_status::completed;
  x.request.workflow_id = id;
  x.request.what = command::update_task{done};
  x.context.request_id = "r-1";
  directory->tell(id, std::move(x));
  run();
  logging::set_debugs(false);
  logging::write_with(nullptr);
  auto place = [&](std::string_view begin, std::string_view about) {
    for (size_t i = 0; i < lines.size(); ++i)
      if (lines[i].sentence.starts_with(begin) && lines[i].request == "r-1"
          && lines[i].workflow == id
          && (about.empty() || lines[i].task == about))
        return int(i);
    return -1;
  };
  auto handed = place("handed call_workflow to scheduler of shard ", "");
  auto decided = place("decided update_task: ", task);
  auto committed = place("committed in ", task);
  auto queued = place("handed to queue 'b'", "");
  CHECK(handed >= 0);
  CHECK(decided > handed);
  CHECK(committed > decided);
  CHECK(queued > committed);
}

} // namespace decision_figures_tests
