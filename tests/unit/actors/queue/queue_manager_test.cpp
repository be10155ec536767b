#include "tests/unit/actors/queue/queues_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// Which queues there are, and what is known of them.

namespace queues_actor_test {

using namespace tutti;
using namespace tutti::queues_tests;

TEST_CASE_FIXTURE(running_world, "a domain is a queue of its own") {
  auto x = row("a");
  x.queue = "gpu:encode";
  offer(x);
  CHECK(tasks(poll(1, 0)).empty());
  CHECK(tasks(poll(1, 0, "w", "cpu")).empty());
  CHECK(tasks(poll(1, 0, "w", "gpu")) == texts{"a for w"});
}

TEST_CASE_FIXTURE(world, "tasks that were stored before the start are found") {
  put(row("a"));
  put(row("b", 3));
  start();
  CHECK(ask(list_queues{}) == R"({"encode":2})");
  CHECK(tasks(poll(5, 0)) == texts{"b for w", "a for w"});
}

TEST_CASE_FIXTURE(world, "a backlog larger than the window is handed out in "
                         "order") {
  settings.window_rows_max = 16;
  for (int i = 0; i < 200; ++i)
    put(row("t" + std::to_string(1000 + i)));
  start();
  CHECK(ask(read_queue_size{"encode", {}, {}, {}}) == "200");
  texts got;
  for (auto some = tasks(poll(7, 0)); !some.empty(); some = tasks(poll(7, 0)))
    got.insert(got.end(), some.begin(), some.end());
  REQUIRE(got.size() == 200);
  CHECK(std::is_sorted(got.begin(), got.end()));
}

TEST_CASE_FIXTURE(running_world,
                  "sizes count waiting tasks, delayed ones too") {
  auto a = row("a"), b = row("b", 0, 500), c = row("c");
  c.queue = "gpu:encode";
  offer(a);
  offer(b);
  offer(c);
  CHECK(ask(read_queue_sizes{{"encode", "none"}})
        == R"({"encode":2,"none":0})");
  CHECK(ask(read_queue_size{"encode", "gpu", {}, {}}) == "1");
  CHECK(ask(read_queue_size{"nothing", {}, {}, {}}) == "0");
  CHECK(ask(list_queues{}) == R"({"encode":2,"gpu:encode":1})");
  poll(1, 0);
  CHECK(ask(list_queues{true})
        == R"({"encode":{"a":{"size":1,"uacked":1}},)"
           R"("gpu:encode":{"a":{"size":1,"uacked":0}}})");
  recorded(a);
  recorded(b);
  CHECK(ask(read_queue_size{"encode", {}, {}, {}}) == "0");
}

TEST_CASE_FIXTURE(running_world, "requeue counts the tasks of all domains and "
                                 "offers what was forgotten") {
  auto forgotten = row("forgotten"), gpu = row("gpu");
  gpu.queue = "gpu:encode";
  offer(row("a"));
  offer(gpu);
  put(forgotten);
  auto other = row("other");
  other.queue = "re-encode";
  offer(other);
  CHECK(ask(requeue_tasks{"encode"}) == "3");
  CHECK(tasks(poll(5, 0)) == texts{"forgotten for w", "a for w"});
}

TEST_CASE_FIXTURE(running_world, "every poll is remembered, empty ones too") {
  CHECK(ask(read_poll_data{"encode"}) == "[]");
  poll(1, 0, "w1");
  poll(1, 0, "w2", "gpu");
  auto all = ask(read_poll_data{});
  CHECK(all == ask(read_poll_data{"encode"}));
  CHECK(all.find(R"("workerId":"w1")") != all.npos);
  CHECK(all.find(R"("domain":"gpu")") != all.npos);
}

TEST_CASE_FIXTURE(world, "queues are given up sooner when memory is tight "
                         "[A4]") {
  memory = std::make_shared<memory_budget>(100 << 20);
  start();
  auto before = system.registry().running();
  auto x = row("a");
  x.queue = "cpu:encode";
  offer(x);
  advance(settings.retire_after_when_tight + settings.memory_look);
  CHECK(system.registry().running() == before + 1);
  memory->measured({90 << 20, 0});
  advance(settings.retire_after_when_tight);
  advance(settings.memory_look);
  CHECK(system.registry().running() == before);
  CHECK(tasks(poll(1, 0, "w", "cpu")) == texts{"a for w"});
}

TEST_CASE_FIXTURE(running_world, "a queue that nobody uses is given up, and "
                                 "comes back from the store [A4]") {
  auto before = system.registry().running();
  poll(1, 0, "w", "gpu");
  poll(1, 0, "w", "cpu");
  auto x = row("a");
  x.queue = "cpu:encode";
  offer(x);
  auto y = row("b");
  y.queue = "done:encode";
  offer(y);
  recorded(y);
  CHECK(system.registry().running() == before + 3);
  advance(settings.retire_after / 2);
  poll(1, 0, "w", "gpu");
  advance(settings.retire_after / 2);
  CHECK(system.registry().running() == before + 1);
  // Asking brings it back, and it has what it had; the empty one is forgotten.
  CHECK(ask(list_queues{}) == R"({"cpu:encode":1})");
  advance(settings.retire_after);
  advance(settings.retire_after);
  CHECK(system.registry().running() == before);
  CHECK(tasks(poll(1, 0, "w", "gpu")).empty());
  CHECK(tasks(poll(1, 0, "w", "cpu")) == texts{"a for w"});
  recorded(x);
  // An offer brings it back as well.
  auto z = row("c");
  z.queue = "done:encode";
  offer(z);
  CHECK(tasks(poll(1, 0, "w", "done")) == texts{"c for w"});
}

TEST_CASE_FIXTURE(running_world,
                  "a queue is kept while a poll waits in it [A4]") {
  auto waiting = poll(1, int32_t(3 * settings.retire_after.count()));
  advance(2 * settings.retire_after);
  CHECK(!*waiting);
  offer(row("a"));
  CHECK(tasks(waiting) == texts{"a for w"});
}

TEST_CASE_FIXTURE(running_world,
                  "one offer of many queues costs what its tasks cost [A4]") {
  constexpr int queues_offered = 20'000;
  std::vector<waiting_task> all;
  for (int i = 0; i < queues_offered; ++i) {
    auto x = row("t" + std::to_string(i));
    x.queue = "type" + std::to_string(i % (queues_offered / 2));
    put(x);
    all.push_back(std::move(x));
  }
  auto reads = readers->done();
  auto running = system.registry().running();
  caf::anon_send(queues, offer_tasks{all});
  run();
  // Nobody waits behind thousands of new queues.
  CHECK(system.registry().running() == running);
  CHECK(readers->done() == reads);
  CHECK(ask(read_queue_sizes{{"type7", "encode"}})
        == R"({"type7":2,"encode":0})");
  // What is taken out meanwhile is not handed out, and its name is forgotten.
  for (auto& x : all)
    if (x.queue != "type7")
      recorded(x);
  advance(settings.retire_after);
  CHECK(ask(list_queues{}) == R"({"type7":2})");
}

TEST_CASE_FIXTURE(running_world,
                  "the queues of a usual fork need not be read") {
  std::vector<waiting_task> all;
  for (int i = 0; i < 64; ++i) {
    auto x = row("t" + std::to_string(i));
    x.queue = "type" + std::to_string(i);
    put(x);
    all.push_back(std::move(x));
  }
  auto reads = readers->done();
  caf::anon_send(queues, offer_tasks{std::move(all)});
  run();
  CHECK(readers->done() == reads);
  CHECK(ask(read_queue_sizes{{"type7"}}) == R"({"type7":1})");
}

TEST_CASE_FIXTURE(world, "after a start a type that is asked for says what the "
                         "store knows [D9]") {
  auto epoch_of_polls = epoch;
  poll_registry earlier(clock, 10s);
  earlier.polled("polled", "gpu", "w7");
  store->submit({0, epoch_of_polls, earlier.changes()}, {});
  task_lease held;
  held.definition = "worked";
  held.task_id = "t1";
  store->submit(
      {0,
       epoch,
       {{storage::operation::kind::put, storage::keys::lease("worked", "t1"),
         storage::write(held)}}},
      {});
  start();
  REQUIRE(polls->load(*store));
  CHECK(ask(describe_queues{{"never"}}) == "[]");
  auto polled = ask(describe_queues{{"polled"}});
  INFO(polled);
  CHECK(polled.find(R"("queue":"gpu:polled")") != polled.npos);
  CHECK(polled.find(R"("lastPollWorkerId":"w7")") != polled.npos);
  auto worked = ask(describe_queues{{"worked"}});
  INFO(worked);
  CHECK(worked.find(R"("queue":"worked")") != worked.npos);
  CHECK(worked.find(R"("inProgress":1)") != worked.npos);
}

TEST_CASE_FIXTURE(world,
                  "after a start the list names queues that were polled, "
                  "and starts none of them for that") {
  poll_registry earlier(clock, 10s);
  earlier.polled("polled", "gpu", "w7");
  store->submit({0, epoch, earlier.changes()}, {});
  put(row("a"));
  auto figures = node_figures = std::make_shared<queue_node_figures>();
  start();
  REQUIRE(polls->load(*store));
  auto all = nlohmann::json::parse(ask(describe_queues{}));
  REQUIRE(all.size() == 2);
  CHECK(all[0]["queue"] == "encode");
  CHECK(all[0]["size"] == 1);
  CHECK(all[1]["queue"] == "gpu:polled");
  CHECK(all[1]["domain"] == "gpu");
  CHECK(all[1]["size"] == 0);
  CHECK(all[1]["polls"] == 0);
  CHECK(all[1]["lastPollWorkerId"] == "w7");
  CHECK(figures->queues == 1);
}

TEST_CASE_FIXTURE(running_world, "polls of long ago are forgotten") {
  poll(1, 0);
  clock->advance(settings.poll_data_kept.count());
  poll(1, 0, "w", "gpu");
  advance(settings.retire_after);
  CHECK(ask(read_poll_data{"encode"}).find("gpu") != std::string::npos);
  clock->advance(settings.poll_data_kept.count());
  advance(settings.retire_after);
  CHECK(ask(read_poll_data{}) == "[]");
}

} // namespace queues_actor_test
