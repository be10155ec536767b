#include "actors/node/node.hpp"

#include "actors/courier/courier_actor.hpp"
#include "actors/event/event_janitor.hpp"
#include "actors/gateway/gateway_actor.hpp"
#include "actors/metadata/definition_store.hpp"
#include "actors/metadata/metadata_actor.hpp"
#include "actors/node/all_done.hpp"
#include "actors/node/random_ids.hpp"
#include "actors/outputs/outputs_actor.hpp"
#include "actors/queue/queues_actor.hpp"
#include "actors/scheduler/scheduler_actor.hpp"
#include "actors/scripts/script_pool.hpp"
#include "actors/slots/slots_actor.hpp"
#include "actors/system_tasks/left_work.hpp"
#include "actors/system_tasks/outbound/http_worker.hpp"
#include "actors/timer/timer_actor.hpp"
#include "messages/register.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <thread>

namespace tutti {

namespace node_detail {

using std::chrono::milliseconds;
using instant = std::chrono::steady_clock::time_point;

// Half of the cores: the HTTP loop and the store's writer need the others, and
// a step then changes threads less often (tests/bench/README.md).
size_t or_half_the_cores(size_t x) {
  return x > 0 ? x : std::max(1u, std::thread::hardware_concurrency() / 2);
}

struct system_config : caf::actor_system_config {
  explicit system_config(size_t workers) {
    register_messages(*this);
    set("scheduler.policy", caf::atom_from_string("sharing"));
    set("scheduler.max-threads", workers);
  }
};

/// The first failure is told; the others follow from it.
class failure_bell {
 public:
  explicit failure_bell(std::function<void(std::string)> told)
      : told_(std::move(told)) {}

  void ring(uint32_t shard) {
    if (rung_.exchange(true))
      return;
    auto sentence = "shard " + std::to_string(shard)
                    + " cannot write: the node stops and recovers from what "
                      "is stored when it is started again";
    spdlog::critical("{}", sentence);
    if (told_)
      told_(std::move(sentence));
  }

 private:
  std::function<void(std::string)> told_;
  std::atomic<bool> rung_{false};
};

template <class Actor>
void drain_one(const Actor& who, all_done& all) {
  caf::anon_send(who, drain{all.slot()});
}

template <class Actor>
void exit_all(const std::vector<Actor>& actors) {
  for (auto& x : actors)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

} // namespace node_detail

struct node::impl {
  impl(std::shared_ptr<storage::store> store,
       std::shared_ptr<tutti::clock> clock, node_options options)
      : store(std::move(store)), clock(std::move(clock)),
        options(std::move(options)),
        config(node_detail::or_half_the_cores(this->options.workers)),
        system(config) {}

  std::optional<failure> open();
  void spawn(const std::vector<uint64_t>& epochs);
  shard_context_pointer context_of(uint32_t shard, uint64_t epoch) const;
  void stop();

  std::shared_ptr<storage::store> store;
  std::shared_ptr<tutti::clock> clock;
  node_options options;

  std::shared_ptr<tutti::links> links = std::make_shared<tutti::links>();
  std::shared_ptr<definition_board> board
      = std::make_shared<definition_board>();
  std::shared_ptr<random_ids> ids = std::make_shared<random_ids>();
  std::shared_ptr<node_detail::failure_bell> bell;
  std::shared_ptr<poll_board> polls;
  std::shared_ptr<output_shelf> outputs;
  std::shared_ptr<task_limits> limits;
  std::shared_ptr<counters> counted = std::make_shared<counters>();
  std::shared_ptr<const node_environment> environment;
  std::shared_ptr<event_board> events;
  std::vector<std::shared_ptr<system_task_worker>> workers;

