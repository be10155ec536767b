#include "actors/queue/queues_actor.hpp"
#include "messages/register.hpp"
#include "storage/keys.hpp"
#include "storage/memory/memory_store.hpp"
#include "storage/records.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <doctest/doctest.h>

namespace queues_actor_test {

using namespace tutti;
using namespace std::chrono_literals;

/// What the executions of the test say to a hand-out.
struct executions {
  std::set<std::string> refusing, silent;
  std::vector<std::string> handed_out;
};

/// What is registered: only the limits matter here.
struct limited_definitions final : definition_source {
  workflow_def_pointer find_workflow(std::string_view,
                                     std::optional<int32_t>) const override {
    return nullptr;
  }
  task_def_pointer find_task(std::string_view name) const override {
    auto i = tasks.find(name);
    return i == tasks.end() ? nullptr : i->second;
  }
  void limit(const std::string& name, int concurrent, int grants = 0,
             int seconds = 1) {
    auto x = std::make_shared<task_def>();
    x->name = name;
    x->concurrent_exec_limit = concurrent;
    x->rate_limit_per_frequency = grants;
    x->rate_limit_frequency_in_seconds = seconds;
    tasks[name] = x;
  }
  std::map<std::string, task_def_pointer, std::less<>> tasks;
};

struct fake_scheduler_state {
  static constexpr const char* name = "fake_scheduler";
};

scheduler_actor::behavior_type
fake_scheduler(scheduler_actor::stateful_pointer<fake_scheduler_state>,
               std::shared_ptr<executions> how) {
  return {
      [how](call_workflow& x) {
        auto& what = std::get<command::hand_out>(x.what);
        answer out;
        if (how->silent.contains(what.task_id))
          return; // dropped: the reply answers that itself
        out.effective = !how->refusing.contains(what.task_id);
        out.text = what.task_id + " for " + what.worker_id;
        if (out.effective)
          how->handed_out.push_back(what.task_id);
        x.done(std::move(out));
      },
      [](read_execution&) {},
      [](read_history&) {},
      [](explain_workflow&) {},
      [](remove_workflow&) {},
      [](list_executions&) {},
      [](append_task_log&) {},
      [](accept_letter&) {},
      [](const event_queue_query&) {},
      [](slept&) {},
      [](report_incidents&) {},
      [](release_incident&) {},
      [](raise_attempt&) {},
      [](tick) {},
      [](const linger_over&) {},
      [](drain&) {},
  };
}

struct config : caf::actor_system_config {
  config() {
    register_messages(*this);
    set("scheduler.policy", caf::atom_from_string("testing"));
  }
};

template <class T>
using cell = std::shared_ptr<std::optional<result<T>>>;

struct world {
  world()
      : system(cfg),
        coordinator(dynamic_cast<caf::scheduler::test_coordinator&>(
            system.scheduler())) {
    clock = std::make_shared<tutti::clock>([this] {
      auto since = coordinator.clock().now().time_since_epoch();
      return 1'000'000
             + std::chrono::duration_cast<std::chrono::milliseconds>(since)
                   .count();
    });
    epoch = *store->acquire(0, "test");
  }
  ~world() {
    if (links->queues)
      caf::anon_send_exit(links->queues, caf::exit_reason::user_shutdown);
    for (auto& x : links->schedulers)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
    *links = {};
  }

  void start() {
    auto context = std::make_shared<queue_context>();
    context->settings = settings;
    context->clock = clock;
    context->links = links;
    context->rows = std::make_shared<queue_rows>(
        store, std::vector<uint32_t>{0}, settings.window_rows_max);
    context->polls = std::make_shared<poll_board>(clock, 10s);
    context->limits = limits = std::make_shared<task_limits>(
        store, clock, [this] { return registered; });
    limits->when_eased([links = links](limit_eased x) {
      caf::anon_send(links->queues, std::move(x));
    });
    links->schedulers.push_back(system.spawn(fake_scheduler, how));
    links->queues = system.spawn(task_queues, queue_context_pointer(context));
    run();
  }

  void run() {
    while (coordinator.has_job())
      coordinator.run_once();
  }
  void advance(std::chrono::milliseconds by) {
    coordinator.advance_time(by);
    run();
  }

