#pragma once

#include "actors/queue/queue_manager_actor.hpp"
#include "messages/model/deciding_thread.hpp"
#include "messages/register.hpp"
#include "storage/keys.hpp"
#include "storage/memory/memory_store.hpp"
#include "storage/records.hpp"
#include "tests/support/readers_by_hand.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// Queues over a store in memory and a clock that stands, between executions
/// that say what the test wants.
namespace tutti::queues_tests {

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

inline scheduler_actor::behavior_type
fake_scheduler(scheduler_actor::stateful_pointer<fake_scheduler_state>,
               std::shared_ptr<executions> how) {
  return {
      [how](envelope<call_workflow>& x) {
        auto& what = std::get<command::hand_out>(x.request.what);
        answer out;
        if (how->silent.contains(what.task_id))
          return; // dropped: the reply answers that itself
        out.effective = !how->refusing.contains(what.task_id);
        out.text = what.task_id + " for " + what.worker_id;
        if (out.effective)
          how->handed_out.push_back(what.task_id);
        x.done(std::move(out));
      },
      [](envelope<read_execution>&) {},
      [](envelope<read_execution_head>&) {},
      [](envelope<read_history>&) {},
      [](envelope<explain_workflow>&) {},
      [](envelope<remove_workflow>&) {},
      [](envelope<list_executions>&) {},
      [](envelope<append_task_log>&) {},
      [](envelope<accept_outbox_message>&) {},
      [](const envelope<acknowledge_event>&) {},
      [](envelope<watch_execution>&) {},
      [](envelope<end_watch>&) {},
      [](slept&) {},
      [](envelope<advance_key_attempt>&) {},
      [](envelope<list_incidents>&) {},
      [](envelope<release_incident>&) {},
      [](tick) {},
      [](const flush_deferred&) {},
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
    reads_by_hand = false;
    if (queues) {
      caf::anon_send_exit(queues, caf::exit_reason::user_shutdown);
      caf::anon_send_exit(scheduler, caf::exit_reason::user_shutdown);
    }
    run();
    directory->clear();
  }

  void start() {
    auto context = std::make_shared<queue_context>();
    context->settings = settings;
    context->clock = clock;
    context->memory = memory;
    context->directory = directory;
    context->readers = readers;
    context->rows = std::make_shared<queue_rows>(std::vector<uint32_t>{0},
                                                 settings.window_rows_max);
    context->waiting = *context->rows->names(*store);
    context->table = table;
    context->figures = node_figures;
    context->polls = polls = std::make_shared<poll_registry>(clock, 10s);
    context->limits = limits
        = std::make_shared<task_limits>(clock, [this] { return registered; });
    limits->when_eased(
        [to = directory](limit_eased x) { to->tell(std::move(x)); });
    scheduler = system.spawn(fake_scheduler, how);
    queues = system.spawn(task_queues, queue_context_pointer(context));
    std::vector<shard_actors> shards(1);
    shards[0].scheduler = scheduler;
    node_actors others;
    others.queues = queues;
    directory->fill(std::move(shards), std::move(others));
    run();
  }

  void run() {
    for (;;)
      if (coordinator.has_job()) {
        deciding_thread decides;
        coordinator.run_once();
      } else if (readers->waiting() > 0 && !reads_by_hand) {
        readers->run_one();
      } else {
        return;
      }
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
                                             x.own_limit, x.input_bytes})});
    store->submit(std::move(what), [](storage::outcome) {});
  }
  limit_picture look(const std::string& definition, task_limit own = {},
                     size_t holders_max = 0) {
    return *limits->look(*store, definition, own, holders_max);
  }
  void offer(const waiting_task& x) {
    put(x);
    caf::anon_send(queues, offer_tasks{{x}});
    run();
  }
  void recorded(const waiting_task& x) {
    write(x, storage::operation::kind::erase);
    caf::anon_send(queues, withdraw_tasks{{x}});
    run();
  }

  /// Sends a request to the queues; its answer, once there is one.
  template <is_request Request>
  cell<typename Request::response> send(Request what) {
    using response = typename Request::response;
    auto out = std::make_shared<std::optional<result<response>>>();
    auto keep = [out](result<response> got) { *out = std::move(got); };
    caf::anon_send(queues, envelope<Request>{std::move(what),
                                             {},
                                             reply<response>(std::move(keep))});
    run();
    return out;
  }
  cell<polled> poll(int32_t count, int32_t timeout_ms, std::string worker = "w",
                    std::string domain = "", uint64_t poll_id = 0) {
    poll_tasks x;
    x.task_type = "encode";
    x.domain = std::move(domain);
    x.worker_id = std::move(worker);
    x.count = count;
    x.timeout_ms = timeout_ms;
    x.poll_id = poll_id;
    return send(std::move(x));
  }
  template <is_request Request>
  std::string ask(Request what) {
    auto out = send(std::move(what));
    REQUIRE(*out);
    REQUIRE(**out);
    return (**out)->text;
  }

  std::shared_ptr<storage::memory_store> store
      = std::make_shared<storage::memory_store>(1);
  std::shared_ptr<test::readers_by_hand> readers
      = std::make_shared<test::readers_by_hand>(store);
  /// The test runs the reads.
  bool reads_by_hand = false;
  std::shared_ptr<actor_directory> directory
      = std::make_shared<actor_directory>();
  std::shared_ptr<executions> how = std::make_shared<executions>();
  std::shared_ptr<limited_definitions> registered
      = std::make_shared<limited_definitions>();
  std::shared_ptr<task_limits> limits;
  std::shared_ptr<poll_registry> polls;
  queue_settings settings;
  std::shared_ptr<queue_table> table; ///< null: nobody looks
  std::shared_ptr<queue_node_figures> node_figures;
  std::shared_ptr<memory_budget> memory;
  std::shared_ptr<tutti::clock> clock;
  uint64_t epoch = 0;
  int32_t seq = 0;
  config cfg;
  caf::actor_system system;
  caf::scheduler::test_coordinator& coordinator;
  scheduler_actor scheduler;
  queue_manager_actor queues;
};

inline std::vector<std::string> tasks(const cell<polled>& x) {
  REQUIRE(*x);
  REQUIRE(**x);
  return (**x)->tasks;
}
using texts = std::vector<std::string>;

struct running_world : world {
  running_world() { start(); }
};

} // namespace tutti::queues_tests
