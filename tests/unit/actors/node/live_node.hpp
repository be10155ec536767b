#pragma once

#include "actors/node/node.hpp"
#include "messages/model/codec.hpp"
#include "storage/memory/memory_store.hpp"

#include <caf/send.hpp>

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <future>

namespace tutti::test {

/// A whole node over a store in memory, asked from outside as the APIs do.
/// Threads are real here: every wait has an end, none is a pause.
class live_node {
 public:
  explicit live_node(uint32_t shards = 4)
      : store(std::make_shared<storage::memory_store>(shards)) {
    options.workers = 2;
    options.gateways = 2;
    options.gateway.test_clock = true;
    begin();
  }
  ~live_node() { end(); }

  void begin() {
    clock = std::make_shared<tutti::clock>();
    auto started = node::start(store, clock, options);
    REQUIRE(started);
    node_ = std::move(*started);
    gateways_ = node_->gateways();
  }
  void end() {
    gateways_.clear();
    node_.reset();
  }
  node& running() { return *node_; }

  template <is_request Request>
  result<typename Request::response> ask(Request what,
                                         request_context from = {}) {
    using response = typename Request::response;
    auto cell = std::make_shared<std::promise<result<response>>>();
    auto future = cell->get_future();
    auto keep = [cell](result<response> x) { cell->set_value(std::move(x)); };
    caf::anon_send(gateways_[next_++ % gateways_.size()],
                   envelope<Request>{std::move(what), std::move(from),
                                     reply<response>(std::move(keep))});
    if (future.wait_for(std::chrono::seconds(20)) != std::future_status::ready)
      return failure{errc::internal, "there was no answer"};
    return future.get();
  }
  /// Succeeds, with whatever answer.
  template <is_request Request>
  typename Request::response get(Request what, request_context from = {}) {
    auto x = ask(std::move(what), std::move(from));
    REQUIRE_MESSAGE(x, x.failure().message);
    return *x;
  }
  template <is_request Request>
  std::string text(Request what) {
    return get(std::move(what)).text;
  }
  template <is_request Request>
  nlohmann::json json(Request what) {
    auto x = parse_json(text(std::move(what)));
    REQUIRE(x);
    return *x;
  }
  template <is_request Request>
  errc error(Request what) {
    auto x = ask(std::move(what));
    REQUIRE_FALSE(x);
    return x.failure().code;
  }

  void define(std::string_view workflow, bool overwrite = false) {
    auto def = read_workflow_def(workflow);
    REQUIRE_MESSAGE(def, def.failure().message);
    register_workflows x;
    x.definitions = {std::move(*def)};
    if (overwrite)
      x.how = register_workflows::mode::overwrite;
    get(std::move(x));
  }
  /// One task without retries.
  void define_step(const std::string& name, const std::string& task,
                   int version = 1) {
    register_tasks tasks;
    tasks.definitions.emplace_back();
    tasks.definitions[0].name = task;
    tasks.definitions[0].retry_count = 0;
    get(std::move(tasks));
    define(R"({"name":")" + name + R"(","version":)" + std::to_string(version)
           + R"(,"tasks":[{"name":")" + task
           + R"(","taskReferenceName":"step","type":"SIMPLE"}]})");
  }

  start_workflow starting(std::string name) {
    start_workflow x;
    x.what.name = std::move(name);
    x.what.input = payload();
    return x;
  }
  std::string start(start_workflow x) { return get(std::move(x)).workflow_id; }
  std::string start(std::string name) {
    return start(starting(std::move(name)));
  }

  nlohmann::json execution(const std::string& id) {
    read_execution x;
    x.workflow_id = id;
    return json(std::move(x));
  }
  std::string status(const std::string& id) {
    return execution(id)["status"].get<std::string>();
  }

  std::vector<nlohmann::json> poll(std::string type, int count = 1,
                                   int timeout_ms = 5000) {
    poll_tasks x;
    x.task_type = std::move(type);
    x.worker_id = "worker";
    x.count = count;
    x.timeout_ms = timeout_ms;
    auto got = ask(std::move(x));
    REQUIRE(got);
    std::vector<nlohmann::json> out;
    for (auto& task : got->tasks)
      out.push_back(nlohmann::json::parse(task));
    return out;
  }
  void finish(const nlohmann::json& task,
              task_status status = task_status::completed) {
    command::update_task update;
    update.result.workflow_id = task["workflowInstanceId"].get<std::string>();
    update.result.task_id = task["taskId"].get<std::string>();
    update.result.status = status;
    call_workflow x;
    x.workflow_id = update.result.workflow_id;
    x.what = std::move(update);
    get(std::move(x));
  }
  /// Polls and ends one task.
  nlohmann::json work(std::string type,
                      task_status status = task_status::completed) {
    auto got = poll(std::move(type));
    REQUIRE(got.size() == 1);
    finish(got[0], status);
    return got[0];
  }

  node_options options;
  std::shared_ptr<storage::memory_store> store;
  std::shared_ptr<tutti::clock> clock;

 private:
  std::unique_ptr<node> node_;
  std::vector<gateway_actor> gateways_;
  size_t next_ = 0;
};

} // namespace tutti::test
