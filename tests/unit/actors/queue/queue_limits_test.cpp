#include "tests/unit/actors/queue/queues_world.hpp"

#include <doctest/doctest.h>

// Limits of task definitions, as the queues obey them
// (reference:task-definition#limits).

namespace queue_limits_test {

using namespace tutti;
using namespace tutti::queues_tests;

struct limited_world : running_world {
  waiting_task limited(std::string id, std::string queue = "encode",
                       std::string by = "encode") {
    auto x = row(std::move(id));
    x.queue = std::move(queue);
    x.limited_by = std::move(by);
    return x;
  }
  void changed(const std::string& name) {
    caf::anon_send(queues, limit_eased{name, {}});
    run();
  }
};

TEST_CASE_FIXTURE(limited_world, "no more tasks are handed out than the limit "
                                 "allows; one that ends lets the next one go") {
  registered->limit("encode", 2);
  auto a = limited("a"), b = limited("b"), c = limited("c");
  for (auto& x : {a, b, c})
    offer(x);
  auto got = tasks(poll(5, 0));
  CHECK(got == texts{"a for w", "b for w"});
  auto next = poll(1, 60'000);
  advance(10'000ms);
  CHECK_FALSE(*next);
  limits->ended("encode", "a");
  run();
  CHECK(tasks(next) == texts{"c for w"});
}

TEST_CASE_FIXTURE(limited_world, "domains share one limit") {
  registered->limit("encode", 1);
  offer(limited("a"));
  offer(limited("b", "gpu:encode"));
  CHECK(tasks(poll(1, 0)) == texts{"a for w"});
  auto gpu = poll(1, 60'000, "w2", "gpu");
  CHECK_FALSE(*gpu);
  limits->ended("encode", "a");
  run();
  CHECK(tasks(gpu) == texts{"b for w2"});
}

TEST_CASE_FIXTURE(limited_world, "a hand-out that comes to nothing gives its "
                                 "slot back") {
  registered->limit("encode", 1, 1, 3600);
  how->refusing = {"a"};
  offer(limited("a"));
  offer(limited("b"));
  CHECK(tasks(poll(1, 0)) == texts{"b for w"});
  CHECK(look("encode", {}, 0).in_progress == 1);
  CHECK(look("encode", {}, 0).grants_left == 0);
}

TEST_CASE_FIXTURE(limited_world, "a lease that is stored counts after a "
                                 "restart, until it ends") {
  registered->limit("encode", 1);
  task_lease lease{"encode", "w-old", "old", "encode", "w", 1, true};
  auto key = storage::keys::lease(lease.definition, lease.task_id);
  storage::commit what{
      0, epoch, {{storage::operation::kind::put, key, storage::write(lease)}}};
  store->submit(std::move(what), [](storage::outcome) {});
  offer(limited("a"));
  auto got = poll(1, 60'000);
  CHECK_FALSE(*got);
  auto seen = look("encode", {}, 10);
  REQUIRE(seen.holders.size() == 1);
  CHECK(seen.holders[0] == lease);
  limits->ended("encode", "old");
  run();
  CHECK(tasks(got) == texts{"a for w"});
}

TEST_CASE_FIXTURE(limited_world, "a rate limit grants again when its oldest "
                                 "grant leaves the window, not earlier") {
  registered->limit("encode", 0, 2, 5);
  for (auto id : {"a", "b", "c", "d"})
    offer(limited(id));
  CHECK(tasks(poll(1, 0)) == texts{"a for w"});
  advance(1'000ms);
  CHECK(tasks(poll(5, 0)) == texts{"b for w"});
  auto next = poll(5, 60'000);
  advance(3'999ms);
  CHECK_FALSE(*next);
  CHECK(look("encode", {}, 0).next_grant_at == clock->now_ms() + 1);
  advance(1ms);
  CHECK(tasks(next) == texts{"c for w"});
  auto last = poll(5, 60'000);
  advance(999ms);
  CHECK_FALSE(*last);
  advance(1ms);
  CHECK(tasks(last) == texts{"d for w"});
}

TEST_CASE_FIXTURE(limited_world, "a rate limit remembers over a restart what "
                                 "was stored, in the slots it uses again") {
  registered->limit("encode", 0, 2, 5);
  auto put_grant = [&](uint32_t slot, int64_t at) {
    storage::commit what{0, epoch, {}};
    what.operations.push_back({storage::operation::kind::put,
                               storage::keys::grant("encode", slot),
                               std::to_string(at)});
    store->submit(std::move(what), [](storage::outcome) {});
  };
  put_grant(0, clock->now_ms() - 1'000);
  put_grant(1, clock->now_ms() - 6'000);
  CHECK(limits->acquire(limited("a")).unknown);
  limits->learn("encode", task_limits::read(*store, "encode"));
  auto a = limits->acquire(limited("a"));
  CHECK(a.granted);
  CHECK(a.slot == 1);
  auto b = limits->acquire(limited("b"));
  CHECK_FALSE(b.granted);
  CHECK(b.retry_at == clock->now_ms() + 4'000);
}

TEST_CASE_FIXTURE(limited_world, "a changed limit holds at once, upwards and "
                                 "downwards and when it goes") {
  registered->limit("encode", 1);
  for (auto id : {"a", "b", "c", "d", "e"})
    offer(limited(id));
  CHECK(tasks(poll(5, 0)) == texts{"a for w"});
  auto more = poll(5, 60'000);
  registered->limit("encode", 3);
  changed("encode");
  CHECK(tasks(more) == texts{"b for w", "c for w"});
  registered->limit("encode", 1);
  changed("encode");
  auto rest = poll(5, 60'000);
  limits->ended("encode", "a");
  limits->ended("encode", "b");
  run();
  CHECK_FALSE(*rest);
  registered->limit("encode", 0);
  changed("encode");
  CHECK(tasks(rest) == texts{"d for w", "e for w"});
}

TEST_CASE_FIXTURE(limited_world, "where nothing is registered the execution's "
                                 "own limit holds") {
  auto a = limited("a"), b = limited("b");
  a.own_limit = b.own_limit = {1, 0, 0};
  offer(a);
  offer(b);
  CHECK(tasks(poll(5, 0)) == texts{"a for w"});
  registered->limit("encode", 0);
  changed("encode");
  CHECK(tasks(poll(5, 0)) == texts{"b for w"});
}

TEST_CASE_FIXTURE(limited_world, "a task that no limit counts passes those "
                                 "that wait for a slot") {
  registered->limit("encode", 1);
  registered->limit("slow", 1);
  for (auto id : {"a", "b", "c"})
    offer(limited(id, "encode", "slow"));
  offer(limited("other"));
  offer(limited("exempt", "encode", ""));
  CHECK(tasks(poll(9, 0)) == texts{"a for w", "other for w", "exempt for w"});
  CHECK(ask(read_queue_size{"encode", {}, {}, {}}) == "2");
  auto all = ask(describe_queues{{"encode"}});
  CHECK(all.find(R"("taskDefName":"slow","inProgress":1,)"
                 R"("concurrentExecLimit":1,"slotsLeft":0,"holdsUp":true)")
        != all.npos);
}

TEST_CASE_FIXTURE(world, "a backlog of limited tasks larger than the window "
                         "drains one by one, in order") {
  settings.window_rows_max = 16;
  registered->limit("encode", 1);
  for (int i = 0; i < 100; ++i) {
    auto x = row("t" + std::to_string(1000 + i));
    x.limited_by = "encode";
    put(x);
  }
  start();
  texts got;
  for (int i = 0; i < 100; ++i) {
    auto one = tasks(poll(5, 0));
    REQUIRE(one.size() == 1);
    got.push_back(one[0]);
    CHECK(tasks(poll(5, 0)).empty());
    limits->ended("encode", one[0].substr(0, 5));
    run();
  }
  CHECK(std::is_sorted(got.begin(), got.end()));
  CHECK(tasks(poll(5, 0)).empty());
}

TEST_CASE_FIXTURE(limited_world, "operators are told where a task stands") {
  registered->limit("encode", 1);
  auto a = limited("a"), b = limited("b"), c = limited("c");
  for (auto& x : {a, b, c})
    offer(x);
  poll(1, 0, "w1");
  auto text = ask(locate_in_queue{{c}});
  CHECK(text.find(R"("place":"READY","position":1)") != text.npos);
  CHECK(text.find(R"("lastPollWorkerId":"w1")") != text.npos);
}

} // namespace queue_limits_test
