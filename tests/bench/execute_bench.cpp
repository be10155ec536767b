// execute_bench URL [clients] [executions] [workers]: how long a client waits
// for a workflow of one step (POST /workflow/execute), with workers that answer
// at once. The node runs elsewhere, for example `tuttid --data DIR`.

#include "tests/support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tutti::bench {

namespace {

using clock = std::chrono::steady_clock;
using nlohmann::json;

double ms_since(clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(clock::now() - begin)
      .count();
}

void work(const std::string& url, const std::atomic<bool>& over) {
  test::http_client client(url);
  json task;
  while (!over) {
    if (task.is_null()) {
      auto got = client.send("GET", "/api/tasks/poll/batch/execute_bench"
                                    "?count=1&timeout=1000&workerid=w");
      auto tasks = json::parse(got.body, nullptr, false);
      if (!tasks.is_array() || tasks.empty())
        continue;
      task = tasks[0];
    }
    auto got
        = client.send("POST", "/api/tasks/update-v2",
                      json{{"workflowInstanceId", task["workflowInstanceId"]},
                           {"taskId", task["taskId"]},
                           {"status", "COMPLETED"},
                           {"workerId", "w"},
                           {"outputData", {{"n", 1}}}}
                          .dump());
    task = got.status == 200 ? json::parse(got.body) : json();
  }
}

int run(const std::string& url, size_t clients, size_t count, size_t workers) {
  test::http_client setup(url);
  setup.send("POST", "/api/metadata/taskdefs",
             R"([{"name":"execute_bench","retryCount":0}])");
  setup.send("PUT", "/api/metadata/workflow",
             R"([{"name":"execute_bench","version":1,"tasks":[
                 {"name":"execute_bench","taskReferenceName":"t",
                  "type":"SIMPLE"}]}])");
  std::atomic<bool> over = false;
  std::atomic<size_t> next = 0, bad = 0;
  std::vector<std::thread> running;
  for (size_t i = 0; i < workers; ++i)
    running.emplace_back([&] { work(url, over); });
  std::mutex mutex;
  std::vector<double> all;
  auto begin = clock::now();
  std::vector<std::thread> asking;
  for (size_t i = 0; i < clients; ++i)
    asking.emplace_back([&] {
      test::http_client client(url);
      std::vector<double> mine;
      while (next++ < count) {
        auto sent = clock::now();
        auto got = client.send("POST", "/api/workflow/execute/execute_bench/1",
                               R"({"input":{}})");
        mine.push_back(ms_since(sent));
        if (got.status != 200
            || got.body.find(R"("targetWorkflowStatus":"COMPLETED")")
                   == got.body.npos)
          ++bad;
      }
      std::lock_guard guard(mutex);
      all.insert(all.end(), mine.begin(), mine.end());
    });
  for (auto& x : asking)
    x.join();
  auto took = ms_since(begin);
  over = true;
  for (auto& x : running)
    x.join();
  std::sort(all.begin(), all.end());
  auto at = [&](double share) {
    return all[std::min(all.size() - 1, size_t(share * double(all.size())))];
  };
  std::cout << clients << " clients, " << workers
            << " workers: " << double(all.size()) * 1000 / took
            << " executions/s, p50 " << at(0.5) << " ms, p99 " << at(0.99)
            << " ms, worst " << all.back() << " ms; not completed: " << bad
            << '\n';
  return 0;
}

} // namespace

} // namespace tutti::bench

int main(int argc, char** argv) {
  auto number = [&](int i, size_t otherwise) {
    return argc > i ? size_t(std::atoi(argv[i])) : otherwise;
  };
  if (argc < 2) {
    std::cerr << "execute_bench URL [clients] [executions] [workers]\n";
    return 2;
  }
  return tutti::bench::run(argv[1], std::max<size_t>(1, number(2, 1)),
                           std::max<size_t>(1, number(3, 1'000)),
                           std::max<size_t>(1, number(4, 2)));
}
