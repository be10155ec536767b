#include "actors/node/node_figures.hpp"
#include "actors/node/node_impl.hpp"

#include "actors/concurrency/concurrency_limiter_actor.hpp"
#include "actors/event/event_janitor.hpp"
#include "actors/gateway/gateway_actor.hpp"
#include "actors/gateway/operators.hpp"
#include "actors/jobs/job_search.hpp"
#include "actors/jobs/jobs_actor.hpp"
#include "actors/metadata/definition_store.hpp"
#include "actors/outbox/outbox_relay_actor.hpp"
#include "actors/queue/queue_manager_actor.hpp"
#include "actors/retention/count_by_index.hpp"
#include "actors/retention/retention_actor.hpp"
#include "actors/scheduler/scheduler_actor.hpp"
#include "actors/schedules/schedules_actor.hpp"
#include "actors/search/search_actor.hpp"
#include "actors/system_tasks/orphaned_leases.hpp"
#include "actors/system_tasks/outbound/http_worker.hpp"
#include "actors/timer/timer_actor.hpp"
#include "actors/waits/waits_actor.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

// Creates the node's actors and gives each what it needs.

namespace tutti {

/// Only schedulers, queues and the services below them run before the directory
/// is filled, and they only react. Actors with work of their own are started
/// lazily and woken at the end.
void node::impl::spawn(std::vector<uint64_t> acquired,
                       std::vector<std::string> waiting) {
  epochs = std::move(acquired);
  spawn_shards();
  spawn_system_tasks();
  spawn_queues(waiting);
  spawn_metadata();
  spawn_outputs();
  spawn_event_janitor();
  spawn_search();
  spawn_waits();
  spawn_jobs();
  spawn_retention();
  join_cluster();
  directory->fill(shards, services);
  spawn_followers();
  spawn_gateways();
  begin_cluster();
  wake(waiting);
  give_up_orphaned_leases();
}

void node::impl::spawn_shards() {
  for (uint32_t shard = 0; shard < epochs.size(); ++shard) {
    if (!serves(shard)) {
      shards.emplace_back();
      continue;
    }
    auto context = context_of(shard);
    shards.push_back(
        {system.spawn(scheduler, context),
         system.spawn<caf::lazy_init>(timer, context),
         system.spawn<caf::lazy_init>(outbox_relay, context,
                                      outbox_addressee::executions),
         system.spawn<caf::lazy_init>(outbox_relay, context,
                                      outbox_addressee::systems),
         system.spawn<caf::lazy_init>(concurrency_limiter, context),
         spawn_schedules(context)});
  }
  metrics->add([figures = schedule_figures] { return figures->metrics(); });
}

schedules_actor
node::impl::spawn_schedules(const shard_context_pointer& context) {
  auto out = std::make_shared<schedules_context>();
  out->shard = context;
  out->settings = options.schedules;
  out->figures = schedule_figures;
  return system.spawn<caf::lazy_init>(schedules,
                                      schedules_context_pointer(out));
}

void node::impl::spawn_system_tasks() {
  options.kafka.security.secret = [env = environment](std::string_view name) {
    return env->secret(name);
  };
  workers
      = {std::make_shared<http_worker>(options.http, options.bounds.work),
         std::make_shared<kafka_worker>(options.kafka, options.bounds.work)};
  auto context = std::make_shared<system_tasks_context>();
  context->settings = options.system_tasks;
  context->directory = directory;
  context->workers = workers;
  context->worker_id
      = system_worker_id(options.owner, epochs[definitions_shard]);
  services.system_tasks = system.spawn(tutti::system_tasks,
                                       system_tasks_context_pointer(context));
}

void node::impl::spawn_queues(const std::vector<std::string>& waiting) {
  auto context = std::make_shared<queue_context>();
  context->memory = memory;
  context->settings = options.queues;
  context->clock = clock;
  context->directory = directory;
  context->readers = readers;
  context->rows = rows;
  context->waiting = waiting;
  context->polls = polls;
  context->appeared = [to = services.system_tasks](const std::string& name) {
    caf::anon_send(to, queue_appeared{name});
  };
  context->limits = limits;
  context->metrics = metrics;
  context->elsewhere = elsewhere;
  context->figures = std::make_shared<queue_node_figures>();
  metrics->add([figures = context->figures] { return figures->metrics(); });
  auto table = std::make_shared<queue_table>(options.metric_series_max);
  context->table = table;
  metrics->add([table, limits = limits, published = published, clock = clock] {
    auto out = table->metrics(clock->now_ms());
    for (auto& x : task_metrics(*table, *limits, *published->current()))
      out.push_back(std::move(x));
    return out;
  });
  metrics->add(mailbox_metrics);
  context->write = [store = store, epoch = epochs[definitions_shard],
                    to = notifier](storage::batch rows) {
    store->submit({definitions_shard, epoch, std::move(rows)},
                  [to](const storage::outcome& how) {
                    if (how != storage::outcome::ok)
                      to->shard_failed(
                          storage::why_shard_failed(definitions_shard, how));
                  });
  };
  services.queues = system.spawn(task_queues, queue_context_pointer(context));
  if (elsewhere)
    elsewhere->open(services.queues);
}

void node::impl::spawn_metadata() {
  auto context = std::make_shared<metadata_context>();
  context->store = store;
  context->epoch = epochs[definitions_shard];
  context->clock = clock;
  context->published = published;
  context->tags_max = options.definition_tags_max;
  context->metrics = metrics;
  context->bytes_max = options.definition_bytes_max;
  context->reached = metrics->reached();
  context->task_changed = [to = directory](const std::string& name) {
    to->tell(limit_eased{name, {}});
  };
  if (spread)
    context->spread = [to = spread](const storage::batch& rows,
                                    std::function<void()> told) {
      to->changed(rows, std::move(told));
    };
  context->shard_failed
      = [to = notifier](const std::string& why) { to->shard_failed(why); };
  metadata = system.spawn(tutti::metadata, metadata_context_pointer(context));
}

void node::impl::spawn_outputs() {
  auto context = std::make_shared<outputs_context>();
  context->cache = outputs;
  context->store = store;
  context->clock = clock;
  context->epochs = epochs;
  services.outputs = system.spawn<caf::lazy_init>(
      outputs_janitor, std::shared_ptr<const outputs_context>(context));
}

void node::impl::spawn_event_janitor() {
  auto context = std::make_shared<event_janitor_context>();
  context->queues = events;
  context->store = store;
  context->readers = readers;
  context->clock = clock;
  context->epochs = epochs;
  context->age_max = options.event_age_max;
  services.event_janitor = system.spawn<caf::lazy_init>(
      event_janitor, std::shared_ptr<const event_janitor_context>(context));
}

/// A new follower is added here.
void node::impl::spawn_followers() {
  // All of them before the first one runs: whatever these have passed is
  // erased.
  retention->add(counter->name(), counter_marks);
  std::vector<storage::follower_mark> unknown(epochs.size());
  if (keeper)
    retention->add(keeper->name(), unknown);
  spawn_follower(counter, std::move(counter_marks), options.feed);
  if (!keeper)
    return;
  auto how = options.feed;
  how.pause = options.index_pause;
  // It keeps its positions itself; until it tells them no entry may go.
  spawn_follower(keeper, std::move(unknown), how);
}

void node::impl::spawn_follower(std::shared_ptr<feed_consumer> consumer,
                                std::vector<storage::follower_mark> marks,
                                follower_settings how) {
  auto context = std::make_shared<follower_context>();
  context->settings = how;
  context->consumer = std::move(consumer);
  context->store = store;
  context->retention = retention;
  context->epochs = epochs;
  context->read = [by = readers](uint32_t shard, uint64_t after, size_t limit,
                                 reply<storage::feed_page> done) {
    auto work = [=](const storage::store& from) {
      return storage::read_feed(from, shard, after, limit);
    };
    storage::read<storage::feed_page>(*by, std::move(work), std::move(done));
  };
  feed_followers.push_back(system.spawn(
      feed_follower, std::shared_ptr<const follower_context>(context),
      std::move(marks)));
}

void node::impl::spawn_search() {
  if (!options.index)
    return;
  keeper = std::make_shared<index_keeper>(
      index_keeper::ports{options.index, store, readers});
  searches = std::make_shared<search_service>(
      options.search,
      search_service::ports{keeper, readers, clock, store->shards(),
                            metrics->reached()});
  metrics->add([of = std::weak_ptr(keeper)] {
    auto it = of.lock();
    return it ? it->metrics() : std::vector<metric>();
  });
  metrics->add([of = std::weak_ptr(searches)] {
    auto it = of.lock();
    return it ? it->metrics() : std::vector<metric>();
  });
  auto context = std::make_shared<search_context>();
  context->settings = options.search;
  context->keeper = keeper;
  context->service = searches;
  context->store = store;
  services.search = system.spawn(
      tutti::search, std::shared_ptr<const search_context>(context));
}

gateway_context_pointer node::impl::make_gateway_context() const {
  auto context = std::make_shared<gateway_context>();
  context->settings = options.gateway;
  context->memory = memory;
  context->metrics = metrics;
  context->readers = readers;
  context->clock = clock;
  context->directory = directory;
  context->definitions = published;
  context->ids = ids;
  context->env = environment;
  context->metadata = metadata;
  context->scripts = scripts;
  context->dry_runs = dry_runs;
  context->aside = aside;
  context->has_index = keeper != nullptr;
  if (context->has_index)
    context->find = find_by_index(directory, true);
  context->jobs = options.jobs;
  return context;
}

void node::impl::spawn_waits() {
  requests = make_gateway_context();
  auto context = std::make_shared<waits_context>();
  context->settings = options.waits;
  context->gateway = requests;
  metrics->add([figures = context->figures] { return figures->metrics(); });
  services.waits = system.spawn(tutti::waits, waits_context_pointer(context));
}

void node::impl::spawn_jobs() {
  auto context = std::make_shared<jobs_context>();
  context->settings = options.jobs;
  context->store = store;
  context->readers = readers;
  context->epochs = epochs;
  context->clock = clock;
  context->find = requests->find;
  context->operators = make_operators(requests);
  context->reached = metrics->reached();
  context->failed
      = [to = notifier](uint32_t shard, const storage::outcome& how) {
          to->shard_failed(storage::why_shard_failed(shard, how));
        };
  metrics->add([figures = context->figures] { return figures->metrics(); });
  for (uint32_t shard = 0; shard < shards.size(); ++shard)
    if (serves(shard))
      shards[shard].jobs = system.spawn<caf::lazy_init>(
          jobs, jobs_context_pointer(context), shard);
}

void node::impl::spawn_retention() {
  auto context = std::make_shared<retention_context>();
  context->settings = options.retention;
  context->store = store;
  context->readers = readers;
  context->epochs = epochs;
  context->clock = clock;
  context->definitions
      = [published = published] { return published->current(); };
  // Each node removes what it has.
  if (keeper)
    context->find = find_by_index(directory, false);
  context->count = count_by_index(directory);
  context->operators = make_operators(requests);
  metrics->add([figures = context->figures] { return figures->metrics(); });
  services.retention = system.spawn<caf::lazy_init>(
      tutti::retention, retention_context_pointer(context));
}

void node::impl::spawn_gateways() {
  auto count = node_detail::or_half_the_cores(options.gateways);
  for (size_t i = 0; i < count; ++i)
    gateways.push_back(system.spawn(gateway, requests));
}

void node::impl::wake(const std::vector<std::string>& waiting_queues) {
  for (auto& name : waiting_queues)
    caf::anon_send(services.system_tasks, queue_appeared{name});
  caf::anon_send(services.event_janitor, tick{});
  for (auto& x : shards) {
    if (!x.scheduler)
      continue;
    caf::anon_send(x.timer, tick{});
    caf::anon_send(x.outbox_relay, tick{});
    caf::anon_send(x.sink_relay, tick{});
    caf::anon_send(x.slots, tick{});
    caf::anon_send(x.jobs, tick{});
    caf::anon_send(x.schedules, tick{});
  }
  caf::anon_send(services.outputs, tick{});
  caf::anon_send(services.retention, tick{});
}

/// On a reader's thread; nobody waits, because there may be many leases.
void node::impl::give_up_orphaned_leases() {
  auto work = [to = directory, owner = options.owner,
               epoch = epochs[definitions_shard]](const storage::store& from) {
    return tutti::give_up_orphaned_leases(from, *to, owner, epoch);
  };
  auto then = [](result<size_t> n) {
    if (!n)
      spdlog::warn("system tasks that were in hand when the node ended are "
                   "left to their leases: {}",
                   n.failure().message);
    else if (*n > 0)
      spdlog::info("{} system tasks were in hand when the node ended: those "
                   "that had not done their part are begun again",
                   *n);
  };
  storage::read<size_t>(*readers, std::move(work), std::move(then));
}

shard_context_pointer node::impl::context_of(uint32_t shard) const {
  auto out = std::make_shared<shard_context>();
  out->store = store;
  out->readers = readers;
  out->memory = memory;
  out->aside = aside;
  out->next_outbox_number = next_outbox_numbers[shard];
  out->shard = shard;
  out->epoch = epochs[shard];
  out->settings = options.executions;
  out->logs->most
      = {options.executions.log_lines_max, options.executions.log_bytes_max};
  out->clock = clock;
  out->directory = directory;
  out->ids = ids;
  out->definitions = [published = published] { return published->current(); };
  out->pinned = [published = published](std::string_view name,
                                        std::optional<int32_t> version) {
    return published->pinned(name, version);
  };
  out->domains = polls;
  out->limits = limits;
  out->metrics = metrics;
  out->env = environment;
  out->outputs = outputs;
  out->secret = [env = environment](std::string_view name) {
    return env->secret(name);
  };
  out->bounds = options.bounds;
  out->scripts = scripts;
  out->events = events;
  out->sinks = options.sinks;
  out->sink_figures = sink_figures;
  out->shard_failed
      = [to = notifier](const std::string& why) { to->shard_failed(why); };
  return out;
}

} // namespace tutti
