#include "actors/node/node.hpp"

#include "actors/feed/feed_metrics.hpp"
#include "actors/metadata/definition_store.hpp"
#include "actors/node/node_impl.hpp"
#include "actors/node/process_memory.hpp"
#include "actors/outbox/outbox.hpp"
#include "actors/support/reply_latch.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <numeric>

namespace tutti {

namespace node_detail {

using instant = std::chrono::steady_clock::time_point;

/// Shards of other nodes have no actors here.
template <class Actor>
void drain_one(const Actor& who, reply_latch& all) {
  if (!who)
    return;
  caf::anon_send(who, drain{all.slot()});
}

std::vector<metric> read_metrics(const storage::reader_pool::figures& x) {
  using kind = metric::kind;
  auto one = [](const char* name, const char* help, kind what, double value) {
    return metric{name, help, what, {{{}, value}}};
  };
  return {one("tutti_store_reads_total",
              "Questions that readers answered from the store", kind::counter,
              double(x.jobs)),
          one("tutti_store_reads_refused_total",
              "Questions to the store that were refused: too many waited",
              kind::counter, double(x.refused)),
          one("tutti_store_reads_waiting", "Questions that wait for a reader",
              kind::gauge, double(x.waiting))};
}

std::vector<metric> aside_metrics(const work_pool::figures& x) {
  using kind = metric::kind;
  auto one = [](const char* name, const char* help, kind what, double value) {
    return metric{name, help, what, {{{}, value}}};
  };
  return {one("tutti_aside_jobs_total",
              "Large executions and lists that were read aside", kind::counter,
              double(x.done)),
          one("tutti_aside_refused_total",
              "Those that were refused: too many waited", kind::counter,
              double(x.refused)),
          one("tutti_aside_waiting", "Those that wait for a thread",
              kind::gauge, double(x.waiting))};
}

/// Names that callers give, and what is registered under them.
std::vector<metric> name_metrics(const poll_registry::figures& polls,
                                 const definition_snapshot& definitions) {
  using kind = metric::kind;
  auto one = [](const char* name, const char* help, kind what, double value) {
    return metric{name, help, what, {{{}, value}}};
  };
  return {one("tutti_poll_data_rows",
              "Task types and domains whose last poll is remembered",
              kind::gauge, double(polls.rows)),
          one("tutti_poll_data_forgotten_total",
              "Those that were forgotten because there were too many "
              "(queues.poll_data_max)",
              kind::counter, double(polls.forgotten)),
          one("tutti_definitions_bytes",
              "Memory of all registered definitions, about", kind::gauge,
              double(definitions.bytes()))};
}

template <class Actor>
void exit(const Actor& who) {
  if (who)
    caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
}

} // namespace node_detail

std::optional<failure> node::impl::open() {
  if (auto why = prepare_cluster())
    return why;
  // The last reads on a deciding thread: from here on `readers` does them.
  if (auto why = restore_time())
    return why;
  std::vector<uint64_t> epochs;
  for (uint32_t shard = 0; shard < store->shards(); ++shard) {
    auto epoch = store->acquire(shard, options.owner);
    if (!epoch)
      return epoch.failure();
    epochs.push_back(*epoch);
    auto number = outbox::next_number(*store, shard);
    if (!number)
      return number.failure();
    next_outbox_numbers.push_back(*number);
  }
  std::vector<uint32_t> all(epochs.size());
  std::iota(all.begin(), all.end(), 0);
  rows = std::make_shared<queue_rows>(std::move(all),
                                      options.queues.window_rows_max);
  auto waiting = rows->names(*store);
  if (!waiting)
    return waiting.failure();
  auto definitions = load_definitions(*store);
  if (!definitions)
    return definitions.failure();
  published->publish(std::move(*definitions));
  notifier = std::make_shared<node_detail::failure_notifier>(options.failed);
  polls = std::make_shared<poll_registry>(clock, options.active_worker,
                                          options.poll_data_max);
  if (auto loaded = polls->load(*store); !loaded)
    return loaded.failure();
  if (elsewhere)
    polls->ask_also([of = std::weak_ptr(elsewhere)](const std::string& queue) {
      auto it = of.lock();
      return it && it->wants(queue);
    });
  metrics->add([polls = polls, published = published] {
    return node_detail::name_metrics(polls->count(), *published->current());
  });
  events = std::make_shared<event_queue_registry>(
      options.event_messages_max, options.sinks
                                      ? options.sinks->providers()
                                      : std::set<std::string, std::less<>>());
  if (auto loaded = events->load(*store); !loaded)
    return loaded.failure();
  outputs = std::make_shared<output_cache>(options.outputs);
  if (auto loaded = outputs->load(*store, clock->now_ms()); !loaded)
    return loaded.failure();
  readers = std::make_shared<storage::reader_pool>(store, options.readers);
  metrics->add([of = std::weak_ptr(readers)] {
    auto pool = of.lock();
    return pool ? node_detail::read_metrics(pool->count())
                : std::vector<metric>();
  });
  aside = std::make_shared<work_pool>(options.aside_threads,
                                      options.aside_waiting_max, "aside");
  metrics->add([of = std::weak_ptr(aside)] {
    auto pool = of.lock();
    return pool ? node_detail::aside_metrics(pool->count())
                : std::vector<metric>();
  });
  limits = std::make_shared<task_limits>(
      clock, [published = published] { return published->current(); });
  limits->when_eased(
      [to = directory](limit_eased x) { to->tell(std::move(x)); });
  environment = std::make_shared<node_environment>(options.environment,
                                                   options.variables);
  scripts = std::make_shared<script_pool>(options.scripts);
  scripts->open(system);
  auto dry = options.dry_runs;
  dry.scripts = options.scripts;
  dry_runs = std::make_shared<tutti::dry_run_pool>(
      std::move(dry),
      dry_run_pool_ports{
          [published = published] { return published->current(); }, environment,
          clock, options.bounds,
          [ids = ids] { return ids->random(UINT64_MAX); }});
  retention = std::make_shared<feed_retention>(
      std::weak_ptr<const storage::store>(store), options.feed_lag_max);
  counter = std::make_shared<execution_counter>(store->shards());
  auto marks = load_marks(*store, counter->name());
  if (!marks)
    return marks.failure();
  counter_marks = std::move(*marks);
  metrics->add([counter = counter, retention = retention] {
    return feed_metrics(*counter, *retention);
  });
  metrics->add([figures = sink_figures] { return figures->metrics(); });
  memory = std::make_shared<memory_budget>(options.memory_bytes,
                                           address_space_limit());
  metrics->add([of = memory] { return of->metrics(); });
  memory_account::of_process().set(options.heavy);
  metrics->add([] { return metrics_of(memory_account::of_process()); });
  spawn(std::move(epochs), *std::move(waiting));
  begin_watch();
  return std::nullopt;
}

void node::impl::stop() {
  if (std::exchange(stopped, true))
    return;
  if (health)
    health->close();
  if (watch)
    keep_time();
  watch.reset();
  for (auto& x : workers)
    x->stop();
  if (dry_runs)
    dry_runs->stop();
  leave_cluster();
  using node_detail::exit;
  for (auto& x : gateways)
    exit(x);
  for (auto& x : feed_followers)
    exit(x);
  exit(services.system_tasks);
  exit(services.search);
  exit(metadata);
  exit(services.queues);
  exit(services.waits);
  for (auto& x : shards) {
    exit(x.timer);
    exit(x.outbox_relay);
    exit(x.sink_relay);
    exit(x.slots);
    exit(x.jobs);
    exit(x.schedules);
  }
  exit(services.outputs);
  exit(services.event_janitor);
  exit(services.retention);
  for (auto& x : shards)
    exit(x.scheduler);
  if (scripts)
    scripts->close();
  gateways.clear();
  feed_followers.clear();
  metadata = metadata_actor{};
  requests.reset();
  if (searches)
    searches->close();
  if (keeper)
    keeper->close();
  system.await_all_actors_done();
  // Pending replies and the directory hold handles of actors: none may outlive
  // the actor system.
  readers->close();
  aside->close();
  store->flush();
  directory->clear();
  shards.clear();
  services = {};
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
  return [published = impl_->published](std::string_view name) {
    return published->current()->find_task(name);
  };
}

health_check node::health() const {
  return [of = impl_->health](std::function<void(const health_report&)> done) {
    of->check(std::move(done));
  };
}

std::shared_ptr<counters> node::metrics() const { return impl_->metrics; }

bool node::drain_polls(std::chrono::milliseconds within) {
  auto deadline = std::chrono::steady_clock::now() + within;
  reply_latch all;
  node_detail::drain_one(impl_->services.queues, all);
  node_detail::drain_one(impl_->services.waits, all);
  return all.wait_until(deadline);
}

bool node::drain(std::chrono::milliseconds within) {
  using node_detail::drain_one;
  auto deadline = std::chrono::steady_clock::now() + within;
  impl_->dry_runs->stop();
  reply_latch taken, sent, asleep;
  for (auto& x : impl_->gateways)
    drain_one(x, taken);
  drain_one(impl_->services.queues, taken);
  // Their commands must still be answered.
  for (auto& x : impl_->shards)
    drain_one(x.jobs, taken);
  drain_one(impl_->services.retention, taken);
  drain_one(impl_->services.waits, taken);
  for (auto& x : impl_->shards)
    drain_one(x.schedules, taken);
  if (impl_->keeper)
    drain_one(impl_->services.search, taken);
  bool good = taken.wait_until(deadline);
  // Work that does not end in time is abandoned: its lease ends and it is done
  // again.
  reply_latch worked;
  drain_one(impl_->services.system_tasks, worked);
  worked.wait_until(
      std::min(deadline, node_detail::instant::clock::now() + within / 2));
  // Outbox messages first: their receivers still answer.
  for (auto& x : impl_->shards)
    drain_one(x.outbox_relay, sent);
  good = sent.wait_until(deadline) && good;
  for (auto& x : impl_->shards)
    drain_one(x.scheduler, asleep);
  good = asleep.wait_until(deadline) && good;
  impl_->store->flush();
  return good;
}

} // namespace tutti
