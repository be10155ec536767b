#include "actors/queue/queue_manager_actor.hpp"

#include "actors/event/event_queue_rows.hpp"
#include "actors/queue/queue_actor.hpp"
#include "actors/support/guarded.hpp"
#include "actors/support/reading.hpp"
#include "actors/support/scatter_gather.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/json_writer.hpp"
#include "storage/keys.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <unordered_map>

namespace tutti {

namespace queue_manager_detail {

std::string name_of(const std::string& domain, const std::string& task_type) {
  return domain.empty() ? task_type : domain + ':' + task_type;
}

/// reference:workers#queues
std::string name_of(const read_queue_size& x) {
  auto out = name_of(x.domain, x.task_type);
  if (!x.execution_namespace.empty())
    out += '@' + x.execution_namespace;
  if (!x.isolation_group.empty())
    out += '-' + x.isolation_group;
  return out;
}

bool serves(std::string_view queue, std::string_view task_type) {
  if (queue == task_type)
    return true;
  return queue.size() > task_type.size() && queue.ends_with(task_type)
         && queue[queue.size() - task_type.size() - 1] == ':';
}

void write_rows(std::string& out, const std::vector<poll_data>& rows) {
  out += '[';
  for (auto& x : rows) {
    if (out.back() != '[')
      out += ',';
    write(out, x);
  }
  out += ']';
}

/// Counts one queue. For an event queue: its messages, 0 if it does not exist.
void ask(queue_manager_actor::pointer self, storage::readers& by,
         const asked_queue& x, reply<queue_figures> done) {
  if (x.queue)
    return self->send(x.queue, count_queue{std::move(done)});
  auto work
      = [name = x.name](const storage::store& from) -> result<queue_figures> {
    auto messages = event_queue_rows(from).count(name);
    if (!messages)
      return std::move(messages).failure();
    return queue_figures{int64_t(*messages), 0};
  };
  storage::read<queue_figures>(by, std::move(work), std::move(done));
}

/// {key: figure of the queue}, the last step of a reply.
result<document> figure_list(const std::vector<std::string>& keys,
                             const std::vector<result<queue_figures>>& figures,
                             bool verbose) {
  document out{"{"};
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!figures[i])
      return figures[i].failure();
    auto& figure = *figures[i];
    if (out.text.size() > 1)
      out.text += ',';
    write_string(out.text, keys[i]);
    auto size = std::to_string(figure.size);
    out.text += ':';
    out.text += verbose ? "{\"a\":{\"size\":" + size + ",\"uacked\":"
                              + std::to_string(figure.handed_out) + "}}"
                        : size;
  }
  out.text += '}';
  return out;
}

void ask_all(queue_manager_actor::pointer self, storage::readers& by,
             const std::vector<asked_queue>& asked, bool verbose,
             const reply<document>& done) {
  std::vector<std::string> keys;
  for (auto& one : asked)
    keys.push_back(one.key);
  auto finish
      = [done, verbose, keys](const std::vector<result<queue_figures>>& got) {
          done(figure_list(keys, got, verbose));
        };
  auto all
      = scatter_gather<queue_figures>::create(asked.size(), std::move(finish));
  for (size_t i = 0; i < asked.size(); ++i)
    ask(self, by, asked[i], scatter_gather<queue_figures>::slot(all, i));
}

} // namespace queue_manager_detail

const queue_actor&
queue_manager_state::queue(const std::string& name, bool is_new,
                           std::chrono::milliseconds used_for) {
  auto& used_until = last_used[name];
  used_until = std::max(used_until, self->clock().now() + used_for);
  auto& out = queues[name];
  if (!out) {
    out = self->spawn(task_queue, name, context, is_new);
    if (context->figures)
      ++context->figures->queues;
  }
  return out;
}