  waiting_task row(std::string id, int32_t priority = 0,
                   int64_t visible_in = 0) {
    return {"encode",
            "w-" + id,
            std::move(id),
            priority,
            clock->now_ms() + visible_in,
            seq++};
  }
  void put(const waiting_task& x) { write(x, storage::operation::kind::put); }
  void write(const waiting_task& x, storage::operation::kind kind) {
    storage::commit what{0, epoch, {}};
    what.operations.push_back(
        {kind,
         storage::keys::queue(x.queue, x.priority, x.visible_at, x.seq,
                              x.task_id),
         storage::write(storage::queue_entry{x.workflow_id, x.limited_by,
                                             x.own_limit})});
    store->submit(std::move(what), [](storage::outcome) {});
  }
  void offer(const waiting_task& x) {
    put(x);
    caf::anon_send(links->queues, offer_tasks{{x}});
    run();
  }
  void recorded(const waiting_task& x) {
    write(x, storage::operation::kind::erase);
    caf::anon_send(links->queues, withdraw_tasks{{x}});
    run();
  }

  cell<polled> poll(int32_t count, int32_t timeout_ms, std::string worker = "w",
                    std::function<bool()> gone = {}, std::string domain = "") {
    auto out = std::make_shared<std::optional<result<polled>>>();
    poll_tasks x;
    x.task_type = "encode";
    x.domain = std::move(domain);
    x.worker_id = std::move(worker);
    x.count = count;
    x.timeout_ms = timeout_ms;
    x.done
        = reply<polled>([out](result<polled> got) { *out = std::move(got); });
    x.gone = std::move(gone);
    caf::anon_send(links->queues, std::move(x));
    run();
    return out;
  }
  std::string ask(queue_query::kind what, std::vector<std::string> types = {},
                  std::string domain = "") {
    auto out = std::make_shared<std::optional<result<answer>>>();
    queue_query x;
    x.what = what;
    x.task_types = std::move(types);
    x.domain = std::move(domain);
    x.done
        = reply<answer>([out](result<answer> got) { *out = std::move(got); });
    caf::anon_send(links->queues, std::move(x));
    run();
    REQUIRE(*out);
    REQUIRE(**out);
    return (**out)->text;
  }

