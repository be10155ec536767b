#include "tests/support/actor_world.hpp"

#include "actors/concurrency/concurrency_limiter_actor.hpp"
#include "actors/engine/definition/pin_definitions.hpp"
#include "actors/feed/follower_actor.hpp"
#include "actors/gateway/operators.hpp"
#include "actors/jobs/jobs_actor.hpp"
#include "actors/outbox/outbox_relay_actor.hpp"
#include "actors/output_cache/output_cache_actor.hpp"
#include "actors/scheduler/listing.hpp"
#include "actors/scheduler/scheduler_actor.hpp"
#include "actors/schedules/schedules_actor.hpp"
#include "actors/timer/timer_actor.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/deciding_thread.hpp"
#include "messages/register.hpp"
#include "storage/keys.hpp"
#include "storage/read_or_throw.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <stdexcept>

namespace tutti::test {

namespace actor_world_detail {

template <class T>
T must(result<T> x) {
  if (!x)
    throw std::runtime_error(x.failure().message);
  return std::move(*x);
}

struct nobody_polls final : engine::domain_activity {
  bool active(std::string_view, std::string_view) const override {
    return false;
  }
};

struct no_environment final : engine::environment {
  std::optional<std::string> system_name(std::string_view) const override {
    return {};
  }
  std::optional<std::string> variable(std::string_view name) const override {
    if (name == "REGION")
      return "north";
    return {};
  }
};

struct fake_queues_state {
  static constexpr const char* name = "fake_queues";
};

queue_manager_actor::behavior_type
fake_queues(queue_manager_actor::stateful_pointer<fake_queues_state>,
            std::shared_ptr<offered_tasks> seen) {
  return {
      [seen](offer_tasks& x) {
        for (auto& row : x.tasks) {
          ++seen->offers;
          auto id = row.task_id;
          seen->rows[id] = std::move(row);
        }
      },
      [seen](withdraw_tasks& x) {
        for (auto& row : x.tasks) {
          ++seen->withdrawals;
          auto it = seen->rows.find(row.task_id);
          if (it != seen->rows.end() && it->second.visible_at == row.visible_at)
            seen->rows.erase(it);
        }
      },
      [](envelope<poll_tasks>&) {},
      [](envelope<cancel_poll>&) {},
      [](const limit_eased&) {},
      [](const offer_elsewhere&) {},
      [](const lend_polls& x) { x.taken({}); },
      [](const envelope<locate_in_queue>&) {},
      [](const envelope<read_queue_sizes>&) {},
      [](const envelope<read_queue_size>&) {},
      [](const envelope<list_queues>&) {},
      [](const envelope<describe_queues>&) {},
      [](const envelope<requeue_tasks>&) {},
      [](const envelope<read_poll_data>&) {},
      [](const clock_moved&) {},
      [](const tick&) {},
      [](drain&) {},
  };
}

constexpr int64_t first_moment = 1'700'000'000'000;

} // namespace actor_world_detail

using actor_world_detail::must;

// Definitions

void definition_table::define(std::string_view text) {
  auto def = must(read_workflow_def(text));
  auto name = def.name;
  auto version = def.version;
  workflows_[name][version]
      = std::make_shared<const workflow_def>(std::move(def));
}

void definition_table::define_task(const std::string& name,
                                   std::string_view changes) {
  nlohmann::json def = {{"name", name},
                        {"retryCount", 0},
                        {"retryDelaySeconds", 0},
                        {"timeoutSeconds", 0},
                        {"responseTimeoutSeconds", 0},
                        {"timeoutPolicy", "TIME_OUT_WF"}};
  def.update(must(parse_json(changes)));
  tasks_[name] = std::make_shared<const task_def>(must(to_task_def(def)));
}

workflow_def_pointer
definition_table::find_workflow(std::string_view name,
                                std::optional<int32_t> version) const {
  auto it = workflows_.find(name);
  if (it == workflows_.end())
    return nullptr;
  if (version.value_or(0) == 0)
    return it->second.rbegin()->second;
  auto found = it->second.find(*version);
  return found == it->second.end() ? nullptr : found->second;
}

task_def_pointer definition_table::find_task(std::string_view name) const {
  auto it = tasks_.find(name);
  return it == tasks_.end() ? nullptr : it->second;
}

// The world

actor_world::config::config() {
  register_messages(*this);
  set("scheduler.policy", caf::atom_from_string("testing"));
}

actor_world::actor_world(options how)
    : store(std::make_shared<storage::memory_store>(how.shards, how.writes,
                                                    how.commit_bytes_max)),
      readers(std::make_shared<readers_by_hand>(store)),
      offered(std::make_shared<offered_tasks>()), options_(how),
      reads_random_(how.seed), ids_(std::make_shared<seeded_ids>(how.seed)),
      system(config_),
      scheduler_(
          dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())) {
  clock = std::make_shared<tutti::clock>([this] {
    auto since = scheduler_.clock().now().time_since_epoch();
    return actor_world_detail::first_moment
           + std::chrono::duration_cast<std::chrono::milliseconds>(since)
                 .count();
  });
  spawn();
}