// One decision may offer tasks of thousands of queues. Each that is started
// takes a turn of a thread, which others wait for: if there are many, they are
// left in the store, where the first poll of each finds its rows.
void queue_manager_state::offer(offer_tasks& x) {
  std::unordered_map<std::string, size_t> part_of;
  std::vector<std::vector<waiting_task>> parts;
  for (auto& task : x.tasks) {
    auto [i, is_first] = part_of.try_emplace(task.queue, parts.size());
    if (is_first)
      parts.emplace_back();
    parts[i->second].push_back(std::move(task));
  }
  auto not_started = size_t(std::ranges::count_if(parts, [this](auto& tasks) {
    return !queues.contains(tasks.front().queue);
  }));
  bool start = not_started <= context->settings.started_by_offer_max;
  for (auto& tasks : parts) {
    auto name = tasks.front().queue;
    bool is_new = used.insert(name).second;
    withdrawn_unstarted.erase(name);
    // All rows of a new queue are offered, and none was before.
    if (start || queues.contains(name))
      self->send(queue(name, is_new), offer_tasks{std::move(tasks)});
    else if (context->table)
      context->table->offered(name, tasks.size());
    if (is_new && context->appeared)
      context->appeared(name);
  }
}

void queue_manager_state::withdraw(withdraw_tasks& x) {
  std::map<std::string, std::vector<waiting_task>> parts;
  for (auto& task : x.tasks)
    parts[task.queue].push_back(std::move(task));
  for (auto& [name, tasks] : parts)
    // A queue that is not started yet will not find these rows.
    if (auto i = queues.find(name); i != queues.end())
      self->send(i->second, withdraw_tasks{std::move(tasks)});
    else if (used.contains(name)) {
      withdrawn_unstarted.insert(name);
      if (context->table)
        context->table->erased(name, tasks.size());
    }
}

void queue_manager_state::note_poll(const poll_tasks& x) {
  context->polls->polled(x.task_type, x.domain, x.worker_id);
  if (context->metrics)
    context->metrics->polled(x.task_type, x.domain);
  // An idle node writes nothing, a busy one a row per type now and then.
  if (context->write && !std::exchange(polls_unwritten, true))
    self->delayed_send(self, context->settings.poll_data_write, tick{});
}

void queue_manager_state::write_polls() {
  if (!std::exchange(polls_unwritten, false))
    return;
  if (auto rows = context->polls->changes(); !rows.empty())
    context->write(std::move(rows));
}

// So that their depths are known although nobody polls.
void queue_manager_state::look_at_waiting() {
  constexpr size_t at_a_time = 8;
  constexpr std::chrono::milliseconds pause{100};
  for (size_t i = 0; i < at_a_time && !unseen.empty(); ++i) {
    queue(unseen.back());
    unseen.pop_back();
  }
  if (!unseen.empty())
    self->delayed_send(self, pause, tick{});
}

void queue_manager_state::look_around() {
  write_polls();
  look_at_waiting();
  give_up_idle();
  auto now = self->clock().now();
  bool look = context->memory && now >= next_memory_look;
  if (look)
    look_at_memory();
  if (now >= next_retirement || (look && context->memory->tight()))
    retire();
}

std::chrono::milliseconds queue_manager_state::patience() const {
  auto& x = context->settings;
  bool tight = context->memory && context->memory->tight();
  return tight ? std::min(x.retire_after, x.retire_after_when_tight)
               : x.retire_after;
}

void queue_manager_state::look_at_memory() {
  auto pause = context->settings.memory_look;
  next_memory_look = self->clock().now() + pause;
  self->delayed_send(self, pause, tick{});
}

void queue_manager_state::poll(envelope<poll_tasks>& x) {
  if (!x.request.by_node)
    note_poll(x.request);
  if (draining) {
    x.done(polled{});
    return;
  }
  // Time to hear of a task that another node has.
  if (context->elsewhere && !x.request.by_node)
    x.request.timeout_ms
        = std::max(x.request.timeout_ms,
                   int32_t(context->settings.elsewhere_wait.count()));
  auto name
      = queue_manager_detail::name_of(x.request.domain, x.request.task_type);
  auto& target
      = queue(name, false,
              std::chrono::milliseconds(std::max(x.request.timeout_ms, 0)));
  self->send(target, std::move(x));
}

void queue_manager_state::cancel(envelope<cancel_poll>& x) {
  auto name
      = queue_manager_detail::name_of(x.request.domain, x.request.task_type);
  if (auto i = queues.find(name); i != queues.end())
    self->send(i->second, std::move(x));
  else
    x.done(done{});
}

