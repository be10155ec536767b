#include "actors/dry_runs/dry_run_pool.hpp"
#include "messages/model/codec.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>

#include <future>

namespace dry_runs_test {

using namespace tutti;
using namespace std::chrono_literals;

struct one_definition final : definition_source {
  workflow_def_pointer known;
  workflow_def_pointer find_workflow(std::string_view name,
                                     std::optional<int32_t>) const override {
    return name == known->name ? known : nullptr;
  }
  task_def_pointer find_task(std::string_view) const override {
    return nullptr;
  }
};

struct no_environment final : engine::environment {
  std::optional<std::string> system_name(std::string_view) const override {
    return std::nullopt;
  }
  std::optional<std::string> variable(std::string_view) const override {
    return std::nullopt;
  }
};

/// A gate that definitions stand behind: a run that asks for them waits there.
struct gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = true;
  size_t at_the_gate = 0;

  void pass() {
    std::unique_lock lock{mutex};
    ++at_the_gate;
    changed.notify_all();
    changed.wait(lock, [&] { return open; });
  }
  void set(bool to) {
    std::lock_guard guard{mutex};
    open = to;
    changed.notify_all();
  }
  void wait_for(size_t count) {
    std::unique_lock lock{mutex};
    REQUIRE(changed.wait_for(lock, 20s, [&] { return at_the_gate >= count; }));
  }
};

struct house {
  gate entrance;
  dry_run_pool_settings settings;
  std::shared_ptr<one_definition> definitions
      = std::make_shared<one_definition>();
  std::unique_ptr<dry_run_pool> all;

  explicit house(const std::string& tasks = test::simple("t1")) {
    auto def = read_workflow_def(test::workflow_of(tasks));
    REQUIRE(def);
    definitions->known = std::make_shared<const workflow_def>(std::move(*def));
  }
  ~house() { entrance.set(true); }

  void begin() {
    dry_run_pool_ports ports;
    ports.definitions = [this] {
      entrance.pass();
      return definitions;
    };
    ports.env = std::make_shared<no_environment>();
    ports.clock = std::make_shared<tutti::clock>([] { return 1'000; });
    ports.seed = [] { return 1; };
    all = std::make_unique<dry_run_pool>(settings, std::move(ports));
  }

  std::future<result<document>> test(std::string_view request,
                                     bool report = false) {
    if (!all)
      begin();
    auto read = read_workflow_test_request(request);
    REQUIRE(read);
    auto cell = std::make_shared<std::promise<result<document>>>();
    envelope<test_workflow> what;
    what.request = {std::move(*read), report};
    what.done = reply<document>(
        [cell](result<document> x) { cell->set_value(std::move(x)); });
    all->test(std::move(what));
    return cell->get_future();
  }
};

result<document> come(std::future<result<document>>& x) {
  REQUIRE(x.wait_for(20s) == std::future_status::ready);
  return x.get();
}

TEST_CASE("a dry run answers the execution, or all that there is to tell") {
  house in;
  auto plain = in.test(R"({"name":"w","taskRefToMockOutput":{"t1":[{}]}})");
  auto whole = in.test(R"({"name":"w"})", true);
  auto execution = come(plain);
  REQUIRE(execution);
  CHECK(execution->text.find(R"("status":"COMPLETED")") != std::string::npos);
  auto report = come(whole);
  REQUIRE(report);
  CHECK(report->text.starts_with(R"({"execution":{)"));
  CHECK(report->text.find(R"("waitingFor":["t1"])") != std::string::npos);
}

TEST_CASE("dry runs run side by side up to a number, and wait up to another") {
  house in;
  in.settings.parallel = 2;
  in.settings.waiting_max = 1;
  in.entrance.set(false);
  auto first = in.test(R"({"name":"w"})");
  in.entrance.wait_for(1);
  auto second = in.test(R"({"name":"w"})");
  in.entrance.wait_for(2);
  auto third = in.test(R"({"name":"w"})");
  auto fourth = in.test(R"({"name":"w"})");
  auto refused = come(fourth);
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().code == errc::too_many);
  in.entrance.set(true);
  CHECK(come(first));
  CHECK(come(second));
  CHECK(come(third));
  CHECK(in.entrance.at_the_gate == 3);
}

TEST_CASE("stopping answers everybody") {
  house in;
  in.settings.parallel = 1;
  in.entrance.set(false);
  auto running = in.test(R"({"name":"w"})");
  in.entrance.wait_for(1);
  auto waiting = in.test(R"({"name":"w"})");
  auto stopped = std::async(std::launch::async, [&] { in.all->stop(); });
  auto left = come(waiting);
  REQUIRE_FALSE(left);
  CHECK(left.failure().code == errc::unavailable);
  in.entrance.set(true);
  auto ended = come(running);
  REQUIRE_FALSE(ended);
  CHECK(ended.failure().code == errc::unavailable);
  REQUIRE(stopped.wait_for(20s) == std::future_status::ready);
  auto late = in.test(R"({"name":"w"})");
  CHECK_FALSE(come(late));
}

TEST_CASE("a run that takes too long in real time is stopped") {
  house in(R"({"name":"l","taskReferenceName":"l","type":"WAIT",
      "inputParameters":{"duration":"1s"}})");
  in.settings.time_limit = 0ms;
  auto x = in.test(R"({"name":"w"})");
  auto ended = come(x);
  REQUIRE_FALSE(ended);
  CHECK(ended.failure().code == errc::invalid);
  CHECK(ended.failure().message.find("it took more than 0 ms")
        != std::string::npos);
}

} // namespace dry_runs_test
