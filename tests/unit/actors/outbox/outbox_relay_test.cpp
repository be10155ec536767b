#include "actors/outbox/outbox.hpp"
#include "storage/keys.hpp"
#include "storage/read_or_throw.hpp"
#include "storage/records.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>
#include <stdexcept>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace outbox_relay_tests {

std::string sub(std::string_view reference, std::string_view name) {
  return R"({"type":"SUB_WORKFLOW","name":")" + std::string(reference)
         + R"(","taskReferenceName":")" + std::string(reference)
         + R"(","subWorkflowParam":{"name":")" + std::string(name)
         + R"(","version":1}})";
}

struct families : actor_world {
  families() {
    definitions.define(workflow_of(simple("a"), "", "child"));
    definitions.define(workflow_of(sub("s", "child"), "", "parent"));
  }
};

TEST_CASE_FIXTURE(families,
                  "a child is started, ends, and its parent goes on") {
  auto id = start("parent");
  CHECK(status(id, "s") == "IN_PROGRESS");
  complete("a", R"({"n":1})");
  CHECK(status(id) == "COMPLETED");
  CHECK(count_rows("o") == 0);
  advance(1s);
  CHECK(contradictions(store).empty());
}

TEST_CASE("outbox messages are delivered after the process died") {
  actor_world world({.writes = storage::memory_store::writes::by_hand});
  world.definitions.define(workflow_of(simple("a"), "", "child"));
  world.definitions.define(workflow_of(sub("s", "child"), "", "parent"));
  auto [id, started] = world.try_start("parent");
  world.run();
  world.crash(1);
  for (int i = 0; i < 20; ++i) {
    world.run();
    world.store->flush();
  }
  world.run();
  CHECK(world.count_rows("o") == 0);
  CHECK(world.count_rows("q") == 1);
}

TEST_CASE_FIXTURE(families,
                  "a child that cannot start fails the task of its parent") {
  definitions.define(workflow_of(
      R"({"type":"SUB_WORKFLOW","name":"s","taskReferenceName":"s",)"
      R"("subWorkflowParam":{"name":"${workflow.input.n}",)"
      R"("version":1}})",
      "", "orphan"));
  auto id = start("orphan", R"({"n":"nowhere"})");
  CHECK(status(id, "s") == "FAILED");
  CHECK(status(id) == "FAILED");
  CHECK(count_rows("o") == 0);
}

TEST_CASE_FIXTURE(families, "a terminated parent takes its child along") {
  auto id = start("parent");
  auto child = execution(id)["tasks"][0]["subWorkflowId"].get<std::string>();
  call(id, command::terminate{"enough"});
  run();
  CHECK(status(id) == "TERMINATED");
  CHECK(status(child) == "TERMINATED");
}

TEST_CASE_FIXTURE(families,
                  "a parent of a removed child does not wait for ever") {
  auto id = start("parent");
  auto child = execution(id)["tasks"][0]["subWorkflowId"].get<std::string>();
  remove(child, false);
  run();
  CHECK(status(id, "s") == "CANCELED");
  CHECK(status(id) == "TERMINATED");
}

TEST_CASE_FIXTURE(families, "what a removed parent would have heard of its "
                            "child is no warning") {
  auto id = start("parent");
  remove(id, false);
  run();
  std::ostringstream log;
  auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  complete("a");
  run();
  spdlog::set_default_logger(before);
  CHECK(log.str().empty());
  CHECK(count_rows("o") == 0);
}

// A parent that waited for a removed child would wait for ever.
TEST_CASE_FIXTURE(families,
                  "a child that is gone ends for the parent that is revived") {
  definitions.define_task("a"); // without retries
  definitions.define(workflow_of(
      R"({"type":"FORK_JOIN","name":"f","taskReferenceName":"f",)"
      R"("forkTasks":[[)"
          + sub("s1", "child") + "],[" + sub("s2", "child") + R"(]]},)"
          + R"({"type":"JOIN","name":"j","taskReferenceName":"j",)"
            R"("joinOn":["s1","s2"]})",
      "", "two"));
  auto id = start("two");
  update(poll("a"), task_status::failed);
  run();
  CHECK(status(id) == "FAILED");
  auto child_of = [&](std::string_view reference) {
    auto parent = execution(id);
    for (auto& row : parent["tasks"])
      if (row["referenceTaskName"] == reference)
        return row["subWorkflowId"].get<std::string>();
    return std::string();
  };
  auto failed = status(id, "s1") == "FAILED" ? "s1" : "s2";
  auto other = status(id, "s1") == "FAILED" ? "s2" : "s1";
  remove(child_of(other), false);
  run();
  call(child_of(failed), command::retry{});
  run();
  CHECK(status(id, other) == "CANCELED");
  CHECK(status(id) == "TERMINATED");
  CHECK(count_rows("o") == 0);
  advance(1s);
  CHECK(contradictions(store).empty());
}

TEST_CASE_FIXTURE(families, "a failed execution starts its failure workflow") {
  definitions.define_task("f");
  definitions.define(
      workflow_of(simple("f"), R"(,"failureWorkflow":"child")", "fails"));
  auto id = start("fails");
  auto task = poll("f");
  update(task, task_status::failed);
  run();
  CHECK(status(id) == "FAILED");
  CHECK(!poll("a").is_null());
}