  std::shared_ptr<storage::memory_store> store
      = std::make_shared<storage::memory_store>(1);
  std::shared_ptr<tutti::links> links = std::make_shared<tutti::links>();
  std::shared_ptr<executions> how = std::make_shared<executions>();
  std::shared_ptr<limited_definitions> registered
      = std::make_shared<limited_definitions>();
  std::shared_ptr<task_limits> limits;
  queue_settings settings;
  std::shared_ptr<tutti::clock> clock;
  uint64_t epoch = 0;
  int32_t seq = 0;
  config cfg;
  caf::actor_system system;
  caf::scheduler::test_coordinator& coordinator;
};

std::vector<std::string> tasks(const cell<polled>& x) {
  REQUIRE(*x);
  REQUIRE(**x);
  return (**x)->tasks;
}
using texts = std::vector<std::string>;

struct running_world : world {
  running_world() { start(); }
};

TEST_CASE_FIXTURE(running_world,
                  "a parked poll is answered when a task comes") {
  auto got = poll(1, 1000, "w1");
  CHECK_FALSE(*got);
  offer(row("a"));
  CHECK(tasks(got) == texts{"a for w1"});
}

TEST_CASE_FIXTURE(running_world, "parked polls are answered in the order they "
                                 "came in") {
  auto first = poll(1, 1000, "w1");
  auto second = poll(1, 1000, "w2");
  offer(row("a"));
  CHECK_FALSE(*second);
  offer(row("b"));
  CHECK(tasks(first) == texts{"a for w1"});
  CHECK(tasks(second) == texts{"b for w2"});
}

TEST_CASE_FIXTURE(running_world, "a poll that waited long enough is answered "
                                 "with nothing, not earlier") {
  auto shorter = poll(1, 100);
  auto longer = poll(1, 300);
  advance(99ms);
  CHECK_FALSE(*shorter);
  advance(1ms);
  CHECK(tasks(shorter).empty());
  CHECK_FALSE(*longer);
  advance(200ms);
  CHECK(tasks(longer).empty());
}

TEST_CASE_FIXTURE(running_world, "a poll without patience looks once") {
  CHECK(tasks(poll(1, 0)).empty());
  CHECK(tasks(poll(5, -7)).empty());
  offer(row("a"));
  CHECK(tasks(poll(0, 0)) == texts{"a for w"});
}

TEST_CASE_FIXTURE(running_world, "a poll takes what is ready, up to its count, "
                                 "and does not wait for more") {
  offer(row("a"));
  offer(row("b", 9));
  offer(row("c"));
  CHECK(tasks(poll(2, 1000)) == texts{"b for w", "a for w"});
  CHECK(tasks(poll(5, 1000)) == texts{"c for w"});
}

TEST_CASE_FIXTURE(running_world, "nothing is handed to a client that is gone") {
  bool left = false;
  auto gone = poll(1, 1000, "w1", [&] { return left; });
  auto other = poll(1, 1000, "w2");
  left = true;
  offer(row("a"));
  CHECK(tasks(gone).empty());
  CHECK(tasks(other) == texts{"a for w2"});
}

TEST_CASE_FIXTURE(running_world, "a task that is no longer waiting is skipped, "
                                 "the poll gets the next one") {
  how->refusing = {"a"};
  offer(row("a"));
  offer(row("b"));
  CHECK(tasks(poll(1, 0)) == texts{"b for w"});
}

TEST_CASE_FIXTURE(running_world, "a poll that got nothing keeps its place") {
  how->refusing = {"a"};
  auto first = poll(1, 1000, "w1");
  auto second = poll(1, 1000, "w2");
  offer(row("a"));
  CHECK_FALSE(*first);
  offer(row("b"));
  CHECK(tasks(first) == texts{"b for w1"});
  CHECK_FALSE(*second);
  advance(1000ms);
  CHECK(tasks(second).empty());
}

TEST_CASE_FIXTURE(running_world, "a task whose execution does not answer is "
                                 "offered again, later") {
  how->silent = {"a"};
  offer(row("a"));
  auto got = poll(1, 5000);
  CHECK_FALSE(*got);
  how->silent.clear();
  advance(999ms);
  CHECK_FALSE(*got);
  advance(1ms);
  CHECK(tasks(got) == texts{"a for w"});
}

TEST_CASE_FIXTURE(running_world, "a hand-out that was never recorded is made "
                                 "again, a recorded one is not") {
  auto a = row("a"), b = row("b");
  offer(a);
  offer(b);
  CHECK(tasks(poll(2, 0)).size() == 2);
  recorded(b);
  advance(settings.hand_out_check - 1ms);
  CHECK(tasks(poll(2, 0)).empty());
  advance(2ms);
  CHECK(tasks(poll(2, 0)) == texts{"a for w"});
}

TEST_CASE_FIXTURE(running_world,
                  "a delayed task is handed out at its instant") {
  offer(row("a", 0, 500));
  auto got = poll(1, 5000);
  advance(499ms);
  CHECK_FALSE(*got);
  advance(1ms);
  CHECK(tasks(got) == texts{"a for w"});
}

TEST_CASE_FIXTURE(running_world, "moving the clock makes delayed tasks ready") {
  offer(row("a", 0, 60'000));
  auto got = poll(1, 1000);
  clock->advance(60'000);
  caf::anon_send(links->queues, clock_moved{});
  run();
  CHECK(tasks(got) == texts{"a for w"});
}

TEST_CASE_FIXTURE(running_world, "a domain is a queue of its own") {
  auto x = row("a");
  x.queue = "gpu:encode";
  offer(x);
  CHECK(tasks(poll(1, 0)).empty());
  CHECK(tasks(poll(1, 0, "w", {}, "cpu")).empty());
  CHECK(tasks(poll(1, 0, "w", {}, "gpu")) == texts{"a for w"});
}

TEST_CASE_FIXTURE(world, "tasks that were stored before the start are found") {
  put(row("a"));
  put(row("b", 3));
  start();
  using kind = queue_query::kind;
  CHECK(ask(kind::all) == R"({"encode":2})");
  CHECK(tasks(poll(5, 0)) == texts{"b for w", "a for w"});
}

TEST_CASE_FIXTURE(running_world,
                  "sizes count waiting tasks, delayed ones too") {
  using kind = queue_query::kind;
  auto a = row("a"), b = row("b", 0, 500), c = row("c");
  c.queue = "gpu:encode";
  offer(a);
  offer(b);
  offer(c);
  CHECK(ask(kind::sizes, {"encode", "none"}) == R"({"encode":2,"none":0})");
  CHECK(ask(kind::size, {"encode"}, "gpu") == "1");
  CHECK(ask(kind::size, {"nothing"}) == "0");
  CHECK(ask(kind::all) == R"({"encode":2,"gpu:encode":1})");
  poll(1, 0);
  CHECK(ask(kind::all_verbose)
        == R"({"encode":{"a":{"size":1,"uacked":1}},)"
           R"("gpu:encode":{"a":{"size":1,"uacked":0}}})");
  recorded(a);
  recorded(b);
  CHECK(ask(kind::size, {"encode"}) == "0");
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
  CHECK(ask(queue_query::kind::requeue, {"encode"}) == "3");
  CHECK(tasks(poll(5, 0)) == texts{"forgotten for w", "a for w"});
}

TEST_CASE_FIXTURE(running_world, "every poll is remembered, empty ones too") {
  using kind = queue_query::kind;
  CHECK(ask(kind::poll_data, {"encode"}) == "[]");
  poll(1, 0, "w1");
  poll(1, 0, "w2", {}, "gpu");
  auto all = ask(kind::all_poll_data);
  CHECK(all == ask(kind::poll_data, {"encode"}));
  CHECK(all.find(R"("workerId":"w1")") != all.npos);
  CHECK(all.find(R"("domain":"gpu")") != all.npos);
}

TEST_CASE_FIXTURE(running_world, "draining answers parked polls and parks no "
                                 "more") {
  auto parked = poll(1, 5000);
  bool finished = false;
  caf::anon_send(links->queues, drain{reply<done>([&](result<done> x) {
                   finished = bool(x);
                 })});
  run();
  CHECK(finished);
  CHECK(tasks(parked).empty());
  CHECK(tasks(poll(1, 5000)).empty());
}

TEST_CASE_FIXTURE(running_world, "a queue that was only polled goes, one that "
                                 "had tasks stays") {
  auto before = system.registry().running();
  poll(1, 0, "w", {}, "gpu");
  poll(1, 0, "w", {}, "cpu");
  auto x = row("a");
  x.queue = "cpu:encode";
  offer(x);
  CHECK(system.registry().running() == before + 2);
  advance(settings.retire_after / 2);
  poll(1, 0, "w", {}, "gpu");
  advance(settings.retire_after / 2);
  CHECK(system.registry().running() == before + 2);
  advance(settings.retire_after);
  CHECK(system.registry().running() == before + 1);
  CHECK(tasks(poll(1, 0, "w", {}, "gpu")).empty());
  CHECK(tasks(poll(1, 0, "w", {}, "cpu")) == texts{"a for w"});
  CHECK(ask(queue_query::kind::all) == R"({"cpu:encode":0})");
}

TEST_CASE_FIXTURE(running_world, "polls of long ago are forgotten") {
  using kind = queue_query::kind;
  poll(1, 0);
  clock->advance(settings.poll_data_kept.count());
  poll(1, 0, "w", {}, "gpu");
  advance(settings.retire_after);
  CHECK(ask(kind::poll_data, {"encode"}).find("gpu") != std::string::npos);
  clock->advance(settings.poll_data_kept.count());
  advance(settings.retire_after);
  CHECK(ask(kind::all_poll_data) == "[]");
}

TEST_CASE_FIXTURE(world, "a backlog larger than the window is handed out in "
                         "order") {
  settings.window_rows_max = 16;
  for (int i = 0; i < 200; ++i)
    put(row("t" + std::to_string(1000 + i)));
  start();
  CHECK(ask(queue_query::kind::size, {"encode"}) == "200");
  texts got;
  for (auto some = tasks(poll(7, 0)); !some.empty(); some = tasks(poll(7, 0)))
    got.insert(got.end(), some.begin(), some.end());
  REQUIRE(got.size() == 200);
  CHECK(std::is_sorted(got.begin(), got.end()));
}

struct limited_world : running_world {
  waiting_task limited(std::string id, std::string queue = "encode",
                       std::string by = "encode") {
    auto x = row(std::move(id));
    x.queue = std::move(queue);
    x.limited_by = std::move(by);
    return x;
  }
  void changed(const std::string& name) {
    caf::anon_send(links->queues, limit_eased{name, {}});
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
  auto gpu = poll(1, 60'000, "w2", {}, "gpu");
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
  CHECK(limits->look("encode", {}, 0).in_progress == 1);
  CHECK(limits->look("encode", {}, 0).grants_left == 0);
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
  auto seen = limits->look("encode", {}, 10);
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
  CHECK(limits->look("encode", {}, 0).next_grant_at == clock->now_ms() + 1);
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
  CHECK(ask(queue_query::kind::size, {"encode"}) == "2");
  auto all = ask(queue_query::kind::details, {"encode"});
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
  auto out = std::make_shared<std::optional<result<answer>>>();
  caf::anon_send(links->queues,
                 place_in_queue{{c}, reply<answer>([out](result<answer> got) {
                                  *out = std::move(got);
                                })});
  run();
  REQUIRE(*out);
  auto& text = (**out)->text;
  CHECK(text.find(R"("place":"READY","position":1)") != text.npos);
  CHECK(text.find(R"("lastPollWorkerId":"w1")") != text.npos);
}

TEST_CASE("a domain is active for some time after its last poll") {
  int64_t now = 100'000;
  auto clock = std::make_shared<tutti::clock>([&] { return now; });
  poll_board board(clock, 10s);
  CHECK_FALSE(board.active("encode", "gpu"));
  board.polled("encode", "gpu", "w1");
  now += 10'000;
  CHECK(board.active("encode", "gpu"));
  CHECK_FALSE(board.active("encode", ""));
  CHECK_FALSE(board.active("gpu", "encode"));
  now += 1;
  CHECK_FALSE(board.active("encode", "gpu"));
}

} // namespace queues_actor_test
