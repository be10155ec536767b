#include "tests/unit/actors/queue/queues_world.hpp"

namespace tutti::queues_tests {

namespace queue_figures_test {

struct watched_world : world {
  watched_world() { table = std::make_shared<queue_table>(10); }

  /// nullopt: it is not shown.
  std::optional<double> shown(std::string_view metric,
                              const std::string& queue = "encode") {
    for (auto& x : table->metrics(clock->now_ms()))
      if (x.name == metric)
        for (auto& sample : x.samples)
          if (sample.labels.empty() || sample.labels.at("queue") == queue)
            return sample.value;
    return std::nullopt;
  }
};

} // namespace queue_figures_test

using queue_figures_test::watched_world;

TEST_CASE_FIXTURE(watched_world, "the gauges of a queue follow its tasks") {
  start();
  auto a = row("a"), b = row("b", 5);
  offer(a);
  advance(3s);
  offer(b);
  offer(row("later", 0, 60'000));
  CHECK(shown("tutti_queue_depth") == 3);
  CHECK(shown("tutti_queue_delayed") == 1);
  CHECK(shown("tutti_queue_offered_total") == 3);
  CHECK(shown("tutti_queue_popped_total") == 0);
  advance(2s);
  // The oldest is not the best.
  CHECK(shown("tutti_queue_oldest_age_seconds") == 5);
  poll(1, 0);
  CHECK(shown("tutti_queue_depth") == 2);
  CHECK(shown("tutti_queue_handed_out") == 1);
  CHECK(shown("tutti_queue_popped_total") == 1);
  recorded(b);
  CHECK(shown("tutti_queue_handed_out") == 0);
  poll(1, 0);
  recorded(a);
  CHECK(shown("tutti_queue_depth") == 1);
  CHECK(shown("tutti_queue_oldest_age_seconds") == 0);
  poll(1, 30'000);
  CHECK(shown("tutti_queue_polls") == 1);
}

TEST_CASE_FIXTURE(watched_world, "depths are known after a start although "
                                 "nobody asks for the queues") {
  for (int i = 0; i < 9; ++i) {
    auto x = row("t" + std::to_string(i));
    x.queue = "type" + std::to_string(i);
    put(x);
  }
  start();
  advance(1s);
  for (int i = 0; i < 9; ++i)
    CHECK(shown("tutti_queue_depth", "type" + std::to_string(i)) == 1);
}

TEST_CASE_FIXTURE(watched_world, "a queue that left memory keeps its depth, "
                                 "until its tasks are gone") {
  start();
  auto a = row("a"), b = row("b");
  offer(a);
  offer(b);
  advance(2 * settings.retire_after);
  CHECK(shown("tutti_queue_depth") == 2);
  recorded(a);
  CHECK(shown("tutti_queue_depth") == 1);
  recorded(b);
  CHECK_FALSE(shown("tutti_queue_depth"));
}

TEST_CASE_FIXTURE(watched_world, "tasks of queues that are not started count, "
                                 "and once when these are") {
  settings.started_by_offer_max = 1;
  start();
  std::vector<waiting_task> all;
  for (int i = 0; i < 4; ++i) {
    auto x = row("t" + std::to_string(i));
    x.queue = i < 2 ? "encode" : "type" + std::to_string(i);
    put(x);
    all.push_back(std::move(x));
  }
  auto first = all[0];
  caf::anon_send(queues, offer_tasks{std::move(all)});
  run();
  CHECK(shown("tutti_queue_depth") == 2);
  CHECK(shown("tutti_queue_offered_total") == 2);
  recorded(first);
  CHECK(shown("tutti_queue_depth") == 1);
  poll(1, 0);
  CHECK(shown("tutti_queue_depth") == 0);
  CHECK(shown("tutti_queue_popped_total") == 1);
  CHECK(shown("tutti_queue_offered_total") == 2);
}

TEST_CASE_FIXTURE(watched_world, "a queue that was only polled is forgotten "
                                 "with its actor") {
  start();
  poll(1, 0);
  CHECK(shown("tutti_queue_depth") == 0);
  advance(2 * settings.retire_after);
  CHECK_FALSE(shown("tutti_queue_depth"));
}

TEST_CASE_FIXTURE(watched_world, "of too many queues those with most tasks are "
                                 "shown, and the others counted") {
  for (int i = 0; i < 14; ++i)
    table->of("q" + std::to_string(i))->depth = i;
  CHECK(shown("tutti_queue_series_left_out") == 4);
  CHECK_FALSE(shown("tutti_queue_depth", "q3"));
  CHECK(shown("tutti_queue_depth", "q4") == 4);
  CHECK(shown("tutti_queue_depth", "q13") == 13);
}

TEST_CASE("tasks of one type are counted in all its domains") {
  queue_table x(10);
  x.of("encode")->depth = 1;
  x.of("gpu:encode")->depth = 2;
  x.of("other")->depth = 4;
  CHECK(x.depths_by_type()
        == std::map<std::string, int64_t>{{"encode", 3}, {"other", 4}});
}

} // namespace tutti::queues_tests
