#include "actors/schedules/schedules_actor.hpp"

#include "actors/schedules/schedule_rows.hpp"
#include "actors/support/guarded.hpp"
#include "actors/support/reading.hpp"
#include "actors/support/scatter_gather.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

namespace tutti {

namespace schedules_detail {

constexpr std::chrono::seconds load_pause{1};
/// The wall clock may be set: no wait is longer than this.
constexpr int64_t wait_ms_max = 60'000;
/// Firings of one commit; others wait for the next one.
constexpr size_t batch_max = 200;
constexpr std::chrono::hours prune_pause{1};
/// How often it is asked whether an execution still runs that another one waits
/// for, should its end not have been heard of.
constexpr std::chrono::seconds ask_pause{60};

} // namespace schedules_detail

using namespace schedules_detail;

// Loading

struct schedules_state::loaded {
  std::map<std::string, schedule_def> definitions;
  std::map<std::string, storage::schedule_state> states;
  std::vector<firing> pending;

  static result<loaded> read(const storage::store& from, uint32_t shard);
};

// A row that cannot be read concerns its schedule alone.
result<schedules_state::loaded>
schedules_state::loaded::read(const storage::store& from, uint32_t shard) {
  loaded out;
  auto told = [shard](std::string_view what, const failure& why) {
    spdlog::error("shard {}: {} of a schedule is left alone: {}", shard, what,
                  why.message);
    return true;
  };
  auto definition = [&](std::string_view key, std::string_view record) {
    auto what = storage::read_schedule(record);
    if (!what)
      return told("the definition", what.failure());
    out.definitions.emplace(keys::read_schedule(key).value_or(""),
                            *std::move(what));
    return true;
  };
  auto state = [&](std::string_view key, std::string_view record) {
    auto name = keys::read_schedule(key).value_or("");
    auto what = storage::read_schedule_state(name, record);
    if (!what)
      return told("the state", what.failure());
    out.states.emplace(std::move(name), *std::move(what));
    return true;
  };
  auto pending = [&](std::string_view key, std::string_view record) {
    auto what = storage::read_firing(key, record);
    if (!what)
      return told("a firing", what.failure());
    out.pending.push_back(*std::move(what));
    return true;
  };
  auto scan = [&](const std::string& prefix, const storage::store::row& each) {
    return from.scan(shard, prefix, keys::after(prefix), each);
  };
  auto one = scan(keys::all_schedules(), definition);
  auto two = one ? scan(keys::all_schedule_states(), state) : one;
  auto three = two ? scan(keys::all_pending_firings(), pending) : two;
  if (!three)
    return three.failure();
  return out;
}

void schedules_state::when_loaded(
    std::function<void(const std::optional<failure>&)> then) {
  if (loaded_)
    return then(std::optional<failure>());
  auto work = [number = shard().shard](const storage::store& from) {
    return loaded::read(from, number);
  };
  read_first<loaded>(
      self, *shard().readers, std::move(work),
      [this, then = std::move(then)](result<loaded> rows) mutable {
        if (!rows)
          return then(std::optional(std::move(rows).failure()));
        take_over(*std::move(rows));
        then(std::optional<failure>());
      });
}

void schedules_state::take_over(loaded rows) {
  loaded_ = true;
  for (auto& [name, def] : rows.definitions) {
    auto what = std::make_shared<const schedule_def>(std::move(def));
    auto made = active_schedule::make(what, std::move(rows.states[name]));
    if (!made) {
      spdlog::error("schedule '{}' does not fire: {}", name,
                    made.failure().message);
      continue;
    }
    insert(*std::move(made));
  }
  context->figures->restore(schedules_.size());
  // What was under way is done again.
  std::vector<firing> starts;
  for (auto& x : rows.pending)
    if (x.outcome == firing_outcome::waiting)
      starts.push_back(std::move(x));
  start({std::move(starts)});
  for (auto& [name, x] : schedules_)
    if (!x.schedule.state().running.empty())
      ask_about_running(x);
  prune_at_ = self->clock().now() + prune_pause;
}

schedules_state::~schedules_state() {
  if (!context)
    return;
  context->figures->in_flight(-int64_t(starts_.size()));
  context->figures->remove(schedules_.size());
}

// Which are due

schedules_state::entry& schedules_state::insert(active_schedule what) {
  auto name = what.what().name;
  auto it = schedules_.find(name);
  if (it != schedules_.end()) {
    displace(name, it->second);
    it->second.schedule = std::move(what);
  } else {
    it = schedules_.emplace(name, entry{std::move(what)}).first;
  }
  place(name, it->second);
  return it->second;
}

void schedules_state::place(const std::string& name, entry& x) {
  auto due = x.schedule.due();
  if (due == x.due)
    return;
  displace(name, x);
  x.due = due;
  if (due != active_schedule::never)
    order_.emplace(due, name);
}

void schedules_state::displace(const std::string& name, entry& x) {
  if (x.due != active_schedule::never)
    order_.erase({x.due, name});
  x.due = active_schedule::never;
}

std::optional<failure> schedules_state::refusal() const {
  if (!shard().failed)
    return std::nullopt;
  return failure{errc::unavailable,
                 shard().why_failed() + ". The shard waits for a restart"};
}

void schedules_state::look() {
  timer_.looked(self);
  when_loaded([this](const std::optional<failure>& no) {
    if (no) {
      spdlog::warn("shard {}: schedules cannot be read now: {}", shard().shard,
                   no->message);
      return timer_.set(self, load_pause);
    }
    if (shard().failed || draining_)
      return;
    retry_due();
    auto time = now();
    storage::batch rows;
    std::vector<firing> starts;
    std::vector<std::string> asking, replacing;
    while (!held_ && !order_.empty() && order_.begin()->first <= time
           && starts.size() < batch_max
           && starts_.size() + starts.size()
                  < context->settings.starts_in_flight_max) {
      auto name = order_.begin()->second;
      auto& x = schedules_.at(name);
      if (x.schedule.must_ask() && !x.asked) {
        displace(name, x);
        asking.push_back(std::move(name));
        continue;
      }
      x.asked = false;
      schedule_step step;
      x.schedule.fire_due(time, context->settings.catchup,
                          batch_max - starts.size(), step);
      add_rows(rows, x.schedule, step);
      for (auto& one : step.begun) {
        if (one.cause == firing_cause::time)
          context->figures->late(time - one.scheduled_time);
        if (one.outcome == firing_outcome::waiting)
          starts.push_back(std::move(one));
      }
      if (!x.schedule.to_be_stopped().empty())
        replacing.push_back(name);
      place(name, x);
      prune_count(name, x);
    }
    if (!rows.empty())
      submit(std::move(rows), std::move(starts), stop_later(replacing));
    for (auto& name : asking)
      ask_about_running(schedules_.at(name));
    ask_for_buffered();
    prune();
    arm();
  });
}

void schedules_state::arm() {
  if (draining_)
    return;
  auto clock = self->clock().now();
  auto wait = wait_ms_max;
  bool full = starts_.size() >= context->settings.starts_in_flight_max;
  if (!held_ && !full && !order_.empty())
    wait = std::clamp<int64_t>(order_.begin()->first - now(), 0, wait_ms_max);
  auto at = clock + std::chrono::milliseconds(wait);
  if (!retries_.empty())
    at = std::min(at, std::max(clock, retries_.begin()->first));
  timer_.set(self, at);
}

// Executions of earlier instants

void schedules_state::ask_about_running(entry& x) {
  auto& name = x.schedule.what().name;
  auto ids = x.schedule.settled();
  auto me = caf::actor_cast<schedules_actor>(self);
  x.asking = true;
  if (ids.empty())
    return caf::anon_send(me, schedule_asked{name, {}});
  auto all = scatter_gather<execution_head>::create(
      ids.size(),
      [me, name, ids](const std::vector<result<execution_head>>& heads) {
        schedule_asked out{name, {}};
        for (size_t i = 0; i < ids.size(); ++i)
          if (heads[i] ? is_terminal(heads[i]->status)
                       : heads[i].failure().code == errc::not_found)
            out.ended.push_back(ids[i]);
        caf::anon_send(me, std::move(out));
      });
  for (size_t i = 0; i < ids.size(); ++i) {
    envelope<read_execution_head> ask;
    ask.request.workflow_id = ids[i];
    ask.done = scatter_gather<execution_head>::slot(all, i);
    shard().directory->tell(ids[i], std::move(ask));
  }
}

// The end that one waits for was not heard of: a message is only a hint.
void schedules_state::ask_for_buffered() {
  if (self->clock().now() < ask_again_)
    return;
  ask_again_ = self->clock().now() + ask_pause;
  for (auto& [name, x] : schedules_)
    if (x.schedule.state().buffered != 0 && !x.asking)
      ask_about_running(x);
}

/// Ends what is in the way of these schedules, once it is durable that they
/// want it.
std::function<void(const failure*)>
schedules_state::stop_later(std::vector<std::string> names) {
  for (auto& name : names)
    schedules_.at(name).stopping = true;
  auto me = caf::actor_cast<schedules_actor>(self);
  return [me, names = std::move(names)](const failure* why) {
    if (!why)
      for (auto& name : names)
        caf::anon_send(me, schedule_asked{name, {}});
  };
}

void schedules_state::on_asked(const schedule_asked& x) {
  auto it = schedules_.find(x.schedule);
  if (it == schedules_.end() || shard().failed)
    return;
  auto& entry = it->second;
  // From `stop_later`, or an answer.
  bool stops = x.ended.empty() && std::exchange(entry.stopping, false);
  bool knows = !stops && std::exchange(entry.asking, false);
  for (auto& id : x.ended)
    on_ended({x.schedule, id});
  if (stops || knows)
    stop_executions(entry.schedule, entry.schedule.to_be_stopped());
  if (!knows)
    return;
  entry.asked = entry.schedule.due() <= now();
  place(x.schedule, entry);
  look();
}

void schedules_state::on_ended(const scheduled_execution_ended& x) {
  auto it = schedules_.find(x.schedule);
  if (it == schedules_.end() || shard().failed)
    return;
  schedule_step step;
  it->second.schedule.execution_ended(x.workflow_id, now(), step);
  commit(it->second, step);
}

void schedules_state::stop_executions(const active_schedule& of,
                                      const std::vector<std::string>& ids) {
  auto me = caf::actor_cast<schedules_actor>(self);
  auto& name = of.what().name;
  for (auto& id : ids) {
    command::terminate what;
    what.reason = "schedule '" + name + "': a later instant replaces it";
    what.failure_workflow = of.what().overlap == overlap_policy::cancel_other;
    envelope<call_workflow> call;
    call.request.workflow_id = id;
    call.request.what = std::move(what);
    // Ended now, or before. A transient failure: it is asked again later.
    call.done = reply<answer>([me, name, id](const result<answer>& how) {
      if (how || how.failure().code == errc::conflict
          || how.failure().code == errc::not_found)
        caf::anon_send(me,
                       envelope<scheduled_execution_ended>{{name, id}, {}, {}});
    });
    shard().directory->tell(id, std::move(call));
  }
}

// Rows

void schedules_state::add_rows(storage::batch& to, const active_schedule& of,
                               const schedule_step& what) const {
  auto& name = of.what().name;
  for (auto& x : what.begun)
    to.push_back(
        put(keys::pending_firing(name, x.scheduled_time, uint8_t(x.cause)),
            storage::write(x)));
  for (auto& x : what.ended) {
    auto cause = uint8_t(x.cause);
    to.push_back(erase(keys::pending_firing(name, x.scheduled_time, cause)));
    to.push_back(
        put(keys::firing(name, x.scheduled_time, cause), storage::write(x)));
    context->figures->ended(x);
  }
  to.push_back(put(keys::schedule_state(name), storage::write(of.state())));
}

void schedules_state::submit(storage::batch rows, std::vector<firing> starts,
                             std::function<void(const failure* why)> told) {
  auto me = caf::actor_cast<schedules_actor>(self);
  storage::commit what{shard().shard, shard().epoch, std::move(rows)};
  shard().store->submit(
      std::move(what), [me, in = context->shard, starts = std::move(starts),
                        told = std::move(told)](const storage::outcome& how) {
        if (how == storage::outcome::ok) {
          if (!starts.empty())
            caf::anon_send(me, start_firings{starts});
          return told(nullptr);
        }
        in->fail(how);
        failure why{errc::unavailable,
                    "the schedule was not written: " + how.why()};
        told(&why);
      });
}

void schedules_state::commit(const entry& of, const schedule_step& what) {
  if (!what.changed)
    return;
  storage::batch rows;
  add_rows(rows, of.schedule, what);
  std::vector<firing> starts;
  for (auto& x : what.begun)
    if (x.outcome == firing_outcome::waiting)
      starts.push_back(x);
  std::vector<std::string> replacing;
  if (!of.schedule.to_be_stopped().empty())
    replacing.push_back(of.schedule.what().name);
  submit(std::move(rows), std::move(starts), stop_later(std::move(replacing)));
}

// Old firings. Rows of one schedule are in the order of their times.

void schedules_state::prune_count(const std::string& name, entry& x) {
  auto most = context->settings.firings_max;
  if (size_t(x.schedule.state().rows) <= most + most / 10)
    return;
  x.schedule.rows_erased(0);
  auto work = [number = shard().shard, name, most](const storage::store& from)
      -> result<std::pair<std::string, int64_t>> {
    size_t count = 0;
    std::string cut;
    auto prefix = keys::firings_of(name);
    auto visit = [&](std::string_view key, std::string_view) {
      if (++count == most + 1)
        cut = key;
      return !(count > most);
    };
    auto all = from.scan_backwards(number, prefix, keys::after(prefix), visit);
    if (!all)
      return all.failure();
    return std::pair(cut, int64_t(std::min(count, most)));
  };
  auto then = [this, name](result<std::pair<std::string, int64_t>> found) {
    auto it = schedules_.find(name);
    if (!found || it == schedules_.end() || shard().failed)
      return;
    it->second.schedule.rows_erased(found->second);
    storage::batch rows;
    if (!found->first.empty())
      rows.push_back({operation::kind::erase_range, keys::firings_of(name),
                      found->first + '\0'});
    schedule_step only_the_state;
    add_rows(rows, it->second.schedule, only_the_state);
    commit(std::move(rows), {}, reply<done>(), done{});
  };
  read_then<std::pair<std::string, int64_t>>(self, *shard().readers,
                                             std::move(work), std::move(then));
}

void schedules_state::prune() {
  if (self->clock().now() < prune_at_)
    return;
  prune_at_ = self->clock().now() + prune_pause;
  std::vector<std::string> names;
  for (auto& [name, x] : schedules_)
    if (x.schedule.state().rows > 0)
      names.push_back(name);
  auto oldest = now() - context->settings.firing_age_max.count();
  auto work
      = [number = shard().shard, names = std::move(names), oldest](
            const storage::store& from) -> result<std::vector<std::string>> {
    std::vector<std::string> old;
    for (auto& name : names) {
      bool any = false;
      auto some = from.scan(number, keys::firings_of(name),
                            keys::firing(name, oldest, 0),
                            [&](std::string_view, std::string_view) {
                              any = true;
                              return false;
                            },
                            {.rows = 1});
      if (!some)
        return some.failure();
      if (any)
        old.push_back(name);
    }
    return old;
  };
  auto then = [this, oldest](const result<std::vector<std::string>>& old) {
    if (!old || shard().failed)
      return;
    storage::batch rows;
    for (auto& name : *old)
      rows.push_back({operation::kind::erase_range, keys::firings_of(name),
                      keys::firing(name, oldest, 0)});
    if (!rows.empty())
      commit(std::move(rows), {}, reply<done>(), done{});
  };
  read_then<std::vector<std::string>>(self, *shard().readers, std::move(work),
                                      std::move(then));
}

void schedules_state::stop(const drain& x) {
  draining_ = true;
  x.finished(done{});
}

schedules_actor::behavior_type
schedules(schedules_actor::stateful_pointer<schedules_state> self,
          schedules_context_pointer context) {
  self->state.context = std::move(context);
  return guarded<schedules_actor::behavior_type>(
      self, "schedules",
      [self](envelope<save_schedule>& x) { self->state.save(x); },
      [self](envelope<remove_schedule>& x) { self->state.remove(x); },
      [self](envelope<control_schedule>& x) { self->state.control(x); },
      [self](envelope<tag_schedule>& x) { self->state.set_tags(x); },
      [self](envelope<read_schedule>& x) { self->state.read(x); },
      [self](envelope<list_schedules>& x) { self->state.list(x); },
      [self](envelope<search_firings>& x) { self->state.search(x); },
      [self](envelope<backfill_schedule>& x) { self->state.backfill(x); },
      [self](envelope<trigger_schedule>& x) { self->state.trigger(x); },
      [self](const envelope<hold_schedules>& x) { self->state.hold(x); },
      [self](const start_firings& x) { self->state.start(x); },
      [self](const firing_answered& x) { self->state.on_answered(x); },
      [self](const envelope<scheduled_execution_ended>& x) {
        self->state.on_ended(x.request);
        x.done(done{});
      },
      [self](const schedule_asked& x) { self->state.on_asked(x); },
      [self](const tick&) { self->state.look(); },
      [self](const clock_moved&) { self->state.look(); },
      [self](const drain& x) { self->state.stop(x); });
}

} // namespace tutti
