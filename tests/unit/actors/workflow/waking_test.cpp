#include "storage/keys.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace waking_tests {

constexpr size_t mib = 1 << 20;

std::string of_size(size_t bytes) {
  return R"({"x":")" + std::string(bytes, 'a') + R"("})";
}

/// An execution of some MiB and a small one, both asleep; an account of 8 MiB.
struct heavy_one : actor_world {
  explicit heavy_one(options how = {}) : actor_world(std::move(how)) {
    definitions.define(workflow_of(simple("a")));
    heavy = start("w", of_size(2 * mib));
    small = start("w");
    advance(30s);
    memory_account::of_process().set({.bytes = 8 * mib});
  }
  ~heavy_one() {
    memory_account::of_process().measured(SIZE_MAX, {});
    memory_account::of_process().set({});
  }

  /// What others have.
  memory_hold take(size_t bytes) {
    return memory_account::of_process().count(memory_use::responses, bytes);
  }
  size_t held() const {
    return memory_account::of_process()
        .count_all()
        .held[size_t(memory_use::executions)];
  }
  /// How often the node ended while it woke the heavy one.
  int times_marked() const {
    auto row = store->get(shard_of(heavy, store->shards()),
                          storage::keys::waking(heavy));
    return row && *row ? std::stoi(**row) : 0;
  }
  std::vector<incident> incidents() {
    std::vector<incident> out;
    auto keep = [&](result<incident_list> x) { out = std::move(x->items); };
    caf::anon_send(scheduler_of(heavy),
                   envelope<list_incidents>{
                       {}, {}, reply<incident_list>(std::move(keep))});
    run();
    return out;
  }

  std::string heavy, small;
};

TEST_CASE_FIXTURE(heavy_one, "a heavy execution wakes when there is memory, "
                             "others go on meanwhile") {
  CHECK(held() == 0);
  auto others = take(7 * mib);
  auto x = read(heavy);
  run();
  CHECK_FALSE(x.answered());
  CHECK(status(small) == "RUNNING");
  others = {};
  run();
  REQUIRE(x.good());
  CHECK(held() >= 2 * mib);
  CHECK(held() < 3 * mib);
  CHECK(count_rows("j") == 0);
  complete("a");
  complete("a");
  advance(30s);
  CHECK(held() == 0);
  CHECK(status(heavy) == "COMPLETED");
}

TEST_CASE_FIXTURE(heavy_one, "executions take turns for their memory") {
  auto other = start("w", of_size(2 * mib));
  advance(30s);
  auto others = take(3 * mib); // room for one of them
  auto first = read(heavy), second = read(other);
  run();
  CHECK((first.good() || second.good()));
  advance(30s);
  CHECK(first.good());
  CHECK(second.good());
}

TEST_CASE_FIXTURE(heavy_one, "who waits for memory too long is refused") {
  auto others = take(8 * mib);
  auto x = read(heavy);
  run();
  auto late = memory_account::instant::max();
  memory_account::of_process().measured(SIZE_MAX, late);
  run();
  REQUIRE(x.answered());
  CHECK(x.why().code == errc::too_many);
  CHECK(x.why().message.find("memory.heavy_mib") != std::string::npos);
  // Those behind it do not wait as long again.
  auto timer = call(heavy, command::timer_fired{});
  run();
  REQUIRE(timer.answered());
  CHECK(timer.why().code == errc::unavailable);
  others = {};
  advance(2s);
  CHECK(status(heavy) == "RUNNING");
  CHECK(incidents().empty());
}

TEST_CASE("an execution that ends the process while it wakes is put aside, "
          "also after a restart") {
  heavy_one world({.settings = {.crash_limit = 3},
                   .reads = actor_world::options::reading::by_hand});
  auto read_all = [&] {
    world.run();
    while (world.readers->waiting() > 0) {
      world.readers->run_one();
      world.run();
    }
  };
  for (int i = 0; i < 3; ++i) {
    read_all();
    CHECK(world.incidents().empty());
    auto x = world.read(world.heavy);
    world.run();
    // It is found to be heavy; the mark is there before it is read.
    while (world.times_marked() == i && world.readers->waiting() > 0) {
      world.readers->run_one();
      world.run();
    }
    CHECK(world.times_marked() == i + 1);
    CHECK_FALSE(x.answered());
    world.crash(0);
  }
  auto x = world.read(world.heavy);
  read_all();
  REQUIRE(x.answered());
  CHECK(x.why().code == errc::unavailable);
  auto found = world.incidents();
  REQUIRE(found.size() == 1);
  CHECK(found[0].last_error.find("3 times") != std::string::npos);
  // Released, it is tried again.
  asked released;
  caf::anon_send(world.scheduler_of(world.heavy),
                 released.of(release_incident{world.heavy}));
  world.run();
  CHECK(released.good());
  auto again = world.read(world.heavy);
  read_all();
  CHECK(again.good());
  CHECK(world.count_rows("j") == 0);
}

TEST_CASE("a decision without memory fails its request, not the execution") {
  heavy_one world;
  world.definitions.define(
      R"({"name":"p","version":1,"schemaVersion":2,"tasks":[)" + simple("b")
      + R"(,{"name":"n","taskReferenceName":"n","type":"NOOP",)"
        R"("inputParameters":{"x":"${b.output..x}"}}]})");
  auto id = world.start("p");
  auto task = world.poll("b");
  std::string list = R"({"l":[[])";
  for (int i = 0; i < 20'000; ++i)
    list += ",[]";
  list += "]}";
  task_result done;
  done.workflow_id = id;
  done.task_id = task["taskId"].get<std::string>();
  done.status = task_status::completed;
  done.output = payload::trusted(list);
  auto others = world.take(8 * mib);
  auto x = world.call(id, command::update_task{done});
  world.run();
  REQUIRE(x.answered());
  CHECK(x.why().code == errc::too_many);
  CHECK(world.status(id) == "RUNNING");
  others = {};
  auto again = world.call(id, command::update_task{done});
  world.run();
  CHECK(again.good());
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.incidents().empty());
}

} // namespace waking_tests
