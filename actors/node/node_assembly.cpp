#include "actors/node/node_impl.hpp"

#include "actors/courier/courier_actor.hpp"
#include "actors/event/event_janitor.hpp"
#include "actors/gateway/gateway_actor.hpp"
#include "actors/metadata/definition_store.hpp"
#include "actors/queue/queues_actor.hpp"
#include "actors/scheduler/scheduler_actor.hpp"
#include "actors/slots/slots_actor.hpp"
#include "actors/system_tasks/left_work.hpp"
#include "actors/system_tasks/outbound/http_worker.hpp"
#include "actors/timer/timer_actor.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

// Which actors a node has, and what each of them is given.

namespace tutti {

/// Couriers and timers have work of their own from the first moment, and need
/// everybody for it: they are started lazily, and woken when the links are
/// complete.
void node::impl::spawn(const std::vector<uint64_t>& epochs) {
  std::vector<uint32_t> shards;
  for (uint32_t shard = 0; shard < epochs.size(); ++shard) {
    auto context = context_of(shard, epochs[shard]);
    shards.push_back(shard);
    links->schedulers.push_back(system.spawn(scheduler, context));
    links->timers.push_back(system.spawn<caf::lazy_init>(timer, context));
    links->couriers.push_back(system.spawn<caf::lazy_init>(courier, context));
    links->slots.push_back(system.spawn<caf::lazy_init>(slots_keeper, context));
  }

  auto queue = std::make_shared<queue_context>();
  queue->settings = options.queues;
  queue->clock = clock;
  queue->links = links;
  queue->rows = std::make_shared<queue_rows>(store, std::move(shards),
                                             options.queues.window_rows_max);
  queue->polls = polls;
  queue->messages = std::make_shared<event_queue_rows>(store);
  auto waiting = queue->rows->names();

  options.kafka.security.secret = [env = environment](std::string_view name) {
    return env->secret(name);
  };
  workers
      = {std::make_shared<http_worker>(options.http, options.bounds.work),
         std::make_shared<kafka_worker>(options.kafka, options.bounds.work)};
  auto system_tasks = std::make_shared<system_tasks_context>();
  system_tasks->settings = options.system_tasks;
  system_tasks->links = links;
  system_tasks->workers = workers;
  system_tasks->worker_id
      = system_worker_id(options.owner, epochs[definitions_shard]);
  links->system_tasks = system.spawn(
      tutti::system_tasks, system_tasks_context_pointer(system_tasks));
  queue->appeared = [to = links->system_tasks](const std::string& name) {
    caf::anon_send(to, queue_appeared{name});
  };
  queue->limits = limits;
  queue->counted = counted;
  queue->write = [store = store, epoch = epochs[definitions_shard],
                  bell = bell](storage::batch rows) {
    store->submit({definitions_shard, epoch, std::move(rows)},
                  [bell](storage::outcome how) {
                    if (how != storage::outcome::ok)
                      bell->ring(definitions_shard);
                  });
  };
  links->queues = system.spawn(task_queues, queue_context_pointer(queue));

  auto definitions = std::make_shared<metadata_context>();
  definitions->store = store;
  definitions->epoch = epochs[definitions_shard];
  definitions->clock = clock;
  definitions->board = board;
  definitions->task_changed = [links = links](const std::string& name) {
    if (links->queues)
      caf::anon_send(links->queues, limit_eased{name, {}});
  };
  definitions->shard_failed = [bell = bell](uint32_t x) { bell->ring(x); };
  metadata
      = system.spawn(tutti::metadata, metadata_context_pointer(definitions));

  auto requests = std::make_shared<gateway_context>();
  requests->settings = options.gateway;
  requests->store = store;
  requests->clock = clock;
  requests->links = links;
  requests->definitions = board;
  requests->ids = ids;
  requests->env = environment;
  requests->metadata = metadata;
  requests->scripts = scripts;
  auto count = node_detail::or_half_the_cores(options.gateways);
  for (size_t i = 0; i < count; ++i)
    gateways.push_back(
        system.spawn(gateway, gateway_context_pointer(requests)));

  auto kept = std::make_shared<outputs_context>();
  kept->shelf = outputs;
  kept->store = store;
  kept->clock = clock;
  kept->epochs = epochs;
  links->outputs = system.spawn<caf::lazy_init>(
      outputs_janitor, std::shared_ptr<const outputs_context>(kept));

  if (options.event_age_max.count() > 0) {
    auto old = std::make_shared<event_janitor_context>();
    old->board = events;
    old->store = store;
    old->clock = clock;
    old->epochs = epochs;
    old->age_max = options.event_age_max;
    links->event_janitor = system.spawn<caf::lazy_init>(
        event_janitor, std::shared_ptr<const event_janitor_context>(old));
  }
  // The links are complete: from here on others read them.
  // Nobody waits for it: there may be many leases.
  system.spawn([store = store, links = links, owner = options.owner,
                epoch = epochs[definitions_shard]] {
    if (auto n = give_up_left_work(*store, *links, owner, epoch))
      spdlog::info("{} system tasks were in hand when the node ended: those "
                   "that had not done their part are begun again",
                   n);
  });
  for (auto& name : waiting)
    caf::anon_send(links->system_tasks, queue_appeared{name});
  if (links->event_janitor)
    caf::anon_send(links->event_janitor, tick{});
  for (auto& x : links->timers)
    caf::anon_send(x, tick{});
  for (auto& x : links->couriers)
    caf::anon_send(x, tick{});
  for (auto& x : links->slots)
    caf::anon_send(x, tick{});
  caf::anon_send(links->outputs, tick{});
}

shard_context_pointer node::impl::context_of(uint32_t shard,
                                             uint64_t epoch) const {
  auto out = std::make_shared<shard_context>();
  out->store = store;
  out->shard = shard;
  out->epoch = epoch;
  out->settings = options.executions;
  out->clock = clock;
  out->links = links;
  out->ids = ids;
  out->definitions = [board = board] { return board->current(); };
  out->populated
      = [board = board](std::string_view name, std::optional<int32_t> version) {
          return board->populated(name, version);
        };
  out->domains = polls;
  out->limits = limits;
  out->counted = counted;
  out->env = environment;
  out->outputs = outputs;
  out->secret = [env = environment](std::string_view name) {
    return env->secret(name);
  };
  out->bounds = options.bounds;
  out->scripts = scripts;
  out->events = events;
  out->shard_failed = [bell = bell](uint32_t x) { bell->ring(x); };
  return out;
}

} // namespace tutti