void queue_manager_state::retire() {
  auto before = self->clock().now() - patience();
  std::vector<std::string> idle;
  for (auto& [name, used_until] : last_used)
    if (used_until <= before)
      idle.push_back(name);
  auto me = caf::actor_cast<queue_manager_actor>(self);
  for (auto& name : idle) {
    if (!used.contains(name)) {
      give_up(name);
      continue;
    }
    auto tell = [me, name, desk = idle_desk](result<queue_figures> x) {
      if (!x)
        return;
      desk->put(name, *x);
      caf::anon_send(me, tick{});
    };
    self->send(queues.at(name),
               count_queue{reply<queue_figures>(std::move(tell))});
  }
  forget_empty();
  context->polls->forget(context->settings.poll_data_kept);
  if (context->write)
    if (auto rows = context->polls->changes(); !rows.empty())
      context->write(std::move(rows));
  retire_later();
}

// Nobody waits in it, its tasks are rows of the store, and no hand-out is under
// way. The actor reads the rows when it is needed again.
void queue_manager_state::give_up_idle() {
  auto before = self->clock().now() - patience();
  for (auto& [name, x] : idle_desk->take()) {
    auto i = last_used.find(name);
    if (i == last_used.end() || i->second > before || x.handed_out > 0)
      continue;
    give_up(name);
    if (x.size == 0)
      used.erase(name);
  }
}

void queue_manager_state::give_up(const std::string& name) {
  last_used.erase(name);
  auto target = queues.find(name);
  if (target == queues.end())
    return;
  self->send_exit(target->second, caf::exit_reason::user_shutdown);
  queues.erase(target);
  if (context->table)
    context->table->left(name);
  if (context->elsewhere)
    context->elsewhere->given_up(name);
  if (context->figures) {
    --context->figures->queues;
    ++context->figures->given_up;
  }
}

// A queue that was never started has nobody to ask but the store.
void queue_manager_state::forget_empty() {
  constexpr size_t at_once_max = 1'000;
  names_list names;
  for (auto& x : withdrawn_unstarted) {
    if (names.size() == at_once_max)
      break;
    names.push_back(x);
  }
  if (names.empty())
    return;
  auto work = [rows = context->rows,
               names](const storage::store& from) -> result<names_list> {
    names_list out;
    for (auto& name : names) {
      auto any = rows->any(from, name);
      if (!any)
        return std::move(any).failure();
      if (!*any)
        out.push_back(name);
    }
    return out;
  };
  auto then = [this, names](const result<names_list>& empty) {
    if (!empty)
      return;
    // Of those with new tasks, or with an actor since, nothing is known.
    for (auto& name : *empty)
      if (withdrawn_unstarted.contains(name) && !queues.contains(name))
        used.erase(name);
    for (auto& name : names)
      withdrawn_unstarted.erase(name);
    forget_empty();
  };
  read_then<names_list>(self, *context->readers, std::move(work),
                        std::move(then));
}

void queue_manager_state::retire_later() {
  auto pause = context->settings.retire_after / 2;
  next_retirement = self->clock().now() + pause;
  self->delayed_send(self, pause, tick{});
}

queue_manager_detail::asked_queue
queue_manager_state::find(const std::string& key, const std::string& name) {
  return {key, name, used.contains(name) ? queue(name) : queue_actor{}};
}

void queue_manager_state::sizes(const envelope<read_queue_sizes>& x) {
  std::vector<queue_manager_detail::asked_queue> asked;
  for (auto& type : x.request.task_types)
    asked.push_back(find(type, type));
  queue_manager_detail::ask_all(self, *context->readers, asked, false, x.done);
}

void queue_manager_state::size(const envelope<read_queue_size>& x) {
  auto name = queue_manager_detail::name_of(x.request);
  auto finish = [done = x.done](result<queue_figures> got) {
    if (got)
      done(document{std::to_string(got->size)});
    else
      done(std::move(got).failure());
  };
  queue_manager_detail::ask(self, *context->readers, find(name, name),
                            reply<queue_figures>(std::move(finish)));
}

