#pragma once

#include "actors/queue/queue_manager_actor.hpp"
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
      [](accept_outbox_message&) {},
      [](const event_queue_query&) {},
      [](slept&) {},
      [](report_incidents&) {},
      [](release_incident&) {},
      [](advance_key_attempt&) {},
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
    context->directory = directory;
    context->rows = std::make_shared<queue_rows>(
        store, std::vector<uint32_t>{0}, settings.window_rows_max);
    context->polls = std::make_shared<poll_registry>(clock, 10s);
    context->limits = limits = std::make_shared<task_limits>(
        store, clock, [this] { return registered; });
    limits->when_eased(
        [to = directory](limit_eased x) { to->tell(std::move(x)); });
    scheduler = system.spawn(fake_scheduler, how);
    queues = system.spawn(task_queues, queue_context_pointer(context));
    directory->fill({{scheduler, {}, {}, {}}}, {queues, {}, {}, {}});
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
         storage::write(
             storage::queue_entry{x.workflow_id, x.limited_by, x.own_limit})});
    store->submit(std::move(what), [](storage::outcome) {});
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
    caf::anon_send(queues, std::move(x));
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
    caf::anon_send(queues, std::move(x));
    run();
    REQUIRE(*out);
    REQUIRE(**out);
    return (**out)->text;
  }

  std::shared_ptr<storage::memory_store> store
      = std::make_shared<storage::memory_store>(1);
  std::shared_ptr<actor_directory> directory
      = std::make_shared<actor_directory>();
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
