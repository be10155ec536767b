// http_task_bench [executions]: executions of one HTTP task each, through a
// whole node on RocksDB, against a server in this process.

#include "actors/node/node.hpp"
#include "messages/model/codec.hpp"
#include "storage/rocksdb/rocksdb_store.hpp"
#include "tests/support/http_target.hpp"

#include <caf/send.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <mutex>

namespace tutti::bench {

namespace {

/// Waits for so many answers.
class countdown {
 public:
  explicit countdown(size_t n) : left_(n) {}
  void one() {
    std::lock_guard guard(mutex_);
    if (--left_ == 0)
      over_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    over_.wait(lock, [&] { return left_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable over_;
  size_t left_;
};

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
      .count();
}

} // namespace

int run(size_t count) {
  countdown called(count), started(count), defined(1);
  test::http_target target([&](auto&, auto& write) {
    write(test::http_text(200, R"({"ok":true})"));
    called.one();
  });
  auto directory
      = std::filesystem::temp_directory_path() / "tutti-http-task-bench";
  std::filesystem::remove_all(directory);
  storage::rocksdb_store::settings how;
  how.shards = 16;
  auto store = storage::rocksdb_store::open(directory.string(), how);
  if (!store) {
    std::cerr << store.failure().message << '\n';
    return 1;
  }
  node_options options;
  options.http.networks = *network_policy::parse("127.0.0.1");
  auto node = node::start(std::shared_ptr<storage::store>(std::move(*store)),
                          std::make_shared<tutti::clock>(), options);
  if (!node) {
    std::cerr << node.failure().message << '\n';
    return 1;
  }
  auto gateways = (*node)->gateways();
  envelope<register_workflows> definition;
  definition.request.definitions = {*read_workflow_def(
      R"({"name":"w","version":1,"tasks":[{"name":"h",
        "taskReferenceName":"h","type":"HTTP","inputParameters":{
        "uri":")"
      + target.url() + R"(","method":"GET"}}]})")};
  definition.done
      = reply<document>([&](const result<document>&) { defined.one(); });
  caf::anon_send(gateways[0], std::move(definition));
  defined.wait();

  auto begin = std::chrono::steady_clock::now();
  for (size_t i = 0; i < count; ++i) {
    envelope<start_workflow> start;
    start.request.what.name = "w";
    start.request.what.input = payload();
    start.done = reply<tutti::started>([&](const auto&) { started.one(); });
    caf::anon_send(gateways[i % gateways.size()], std::move(start));
  }
  started.wait();
  auto start_seconds = seconds_since(begin);
  called.wait();
  auto seconds = seconds_since(begin);
  std::cout << count << " HTTP tasks: " << size_t(double(count) / seconds)
            << " per second, all started after " << start_seconds << " s, "
            << target.connections() << " connections\n";
  gateways.clear();
  (*node)->drain(std::chrono::seconds(10));
  node->reset();
  std::filesystem::remove_all(directory);
  return 0;
}

} // namespace tutti::bench

int main(int argc, char** argv) {
  return tutti::bench::run(argc > 1 ? size_t(std::atoll(argv[1])) : 20'000);
}