/// Event queues are listed with the others.
void queue_manager_state::list(const envelope<list_queues>& x) {
  auto names = [](const storage::store& from) {
    return event_queue_rows(from).names();
  };
  auto then = [this, x](result<std::vector<std::string>> events) {
    using queue_manager_detail::asked_queue;
    if (!events)
      return x.done(std::move(events).failure());
    std::vector<asked_queue> asked;
    for (auto& name : used)
      asked.push_back(find(name, name));
    for (auto& name : *events)
      if (!used.contains(name))
        asked.push_back(find(name, name));
    std::ranges::sort(asked, {}, &asked_queue::key);
    queue_manager_detail::ask_all(self, *context->readers, asked,
                                  x.request.verbose, x.done);
  };
  read_then<std::vector<std::string>>(self, *context->readers, names,
                                      std::move(then));
}

void queue_manager_state::poll_data(const envelope<read_poll_data>& x) const {
  auto& type = x.request.task_type;
  document out;
  queue_manager_detail::write_rows(out.text, type.empty()
                                                 ? context->polls->all()
                                                 : context->polls->of(type));
  x.done(std::move(out));
}

void queue_manager_state::requeue(const envelope<requeue_tasks>& x) {
  std::vector<queue_actor> targets;
  for (auto& name : used)
    if (queue_manager_detail::serves(name, x.request.task_type))
      targets.push_back(queue(name));
  auto finish
      = [done = x.done](const std::vector<result<queue_figures>>& figures) {
          int64_t sum = 0;
          for (auto& one : figures)
            if (one)
              sum += one->size;
          done(document{std::to_string(sum)});
        };
  auto all = scatter_gather<queue_figures>::create(targets.size(),
                                                   std::move(finish));
  for (size_t i = 0; i < targets.size(); ++i)
    self->send(targets[i],
               reload_queue{scatter_gather<queue_figures>::slot(all, i)});
}

void queue_manager_state::limit_eased(const tutti::limit_eased& x) {
  if (x.queues.empty())
    for (auto& [name, target] : queues)
      self->send(target, x);
  for (auto& name : x.queues)
    if (auto i = queues.find(name); i != queues.end())
      self->send(i->second, x);
}

// A queue that has no tasks yet tells of its first one by itself.
void queue_manager_state::offer_elsewhere(const tutti::offer_elsewhere& x) {
  if (used.contains(x.queue))
    self->send(queue(x.queue), x);
}

void queue_manager_state::lend(const lend_polls& x) {
  auto i = queues.find(x.queue);
  if (i == queues.end() || draining)
    return x.taken({});
  self->send(i->second, x);
}

void queue_manager_state::locate(envelope<locate_in_queue>& x) {
  if (x.request.tasks.empty())
    return x.done(document{"[]"});
  auto target = queue(x.request.tasks.front().queue);
  self->send(target, std::move(x));
}

namespace queue_manager_detail {

/// Does a worker have a task of that type?
result<bool> in_progress(const storage::store& from, const std::string& type) {
  auto begin = storage::keys::leases_of(type);
  auto end = storage::keys::after(begin);
  for (uint32_t shard = 0; shard < from.shards(); ++shard) {
    auto rows = from.read(shard, {begin, end}, {1});
    if (!rows)
      return std::move(rows).failure();
    if (!rows->empty())
      return true;
  }
  return false;
}

} // namespace queue_manager_detail

