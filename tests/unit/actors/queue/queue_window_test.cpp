#include "actors/queue/queue_rows.hpp"
#include "actors/queue/queue_window.hpp"
#include "storage/keys.hpp"
#include "storage/memory/memory_store.hpp"
#include "storage/read_or_throw.hpp"
#include "tests/support/seeds.hpp"

#include <doctest/doctest.h>

#include <random>

namespace queue_window_test {

using namespace tutti;
using namespace std::chrono_literals;

waiting_task row(std::string id, int32_t priority, int64_t visible_at,
                 int32_t seq = 0) {
  return {"q", "w-" + id, id, priority, visible_at, seq};
}

/// Stored rows and a window over them, used the way a queue does.
struct world {
  explicit world(size_t rows_max, uint32_t shard_count = 4)
      : shards(shard_count),
        store(std::make_shared<storage::memory_store>(shards)),
        window(rows_max) {
    std::vector<uint32_t> all;
    for (uint32_t i = 0; i < shards; ++i) {
      all.push_back(i);
      epochs.push_back(*store->acquire(i, "test"));
    }
    rows.emplace(all, rows_max);
  }

  void write(const waiting_task& x, storage::operation::kind kind) {
    auto shard = shard_of_row(x);
    storage::commit what{shard, epochs[shard], {}};
    what.operations.push_back(
        {kind,
         storage::keys::queue(x.queue, x.priority, x.visible_at, x.seq,
                              x.task_id),
         x.workflow_id});
    store->submit(std::move(what), [](storage::outcome) {});
  }
  void put(const waiting_task& x) { write(x, storage::operation::kind::put); }
  void erase(const waiting_task& x) {
    write(x, storage::operation::kind::erase);
  }

  void offer(const waiting_task& x) {
    put(x);
    window.offer(x, now);
  }
  void withdraw(const waiting_task& x) {
    erase(x);
    window.withdraw(x);
  }

  void refill() {
    auto from = window.read_from();
    auto page = storage::read_or_throw(rows->read(*store, "q", from, now));
    if (!from && !metrics) {
      page.total = storage::read_or_throw(rows->count(*store, "q"));
      metrics = true;
    }
    ++refills;
    window.load(std::move(page), now);
  }
  std::optional<waiting_task> pop() {
    while (window.runs_dry(now))
      refill();
    return window.pop(now);
  }
  std::string pop_id() {
    auto x = pop();
    return x ? x->task_id : "nothing";
  }
  /// As the execution does when it records the hand-out.
  std::string hand_out() {
    auto x = pop();
    if (!x)
      return "nothing";
    withdraw(*x);
    return x->task_id;
  }

  uint32_t shard_of_row(const waiting_task& x) const {
    return uint32_t(std::hash<std::string>{}(x.task_id) % shards);
  }

