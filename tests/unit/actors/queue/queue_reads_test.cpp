#include "tests/unit/actors/queue/queues_world.hpp"

#include <doctest/doctest.h>

// What a queue does while the store takes its time, or cannot be read.

namespace tutti::queues_tests {

struct slow_reads : world {
  slow_reads() {
    settings.window_rows_max = 16;
    for (int i = 100; i < 140; ++i) {
      all.push_back(row("t" + std::to_string(i)));
      put(all.back());
    }
    reads_by_hand = true;
    start();
  }
  /// The queue is started, and reads.
  void begin() {
    caf::anon_send(queues, offer_tasks{{all[0]}});
    run();
    REQUIRE(readers->waiting() == 1);
  }
  void read_all() {
    while (readers->waiting() > 0) {
      readers->run_one();
      run();
    }
  }
  texts expected(size_t from, size_t count) const {
    texts out;
    for (size_t i = from; i < from + count; ++i)
      out.push_back(all[i].task_id + " for w");
    return out;
  }

  std::vector<waiting_task> all;
};

TEST_CASE_FIXTURE(slow_reads, "polls wait for the first read of their queue, "
                              "and are served in their order") {
  auto first = poll(2, 60'000), second = poll(1, 60'000);
  CHECK_FALSE(*first);
  CHECK(readers->waiting() == 1);
  read_all();
  CHECK(tasks(first) == expected(0, 2));
  CHECK(tasks(second) == expected(2, 1));
}

TEST_CASE_FIXTURE(slow_reads, "a poll that asks for more than is in memory "
                              "waits for the rest, and others behind it") {
  auto first = poll(30, 60'000), second = poll(20, 60'000);
  read_all();
  CHECK(tasks(first) == expected(0, 30));
  CHECK(tasks(second) == expected(30, 10));
  CHECK(how->handed_out.size() == 40);
}

TEST_CASE_FIXTURE(slow_reads, "a task that is offered while the queue reads "
                              "is handed out once") {
  auto got = poll(40, 60'000);
  auto urgent = row("urgent", 9);
  put(urgent);
  caf::anon_send(queues, offer_tasks{{urgent}});
  run();
  read_all();
  REQUIRE(*got);
  CHECK(tasks(got).size() == 40);
  CHECK(tasks(got).front() == "urgent for w");
  auto rest = poll(40, 0);
  read_all();
  CHECK(tasks(rest) == expected(39, 1));
}

TEST_CASE_FIXTURE(slow_reads, "a task that ends while the queue reads is not "
                              "handed out") {
  begin();
  readers->run_one(); // has seen it
  recorded(all[0]);
  auto got = poll(2, 60'000);
  read_all();
  CHECK(tasks(got) == expected(1, 2));
}

TEST_CASE_FIXTURE(slow_reads, "after a read that failed the queue reads again, "
                              "and nothing is lost or given twice") {
  auto got = poll(40, 60'000);
  readers->refuse_one();
  run();
  CHECK_FALSE(*got);
  CHECK(readers->waiting() == 0); // not at once
  advance(999ms);
  CHECK(readers->waiting() == 0);
  advance(2ms);
  REQUIRE(readers->waiting() == 1);
  readers->run_one();
  run();
  // What it has goes out when the next page cannot be read.
  REQUIRE(readers->waiting() == 1);
  readers->refuse_one();
  run();
  REQUIRE(*got);
  auto given = tasks(got).size();
  CHECK(given >= 16);
  CHECK(given < 40);
  for (size_t i = 0; i < given; ++i)
    recorded(all[i]);
  auto rest = poll(40, 60'000);
  advance(2s);
  read_all();
  CHECK(tasks(rest) == expected(given, 40 - given));
}

TEST_CASE_FIXTURE(slow_reads, "what a limit counts is read before the first "
                              "hand-out, and what ends meanwhile is free") {
  registered->limit("encode", 1);
  begin();
  read_all();
  auto limited = row("limited", 9);
  limited.limited_by = "encode";
  task_lease lease{"encode", "w-old", "old", "encode", "w", 1, true};
  auto key = storage::keys::lease(lease.definition, lease.task_id);
  store->submit(
      {0, epoch, {{storage::operation::kind::put, key, storage::write(lease)}}},
      [](storage::outcome) {});
  put(limited);
  caf::anon_send(queues, offer_tasks{{limited}});
  auto got = poll(1, 60'000);
  CHECK_FALSE(*got);
  REQUIRE(readers->waiting() == 1);
  readers->run_one(); // has seen the lease
  limits->ended("encode", "old");
  run();
  CHECK(tasks(got) == texts{"limited for w"});
  CHECK(look("encode").in_progress == 1);
}

TEST_CASE_FIXTURE(slow_reads,
                  "a limit that cannot be read holds its tasks up, no others") {
  registered->limit("encode", 1);
  begin();
  read_all();
  auto limited = row("limited", 9);
  limited.limited_by = "encode";
  put(limited);
  caf::anon_send(queues, offer_tasks{{limited}});
  auto got = poll(1, 60'000);
  readers->refuse_one();
  run();
  CHECK(tasks(got) == expected(0, 1));
  auto next = poll(40, 60'000);
  advance(1'001ms);
  read_all();
  REQUIRE(*next);
  auto later = poll(40, 60'000);
  advance(1'001ms);
  read_all();
  CHECK(std::count(how->handed_out.begin(), how->handed_out.end(), "limited")
        == 1);
}

TEST_CASE_FIXTURE(slow_reads, "figures that cannot be read are an error, not "
                              "a zero") {
  read_all();
  auto out = std::make_shared<std::optional<result<document>>>();
  envelope<list_queues> x;
  x.done
      = reply<document>([out](result<document> got) { *out = std::move(got); });
  caf::anon_send(queues, std::move(x));
  run();
  readers->refuse_one();
  run();
  REQUIRE(*out);
  REQUIRE_FALSE(**out);
  CHECK((*out)->failure().code == errc::unavailable);
}

} // namespace tutti::queues_tests