  node_detail::system_config config;
  caf::actor_system system;
  script_pool_pointer scripts;
  std::shared_ptr<tutti::rehearsals> rehearsals;
  metadata_actor metadata;
  std::vector<gateway_actor> gateways;
  bool stopped = false;
};

std::optional<failure> node::impl::open() {
  std::vector<uint64_t> epochs;
  for (uint32_t shard = 0; shard < store->shards(); ++shard) {
    auto epoch = store->acquire(shard, options.owner);
    if (!epoch)
      return epoch.failure();
    epochs.push_back(*epoch);
  }
  auto definitions = load_definitions(*store);
  if (!definitions)
    return definitions.failure();
  board->publish(std::move(*definitions));
  bell = std::make_shared<node_detail::failure_bell>(options.failed);
  polls = std::make_shared<poll_board>(clock, options.active_worker);
  polls->load(*store);
  limits = std::make_shared<task_limits>(
      store, clock, [board = board] { return board->current(); });
  limits->when_eased([links = links](limit_eased x) {
    if (links->queues)
      caf::anon_send(links->queues, std::move(x));
  });
  environment = std::make_shared<node_environment>(options.environment,
                                                   options.variables);
  scripts = std::make_shared<script_pool>(options.scripts);
  scripts->open(system);
  events = std::make_shared<event_board>(store, options.event_messages_max);
  outputs = std::make_shared<output_shelf>(options.outputs);
  outputs->load(*store, clock->now_ms());
  auto dry = options.rehearsals;
  dry.scripts = options.scripts;
  rehearsals = std::make_shared<tutti::rehearsals>(
      std::move(dry),
      rehearsal_ports{[board = board] { return board->current(); }, environment,
                      clock, options.bounds,
                      [ids = ids] { return ids->random(UINT64_MAX); }});
  spawn(epochs);
  return std::nullopt;
}

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

  // Nobody waits for it: there may be many leases.
  system.spawn([store = store, links = links, owner = options.owner,
                epoch = epochs[definitions_shard]] {
    if (auto n = give_up_left_work(*store, *links, owner, epoch))
      spdlog::info("{} system tasks were under way when the node ended, and "
                   "are begun again",
                   n);
  });
  for (auto& name : waiting)
    caf::anon_send(links->system_tasks, queue_appeared{name});
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
    caf::anon_send(links->event_janitor, tick{});
  }
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

void node::impl::stop() {
  if (std::exchange(stopped, true))
    return;
  for (auto& x : workers)
    x->stop();
  if (rehearsals)
    rehearsals->stop();
  node_detail::exit_all(gateways);
  caf::anon_send_exit(links->system_tasks, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(metadata, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(links->queues, caf::exit_reason::user_shutdown);
  node_detail::exit_all(links->timers);
  node_detail::exit_all(links->couriers);
  node_detail::exit_all(links->slots);
  caf::anon_send_exit(links->outputs, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(links->event_janitor, caf::exit_reason::user_shutdown);
  node_detail::exit_all(links->schedulers);
  if (scripts)
    scripts->close();
  gateways.clear();
  metadata = metadata_actor{};
  system.await_all_actors_done();
  // Answers that are still under way hold handles, and so do the links: none
  // may outlive the system.
  store->flush();
  *links = {};
}

result<std::unique_ptr<node>> node::start(std::shared_ptr<storage::store> store,
                                          std::shared_ptr<tutti::clock> clock,
                                          node_options options) {
  auto out = std::make_unique<impl>(std::move(store), std::move(clock),
                                    std::move(options));
  if (auto why = out->open())
    return *why;
  return std::unique_ptr<node>(new node(std::move(out)));
}

node::node(std::unique_ptr<impl> x) : impl_(std::move(x)) {}

node::~node() { impl_->stop(); }

std::vector<gateway_actor> node::gateways() const { return impl_->gateways; }

std::function<task_def_pointer(std::string_view)>
node::task_definitions() const {
  return [board = impl_->board](std::string_view name) {
    return board->current()->find_task(name);
  };
}

std::shared_ptr<const counters> node::counted() const { return impl_->counted; }

std::shared_ptr<workflow_tester> node::tester() const {
  return impl_->rehearsals;
}

bool node::drain_polls(std::chrono::milliseconds within) {
  auto deadline = std::chrono::steady_clock::now() + within;
  all_done all;
  node_detail::drain_one(impl_->links->queues, all);
  return all.wait_until(deadline);
}

bool node::drain(std::chrono::milliseconds within) {
  using node_detail::drain_one;
  auto deadline = std::chrono::steady_clock::now() + within;
  auto& links = *impl_->links;
  impl_->rehearsals->stop();
  all_done taken, sent, asleep;
  for (auto& x : impl_->gateways)
    drain_one(x, taken);
  drain_one(links.queues, taken);
  bool good = taken.wait_until(deadline);
  // What is not done soon is left alone: its lease ends and it is done again.
  all_done worked;
  drain_one(links.system_tasks, worked);
  worked.wait_until(
      std::min(deadline, node_detail::instant::clock::now() + within / 2));
  // Letters go first: their addressees still answer.
  for (auto& x : links.couriers)
    drain_one(x, sent);
  good = sent.wait_until(deadline) && good;
  for (auto& x : links.schedulers)
    drain_one(x, asleep);
  good = asleep.wait_until(deadline) && good;
  impl_->store->flush();
  return good;
}

} // namespace tutti