actor_world::~actor_world() {
  options_.reads = options::reading::when_idle;
  stop();
  run();
}

void actor_world::spawn() {
  directory = std::make_shared<actor_directory>();
  contexts.clear();
  shards.clear();
  auto outputs = std::make_shared<output_cache>();
  must(outputs->load(*store, clock->now_ms()));
  auto kept = std::make_shared<outputs_context>();
  kept->cache = outputs;
  kept->store = store;
  kept->clock = clock;
  auto events = std::make_shared<event_queue_registry>(
      1'000, options_.sinks ? options_.sinks->providers()
                            : std::set<std::string, std::less<>>());
  must(events->load(*store));
  for (uint32_t shard = 0; shard < options_.shards; ++shard) {
    auto context = std::make_shared<shard_context>();
    context->store = store;
    context->readers = readers;
    context->next_outbox_number = must(outbox::next_number(*store, shard));
    context->shard = shard;
    context->epoch = must(store->acquire(shard, "test"));
    context->settings = options_.settings;
    context->bounds = options_.bounds;
    context->clock = clock;
    context->directory = directory;
    context->ids = ids_;
    context->definitions = [this] {
      return std::shared_ptr<const definition_source>(std::shared_ptr<void>(),
                                                      &definitions);
    };
    context->domains = std::make_shared<actor_world_detail::nobody_polls>();
    context->env = std::make_shared<actor_world_detail::no_environment>();
    context->secret = [](std::string_view name) -> std::optional<std::string> {
      if (name == "PASSWORD")
        return "swordfish";
      return {};
    };
    context->before_decision = [this](std::string_view id) {
      if (before_decision)
        before_decision(id);
    };
    context->outputs = outputs;
    context->sinks = options_.sinks;
    context->sink_figures = sink_figures;
    if (options_.sinks)
      context->events = events;
    contexts.push_back(context);
    shards.push_back(
        {system.spawn(scheduler, context), system.spawn(timer, context),
         system.spawn(outbox_relay, context, outbox_addressee::executions),
         system.spawn(outbox_relay, context, outbox_addressee::systems),
         system.spawn(concurrency_limiter, context), spawn_schedules(context)});
    kept->epochs.push_back(context->epoch);
  }
  auto of_jobs = make_jobs_context();
  for (uint32_t shard = 0; shard < options_.shards; ++shard)
    shards[shard].jobs
        = system.spawn(jobs, jobs_context_pointer(of_jobs), shard);
  services = {};
  services.queues = system.spawn(actor_world_detail::fake_queues, offered);
  services.outputs = system.spawn(outputs_janitor,
                                  std::shared_ptr<const outputs_context>(kept));
  directory->fill(shards, services);
  spawn_follower();
  for (auto& x : shards) {
    caf::anon_send(x.slots, tick{});
    caf::anon_send(x.jobs, tick{});
  }
  for (auto& x : shards)
    caf::anon_send(x.schedules, tick{});
  caf::anon_send(services.outputs, tick{});
  for (auto& x : shards) {
    caf::anon_send(x.timer, tick{});
    caf::anon_send(x.outbox_relay, tick{});
    caf::anon_send(x.sink_relay, tick{});
  }
}