// Also of queues without tasks: after a start the store knows who polled, and
// what workers have.
void queue_manager_state::describe(const envelope<describe_queues>& x) {
  using names = std::set<std::string>;
  auto& types = x.request.task_types;
  names asked;
  for (auto& name : used) {
    auto wanted
        = [&](auto& type) { return queue_manager_detail::serves(name, type); };
    if (types.empty() || std::ranges::any_of(types, wanted))
      asked.insert(name);
  }
  auto add = [&](const std::vector<tutti::poll_data>& rows) {
    for (auto& row : rows)
      asked.insert(queue_manager_detail::name_of(row.domain, row.queue_name));
  };
  if (types.empty())
    add(context->polls->all());
  for (auto& type : types)
    add(context->polls->of(type));
  auto work = [types, asked](const storage::store& from) -> result<names> {
    auto out = asked;
    for (auto& type : types) {
      auto held = queue_manager_detail::in_progress(from, type);
      if (!held)
        return std::move(held).failure();
      if (*held)
        out.insert(type);
    }
    return out;
  };
  auto then = [this, done = x.done](result<names> all) {
    if (all)
      describe(*all, done);
    else
      done(std::move(all).failure());
  };
  if (types.empty())
    return describe(asked, x.done);
  read_then<names>(self, *context->readers, std::move(work), std::move(then));
}

// [an object per queue], sorted by name. Names come from pollers: a queue in
// which nothing waits needs no actor for this.
void queue_manager_state::describe(const std::set<std::string>& names,
                                   const reply<document>& done) {
  auto all = scatter_gather<document>::create(
      names.size(), [done](std::vector<result<document>> parts) {
        std::string out = "[";
        for (auto& part : parts) {
          if (!part)
            return done(std::move(part).failure());
          out.append(out.size() > 1 ? "," : "").append(part->text);
        }
        done(document{out + ']'});
      });
  size_t i = 0;
  for (auto& name : names) {
    auto slot = scatter_gather<document>::slot(all, i++);
    if (used.contains(name) || queues.contains(name))
      self->send(queue(name), describe_queue{std::move(slot)});
    else
      storage::read<document>(
          *context->readers,
          [in = context, name](const storage::store& from) {
            return describe_idle(from, in, name);
          },
          std::move(slot));
  }
}

void queue_manager_state::drain_all(const drain& x) {
  draining = true;
  write_polls();
  auto finished = x.finished;
  auto all = scatter_gather<done>::create(
      queues.size(),
      [finished](std::vector<result<done>>) { finished(done{}); });
  size_t i = 0;
  for (auto& [name, target] : queues)
    self->send(target, drain{scatter_gather<done>::slot(all, i++)});
}

queue_manager_actor::behavior_type
task_queues(queue_manager_actor::stateful_pointer<queue_manager_state> self,
            queue_context_pointer context) {
  auto& state = self->state;
  state.context = std::move(context);
  state.used.insert(state.context->waiting.begin(),
                    state.context->waiting.end());
  state.retire_later();
  if (state.context->table) {
    state.unseen = state.context->waiting;
    state.look_at_waiting();
  }
  if (state.context->memory)
    state.look_at_memory();
  self->set_exit_handler([self](caf::exit_msg& x) {
    for (auto& [name, target] : self->state.queues)
      self->send_exit(target, x.reason);
    self->state.queues.clear();
    self->quit(x.reason);
  });
  return guarded<queue_manager_actor::behavior_type>(
      self, "queues", [self](offer_tasks& x) { self->state.offer(x); },
      [self](withdraw_tasks& x) { self->state.withdraw(x); },
      [self](envelope<poll_tasks>& x) { self->state.poll(x); },
      [self](envelope<cancel_poll>& x) { self->state.cancel(x); },
      [self](const envelope<read_queue_sizes>& x) { self->state.sizes(x); },
      [self](const envelope<read_queue_size>& x) { self->state.size(x); },
      [self](const envelope<list_queues>& x) { self->state.list(x); },
      [self](const envelope<describe_queues>& x) { self->state.describe(x); },
      [self](const envelope<requeue_tasks>& x) { self->state.requeue(x); },
      [self](const envelope<read_poll_data>& x) { self->state.poll_data(x); },
      [self](const limit_eased& x) { self->state.limit_eased(x); },
      [self](const offer_elsewhere& x) { self->state.offer_elsewhere(x); },
      [self](const lend_polls& x) { self->state.lend(x); },
      [self](envelope<locate_in_queue>& x) { self->state.locate(x); },
      [self](clock_moved) {
        for (auto& [name, target] : self->state.queues)
          self->send(target, clock_moved{});
      },
      [self](tick) { self->state.look_around(); },
      [self](const drain& x) { self->state.drain_all(x); });
}

} // namespace tutti