TEST_CASE_FIXTURE(families,
                  "an outbox message whose addressee crashes is sent again") {
  int crashes = 3;
  std::string parent;
  before_decision = [&](std::string_view id) {
    if (!parent.empty() && id != parent && crashes-- > 0)
      throw std::runtime_error("injected");
  };
  auto [id, started] = try_start("parent");
  parent = id;
  run();
  advance(5s);
  CHECK(status(id, "s") == "IN_PROGRESS");
  CHECK(count_rows("o") == 0);
}

TEST_CASE(
    "outbox messages from one to another keep their order, others pass by") {
  outbox box{10};
  auto make = [](uint64_t n, std::string from, std::string to) {
    outbox_message x{std::move(to), std::move(from),
                     workflow_command{command::decide{}}};
    return stored_outbox_message{
        n, std::make_shared<const outbox_message>(std::move(x))};
  };
  outbox::instant now{};
  auto numbers = [&] {
    std::vector<uint64_t> out;
    for (auto& x : box.take(now))
      out.push_back(x.what.number);
    return out;
  };
  box.add(make(1, "p", "c"));
  box.add(make(2, "p", "c"));
  box.add(make(3, "q", "c"));
  using list = std::vector<uint64_t>;
  CHECK(numbers() == list{1, 3});
  box.failed(1, now);
  CHECK(numbers() == list{});
  now += 100ms;
  CHECK(box.next() == now);
  CHECK(numbers() == list{1});
  box.arrived(1);
  CHECK(numbers() == list{2});
  box.arrived(3);
  box.arrived(2);
  CHECK(box.take_arrived() == list{1, 3, 2});
  // Still in the store: not to be sent again.
  box.add(make(2, "p", "c"));
  CHECK(numbers() == list{});
  box.deleted({1, 2, 3});
  CHECK(box.idle());
}

TEST_CASE("an outbox sends few large messages at a time, and holds few [A3]") {
  storage::memory_store store{1};
  auto epoch = *store.acquire(0, "test");
  constexpr uint64_t count = 60;
  outbox box{100, 100'000};
  for (uint64_t n = 1; n <= count; ++n) {
    start_other start;
    start.workflow_id = "to" + std::to_string(n);
    start.name = "w";
    start.input = payload("{\"x\":\"" + std::string(60'000, 'x') + "\"}");
    outbox_message x{start.workflow_id, "from", start};
    store.submit({0,
                  epoch,
                  {{storage::operation::kind::put, storage::keys::outbox(n),
                    *storage::write(x)}}},
                 [](storage::outcome) {});
    box.add({n, std::make_shared<const outbox_message>(x)});
  }
  uint64_t delivered = 0;
  size_t most = 0;
  while (delivered < count) {
    if (box.must_fill()) {
      auto page
          = storage::read_or_throw(outbox::read(store, 0, box.next_page()));
      CHECK(page.outbox_messages.size() < 20);
      box.fill(std::move(page));
    }
    auto going = box.take({});
    REQUIRE(!going.empty());
    most = std::max(most, going.size());
    for (auto& [x, first_time] : going) {
      box.arrived(x.number);
      ++delivered;
    }
    auto gone = box.take_arrived();
    for (auto n : gone)
      store.submit(
          {0,
           epoch,
           {{storage::operation::kind::erase, storage::keys::outbox(n), {}}}},
          [](storage::outcome) {});
    box.deleted(gone);
  }
  CHECK(most == 2);
  CHECK(box.idle());
}

TEST_CASE("an outbox holds part of the outbox messages and reads on in order") {
  storage::memory_store store{1};
  auto epoch = *store.acquire(0, "test");
  constexpr uint64_t count = 300;
  outbox box{5};
  for (uint64_t n = 1; n <= count; ++n) {
    outbox_message x{"to" + std::to_string(n % 7), "from",
                     workflow_command{command::decide{}}};
    store.submit({0,
                  epoch,
                  {{storage::operation::kind::put, storage::keys::outbox(n),
                    *storage::write(x)}}},
                 [](storage::outcome) {});
    box.add({n, std::make_shared<const outbox_message>(x)});
  }
  std::map<std::string, uint64_t> last;
  uint64_t delivered = 0;
  outbox::instant now{};
  while (delivered < count) {
    if (box.must_fill())
      box.fill(storage::read_or_throw(outbox::read(store, 0, box.next_page())));
    auto outbox_messages = box.take(now);
    REQUIRE(!outbox_messages.empty());
    CHECK(outbox_messages.size() <= 5);
    for (auto& [x, first_time] : outbox_messages) {
      CHECK(first_time == (x.number <= 20)); // what fitted when it was written
      CHECK(last[x.what->to] < x.number);
      last[x.what->to] = x.number;
      box.arrived(x.number);
      ++delivered;
    }
    auto gone = box.take_arrived();
    for (auto n : gone)
      store.submit(
          {0,
           epoch,
           {{storage::operation::kind::erase, storage::keys::outbox(n), {}}}},
          [](storage::outcome) {});
    box.deleted(gone);
  }
  CHECK(box.idle());
}

} // namespace outbox_relay_tests