// The search of the test: by id, so that a cursor is the last one.
find_executions actor_world::search_of_jobs() {
  return [this](const execution_question& what, reply<found_executions> done) {
    auto work = [filter = job_filter,
                 what](const storage::store& from) -> result<found_executions> {
      std::map<std::string, workflow_status> all;
      list_executions ask;
      ask.running_only = false;
      ask.summaries = true;
      ask.count_max = 1'000'000;
      for (uint32_t shard = 0; shard < from.shards(); ++shard) {
        auto part = list_part(from, shard, ask);
        if (!part)
          return std::move(part).failure();
        for (auto& x : part->items)
          if (!filter || filter(x))
            all.emplace(x.workflow_id, x.status);
      }
      found_executions out;
      out.total = all.size();
      for (auto& [id, status] : all)
        ++out.statuses[status];
      auto first
          = what.cursor.empty() ? all.begin() : all.upper_bound(what.cursor);
      for (auto it = first; it != all.end(); ++it) {
        if (out.ids.size() == what.count) {
          out.cursor = out.ids.back();
          break;
        }
        out.ids.push_back(it->first);
      }
      return out;
    };
    storage::read<found_executions>(*readers, std::move(work), std::move(done));
  };
}

std::shared_ptr<jobs_context> actor_world::make_jobs_context() {
  auto gateway = std::make_shared<gateway_context>();
  gateway->readers = readers;
  gateway->clock = clock;
  gateway->directory = directory;
  gateway->ids = ids_;
  auto out = std::make_shared<jobs_context>();
  out->settings = options_.jobs;
  out->store = store;
  out->readers = readers;
  for (auto& x : contexts)
    out->epochs.push_back(x->epoch);
  out->clock = clock;
  out->find = search_of_jobs();
  out->operators = make_operators(gateway);
  out->failed = [](uint32_t, const storage::outcome&) {};
  jobs_figures = out->figures;
  return out;
}

schedules_actor actor_world::spawn_schedules(const shard_context_pointer& of) {
  auto context = std::make_shared<schedules_context>();
  context->shard = of;
  context->settings = options_.schedules;
  context->figures = schedule_figures;
  return system.spawn(schedules, schedules_context_pointer(context));
}

void actor_world::spawn_follower() {
  if (!options_.follows_feed)
    return;
  feed_counter = std::make_shared<execution_counter>(options_.shards);
  feed_retained = std::make_shared<feed_retention>(store, 1'000'000);
  auto context = std::make_shared<follower_context>();
  context->settings.erase_entries_min = 20;
  context->consumer = feed_counter;
  context->store = store;
  context->retention = feed_retained;
  for (auto& x : contexts)
    context->epochs.push_back(x->epoch);
  context->read = [by = readers](uint32_t shard, uint64_t after, size_t limit,
                                 reply<storage::feed_page> done) {
    auto work = [=](const storage::store& from) {
      return storage::read_feed(from, shard, after, limit);
    };
    storage::read<storage::feed_page>(*by, std::move(work), std::move(done));
  };
  auto marks = must(load_marks(*store, feed_counter->name()));
  feed_retained->add(feed_counter->name(), marks);
  follower_ = system.spawn(
      feed_follower, std::shared_ptr<const follower_context>(context), marks);
}

void actor_world::stop() {
  auto end = caf::exit_reason::user_shutdown;
  if (follower_)
    caf::anon_send_exit(std::exchange(follower_, {}), end);
  for (auto& x : shards) {
    caf::anon_send_exit(x.scheduler, end);
    caf::anon_send_exit(x.timer, end);
    caf::anon_send_exit(x.outbox_relay, end);
    caf::anon_send_exit(x.sink_relay, end);
    caf::anon_send_exit(x.slots, end);
    caf::anon_send_exit(x.jobs, end);
    caf::anon_send_exit(x.schedules, end);
  }
  caf::anon_send_exit(services.outputs, end);
  caf::anon_send_exit(services.queues, end);
}