  int64_t now = 1000;
  uint32_t shards;
  std::shared_ptr<storage::memory_store> store;
  std::vector<uint64_t> epochs;
  std::optional<queue_rows> rows;
  queue_window window;
  bool metrics = false;
  int refills = 0;
};

TEST_CASE("rows stored before the start are handed out best first") {
  world w(16);
  w.put(row("old", 0, 1));
  w.put(row("urgent", 7, 5));
  w.put(row("new", 0, 2));
  CHECK(w.hand_out() == "urgent");
  CHECK(w.window.size() == 2);
  CHECK(w.hand_out() == "old");
  CHECK(w.hand_out() == "new");
  CHECK(w.hand_out() == "nothing");
  CHECK(w.window.size() == 0);
}

TEST_CASE("a row is handed out once, however often it is offered") {
  world w(16);
  auto x = row("a", 0, 1);
  w.put(x);
  CHECK(w.pop_id() == "a");
  w.window.offer(x, w.now);
  CHECK(w.pop_id() == "nothing");
  w.window.distrust(); // still in the store
  CHECK(w.pop_id() == "nothing");
  CHECK(w.window.handed_out() == 1);
  w.withdraw(x);
  CHECK(w.window.handed_out() == 0);
}

TEST_CASE("a task that is queued again after its hand-out is offered again") {
  world w(16);
  w.offer(row("a", 0, 1));
  auto first = w.pop();
  REQUIRE(first);
  w.withdraw(*first);
  w.offer(row("a", 0, 900));
  w.withdraw(*first); // said twice
  CHECK(w.window.size() == 1);
  auto again = w.pop();
  REQUIRE(again);
  CHECK(again->visible_at == 900);
}

TEST_CASE("a backlog larger than the window is handed out in order and counted "
          "exactly") {
  world w(16);
  for (int i = 0; i < 500; ++i)
    w.put(row("t" + std::to_string(1000 + i), 0, 1 + i));
  for (int i = 0; i < 500; ++i) {
    CHECK(w.hand_out() == "t" + std::to_string(1000 + i));
    CHECK(w.window.size() == size_t(499 - i));
    CHECK(w.window.in_memory() <= 4 * 16);
  }
  CHECK(w.hand_out() == "nothing");
}

TEST_CASE("a better row enters a full window at once") {
  world w(16);
  for (int i = 0; i < 100; ++i)
    w.offer(row("t" + std::to_string(100 + i), 1, 1 + i));
  CHECK(w.hand_out() == "t100");
  w.offer(row("worse", 0, 1));
  w.offer(row("better", 9, 999));
  CHECK(w.hand_out() == "better");
  CHECK(w.hand_out() == "t101");
  CHECK(w.window.size() == 99);
  std::string last;
  for (int i = 0; i < 99; ++i)
    last = w.hand_out();
  CHECK(last == "worse");
}

TEST_CASE("delayed rows wait for their instant and then take their rank") {
  world w(16);
  w.offer(row("delayed", 9, 2000));
  w.put(row("stored", 8, 1500));
  CHECK(w.hand_out() == "nothing");
  CHECK(w.window.size() == 2);
  CHECK(w.window.next_wake() == 1500);
  w.now = 1999;
  CHECK(w.hand_out() == "stored");
  CHECK(w.hand_out() == "nothing");
  w.now = 2000;
  w.offer(row("ready", 0, 1));
  CHECK(w.hand_out() == "delayed");
  CHECK(w.hand_out() == "ready");
}

TEST_CASE("delayed rows that do not fit the window are read when they are "
          "due") {
  world w(16);
  for (int i = 0; i < 300; ++i)
    w.put(row("t" + std::to_string(1000 + i), i % 3, 2000 + i));
  CHECK(w.hand_out() == "nothing");
  CHECK(w.window.size() == 300);
  CHECK(w.window.next_wake() == 2000);
  w.now = 2400;
  std::vector<std::string> order;
  for (auto x = w.hand_out(); x != "nothing"; x = w.hand_out())
    order.push_back(x);
  REQUIRE(order.size() == 300);
  CHECK(order.front() == "t1002");
  CHECK(order[100] == "t1001");
  CHECK(order.back() == "t1297");
}

TEST_CASE("a withdrawn row is not handed out, in memory or not") {
  world w(16);
  for (int i = 0; i < 100; ++i)
    w.put(row("t" + std::to_string(100 + i), 0, 1 + i));
  CHECK(w.hand_out() == "t100");
  w.withdraw(row("t101", 0, 2));
  w.withdraw(row("t199", 0, 100));
  CHECK(w.window.size() == 97);
  CHECK(w.hand_out() == "t102");
  std::string last;
  for (int i = 0; i < 96; ++i)
    last = w.hand_out();
  CHECK(last == "t198");
  CHECK(w.hand_out() == "nothing");
}

TEST_CASE("a failed hand-out is tried again after a while") {
  world w(16);
  w.offer(row("a", 0, 1));
  auto x = w.pop();
  REQUIRE(x);
  w.window.give_back(*x, w.now + 500);
  CHECK(w.window.handed_out() == 0);
  CHECK(w.pop_id() == "nothing");
  CHECK(w.window.next_wake() == w.now + 500);
  w.now += 500;
  CHECK(w.pop_id() == "a");
  w.withdraw(*x);
  w.window.give_back(*x, w.now);
  CHECK(w.pop_id() == "nothing");
}

TEST_CASE("hand-outs that were never recorded come to light") {
  world w(16);
  w.offer(row("a", 0, 1));
  w.offer(row("b", 0, 2));
  queue_window::instant start{};
  while (w.window.runs_dry(w.now))
    w.refill();
  auto a = w.window.pop(w.now, start + 1s);
  auto b = w.window.pop(w.now, start + 3s);
  CHECK(w.window.oldest_hand_out() == start + 1s);
  auto overdue = w.window.overdue(start + 2s);
  REQUIRE(overdue.size() == 1);
  CHECK(overdue[0].task_id == "a");
  w.window.reopen(overdue[0], w.now);
  CHECK(w.pop_id() == "a");
}

TEST_CASE("a page is bounded by the window, not by the backlog") {
  world w(64);
  for (int i = 0; i < 2000; ++i)
    w.put(row("t" + std::to_string(10000 + i), 0, i % 2 ? 1 : 5000));
  auto page = storage::read_or_throw(
      w.rows->read(*w.store, "q", std::nullopt, w.now));
  CHECK(page.ready.size() <= 64);
  CHECK(page.delayed.size() <= 64);
  CHECK(page.ready_end);
  CHECK(page.delayed_end == 5000);
}

TEST_CASE("names of queues with rows are found without reading the rows") {
  world w(16);
  for (auto name : {"b", "a:b", "a"})
    for (int i = 0; i < 5; ++i) {
      auto x = row("t" + std::to_string(i), 0, 1);
      x.queue = name;
      w.put(x);
    }
  CHECK(storage::read_or_throw(w.rows->names(*w.store))
        == std::vector<std::string>{"a", "a:b", "b"});
}

// Offers, withdrawals, hand-outs and time in random order, against a sorted
// list of all rows.
TEST_CASE("a window hands out what a list of all rows would") {
  test::for_each_seed(1, 60, [&](uint64_t seed) {
    std::mt19937 random{unsigned(seed)};
    auto below = [&](unsigned n) { return random() % n; };
    world w(16, 1 + below(4));
    std::set<waiting_task, best_first> model;
    int made = 0;
    for (int step = 0; step < 1500; ++step) {
      auto what = below(10);
      if (what < 5) {
        auto x = row("t" + std::to_string(made), int32_t(below(3)),
                     w.now + (below(3) ? 0 : int64_t(below(200))), made);
        ++made;
        model.insert(x);
        w.offer(x);
      } else if (what < 6 && !model.empty()) {
        auto i = std::next(model.begin(), long(below(unsigned(model.size()))));
        w.withdraw(*i);
        model.erase(i);
      } else if (what < 7) {
        w.now += below(50);
      } else {
        auto best = std::find_if(model.begin(), model.end(), [&](auto& x) {
          return x.visible_at <= w.now;
        });
        auto expected = best == model.end() ? "nothing" : best->task_id;
        REQUIRE(w.hand_out() == expected);
        if (best != model.end())
          model.erase(best);
      }
    }
    while (!model.empty()) {
      w.now += 200;
      auto got = w.pop();
      if (!got)
        continue;
      REQUIRE(model.erase(*got) == 1);
      w.withdraw(*got);
    }
    CHECK(w.window.size() == 0);
    CHECK(w.refills < 1500);
  });
}

} // namespace queue_window_test