void actor_world::run() {
  while (step())
    ;
}

bool actor_world::step() {
  bool shuffled = options_.reads == options::reading::shuffled;
  if (shuffled && readers->waiting() > 0 && reads_random_() % 2)
    return read_one();
  if (scheduler_.has_job()) {
    deciding_thread decides;
    scheduler_.run_once();
    return true;
  }
  if (readers->waiting() == 0 || options_.reads == options::reading::by_hand)
    return false;
  return read_one();
}

bool actor_world::read_one() {
  bool shuffled = options_.reads == options::reading::shuffled;
  auto which = shuffled ? reads_random_() % readers->waiting() : 0;
  if (shuffled && reads_random_() % 1'000 < uint64_t(refused_reads))
    readers->refuse_one(which);
  else
    readers->run_one(which);
  return true;
}

void actor_world::run_some(size_t n) {
  while (n-- > 0 && step())
    ;
}

// In steps, so that what is sent to the future from the future is on time.
void actor_world::advance(std::chrono::milliseconds by) {
  run();
  auto step = std::clamp(by / 64, std::chrono::milliseconds{10},
                         std::chrono::milliseconds{60'000});
  while (by.count() > 0) {
    auto now = std::min(step, by);
    scheduler_.advance_time(now);
    run();
    by -= now;
  }
}

void actor_world::restart() {
  stop();
  run();
  store->flush();
  run();
  offered = std::make_shared<offered_tasks>();
  spawn();
  run();
}

void actor_world::crash(size_t written) {
  store->crash(written);
  offered = std::make_shared<offered_tasks>();
  // Those who wait for a read must hear of it to end.
  while (readers->waiting() > 0)
    readers->refuse_one();
  stop();
  // The old ones are refused by their epoch, whatever they still do.
  spawn();
}

const scheduler_actor& actor_world::scheduler_of(const std::string& id) const {
  return shards[shard_of(id, options_.shards)].scheduler;
}

shard_context& actor_world::context_of(const std::string& id) {
  return *contexts[shard_of(id, options_.shards)];
}

asked actor_world::call(const std::string& id, workflow_command what) {
  asked out;
  caf::anon_send(scheduler_of(id), out.of(call_workflow{id, std::move(what)}));
  return out;
}

asked actor_world::call_answering_execution(const std::string& id,
                                            workflow_command what) {
  asked out;
  caf::anon_send(scheduler_of(id),
                 out.of(call_workflow{id, std::move(what), true}));
  return out;
}

asked actor_world::read(const std::string& id, read_execution what) {
  asked out;
  what.workflow_id = id;
  caf::anon_send(scheduler_of(id), out.of(std::move(what)));
  return out;
}

asked actor_world::remove(const std::string& id, bool archive) {
  asked out;
  caf::anon_send(scheduler_of(id), out.of(remove_workflow{id, archive}));
  return out;
}

execution_list actor_world::list(list_executions what) {
  execution_list out;
  for (auto& shard : shards) {
    auto add = [&](result<execution_list> x) {
      auto part = must(std::move(x));
      out.total += part.total;
      for (auto& one : part.items)
        out.items.push_back(std::move(one));
    };
    caf::anon_send(shard.scheduler,
                   envelope<list_executions>{
                       what, {}, reply<execution_list>(std::move(add))});
    run();
  }
  return out;
}

asked actor_world::log(const std::string& task_id, std::string line) {
  asked out;
  caf::anon_send(scheduler_of(task_id),
                 out.of(append_task_log{task_id, std::move(line)}));
  return out;
}

asked actor_world::deliver(outbox_message what) {
  asked out;
  auto to = scheduler_of(what.to);
  caf::anon_send(to,
                 out.of(accept_outbox_message{
                     std::make_shared<const outbox_message>(std::move(what))}));
  return out;
}

std::pair<std::string, asked> actor_world::create_job(job_order what) {
  asked out;
  auto id = ids_->workflow_id();
  directory->tell(id, out.of(tutti::create_job{id, std::move(what)}));
  return {id, out};
}

asked actor_world::control(const std::string& job, control_job::verb what) {
  asked out;
  directory->tell(job, out.of(control_job{job, what}));
  return out;
}

nlohmann::json actor_world::job(const std::string& id) {
  asked out;
  directory->tell(id, out.of(read_job{id}));
  run();
  return must(parse_json(out.value().text));
}

nlohmann::json actor_world::job_errors(const std::string& id) {
  asked out;
  directory->tell(id, out.of(read_job_errors{id}));
  run();
  return must(parse_json(out.value().text));
}

std::pair<std::string, asked> actor_world::try_start(std::string_view name,
                                                     std::string_view input) {
  start_workflow_request request;
  request.name = name;
  request.input = must(payload::parse(input));
  auto registered = definitions.find_workflow(name, {});
  if (!registered)
    throw std::runtime_error("no such workflow: " + request.name);
  auto id = ids_->workflow_id();
  command::start start;
  start.head = must(engine::make_head(
      request, must(engine::pin_definitions(*registered, definitions)), id,
      now_ms()));
  auto answer = call(id, std::move(start));
  return {id, answer};
}

std::string actor_world::start(std::string_view name, std::string_view input) {
  auto [id, answer] = try_start(name, input);
  run();
  if (!answer.good())
    throw std::runtime_error("the start was not acknowledged");
  return id;
}

nlohmann::json actor_world::execution(const std::string& id) {
  auto answer = read(id);
  run();
  if (answer.answered() && !answer.good()
      && answer.why().code != errc::not_found)
    throw std::runtime_error(answer.why().message);
  if (!answer.good())
    return nullptr;
  return must(parse_json(answer.value().text));
}

nlohmann::json actor_world::explain(const std::string& id) {
  asked out;
  caf::anon_send(scheduler_of(id), out.of(explain_workflow{id, 100}));
  run();
  return must(parse_json(out.value().text));
}

std::string actor_world::status(const std::string& id) {
  auto x = execution(id);
  return x.is_null() ? "" : x["status"].get<std::string>();
}

std::string actor_world::status(const std::string& id,
                                std::string_view reference) {
  std::string out;
  auto x = execution(id);
  for (auto& row : x["tasks"])
    if (row["referenceTaskName"].get<std::string>() == reference)
      out = row["status"].get<std::string>();
  return out;
}

nlohmann::json actor_world::poll(const std::string& queue) {
  run();
  const waiting_task* first = nullptr;
  for (auto& [id, row] : offered->rows)
    if (row.queue == queue && row.visible_at <= now_ms()
        && (!first
            || std::pair(row.visible_at, row.seq)
                   < std::pair(first->visible_at, first->seq)))
      first = &row;
  if (!first)
    return nullptr;
  auto row = *first;
  auto answer = call(row.workflow_id, command::hand_out{row.task_id, "worker"});
  run();
  if (!answer.good() || !answer.value().effective)
    return nullptr;
  return must(parse_json(answer.value().text));
}

asked actor_world::update(const nlohmann::json& task, task_status status,
                          std::string_view output) {
  task_result result;
  result.workflow_id = task["workflowInstanceId"].get<std::string>();
  result.task_id = task["taskId"].get<std::string>();
  result.status = status;
  result.worker_id = "worker";
  result.output = must(payload::parse(output));
  auto id = result.workflow_id;
  return call(id, command::update_task{std::move(result)});
}

void actor_world::complete(const std::string& queue, std::string_view output) {
  auto task = poll(queue);
  if (task.is_null())
    throw std::runtime_error("nothing waits in " + queue);
  auto answer = update(task, task_status::completed, output);
  run();
  if (!answer.good())
    throw std::runtime_error("the update was not acknowledged");
}

size_t actor_world::count_rows(std::string_view prefix) const {
  size_t out = 0;
  for (uint32_t shard = 0; shard < options_.shards; ++shard)
    storage::read_or_throw(store->scan(shard, prefix,
                                       storage::keys::after(prefix),
                                       [&](std::string_view, std::string_view) {
                                         ++out;
                                         return true;
                                       }));
  return out;
}

} // namespace tutti::test
