#include "actors/queue/queue_manager_actor.hpp"

#include "actors/queue/queue_actor.hpp"
#include "actors/support/scatter_gather.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/json_writer.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace tutti {

namespace queue_manager_detail {

std::string name_of(const std::string& domain, const std::string& task_type) {
  return domain.empty() ? task_type : domain + ':' + task_type;
}

/// reference:workers#queues
std::string name_of(const queue_query& x, const std::string& task_type) {
  auto out = name_of(x.domain, task_type);
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

/// One queue's name on the wire, and the queue; null when there is none, or an
/// event queue, which has no actor.
struct asked_queue {
  std::string key;
  queue_actor queue;
  size_t messages = 0;
};

std::string figure_of(size_t messages, bool verbose) {
  auto size = std::to_string(messages);
  return verbose ? "{\"size\":" + size + ",\"uacked\":0}" : size;
}

/// {key: figure of the queue}
void ask_all(queue_manager_actor::pointer self, const queue_query& x,
             std::vector<asked_queue> asked) {
  std::vector<std::string> keys;
  for (auto& one : asked)
    keys.push_back(one.key);
  auto done = x.done;
  bool verbose = x.what == queue_query::kind::all_verbose;
  auto finish = [done, verbose, keys](std::vector<result<answer>> figures) {
    answer out;
    out.text = "{";
    for (size_t i = 0; i < keys.size(); ++i) {
      if (out.text.size() > 1)
        out.text += ',';
      write_string(out.text, keys[i]);
      out.text += ':';
      auto figure = figures[i] ? figures[i]->text : std::string("0");
      out.text += verbose ? "{\"a\":" + figure + '}' : figure;
    }
    out.text += '}';
    done(std::move(out));
  };
  auto all = scatter_gather<answer>::create(keys.size(), std::move(finish));
  for (size_t i = 0; i < asked.size(); ++i) {
    queue_query one;
    one.what = x.what;
    one.done = scatter_gather<answer>::slot(all, i);
    if (asked[i].queue)
      self->send(asked[i].queue, std::move(one));
    else
      one.done(answer_text(figure_of(asked[i].messages, verbose)));
  }
}

} // namespace queue_manager_detail

const queue_actor& queue_manager_state::queue(const std::string& name) {
  auto& out = queues[name];
  if (!out)
    out = self->spawn(task_queue, name, context);
  return out;
}

void queue_manager_state::offer(offer_tasks& x) {
  auto& tasks = x.tasks;
  while (!tasks.empty()) {
    auto& name = tasks.front().queue;
    if (used.insert(name).second && context->appeared)
      context->appeared(name);
    auto other = std::stable_partition(
        tasks.begin(), tasks.end(),
        [name = name](const waiting_task& t) { return t.queue == name; });
    std::vector<waiting_task> rest(std::make_move_iterator(other),
                                   std::make_move_iterator(tasks.end()));
    tasks.erase(other, tasks.end());
    auto& target = queue(tasks.front().queue);
    self->send(target, offer_tasks{std::move(tasks)});
    tasks = std::move(rest);
  }
}

void queue_manager_state::withdraw(withdraw_tasks& x) {
  std::map<std::string, std::vector<waiting_task>> parts;
  for (auto& task : x.tasks)
    parts[task.queue].push_back(std::move(task));
  for (auto& [name, tasks] : parts)
    // A queue that was not started yet will not find these rows.
    if (auto i = queues.find(name); i != queues.end())
      self->send(i->second, withdraw_tasks{std::move(tasks)});
}

void queue_manager_state::note_poll(const poll_tasks& x) {
  context->polls->polled(x.task_type, x.domain, x.worker_id);
  if (context->metrics)
    context->metrics->polled(x.task_type, x.domain);
  // Idle nodes write nothing; busy ones a row per type now and then.
  if (context->write && !std::exchange(polls_unwritten, true))
    self->delayed_send(self, context->settings.poll_data_write, tick{});
}

void queue_manager_state::write_polls() {
  if (!std::exchange(polls_unwritten, false))
    return;
  if (auto rows = context->polls->changes(); !rows.empty())
    context->write(std::move(rows));
}

void queue_manager_state::look_around() {
  write_polls();
  if (self->clock().now() >= next_retirement)
    retire();
}

void queue_manager_state::poll(poll_tasks& x) {
  if (!x.by_node)
    note_poll(x);
  if (draining) {
    x.done(polled{});
    return;
  }
  auto name = queue_manager_detail::name_of(x.domain, x.task_type);
  if (!used.contains(name))
    polled_only.insert_or_assign(name, self->clock().now());
  auto& target = queue(name);
  self->send(target, std::move(x));
}

// Nothing was ever offered to these, and the last poll was forwarded long
// before any poll's patience ends: nobody waits in them.
void queue_manager_state::retire() {
  auto before = self->clock().now() - context->settings.retire_after;
  for (auto i = polled_only.begin(); i != polled_only.end();) {
    auto& [name, last_poll] = *i;
    bool now_used = used.contains(name);
    if (!now_used && last_poll > before) {
      ++i;
      continue;
    }
    if (auto target = queues.find(name); target != queues.end() && !now_used) {
      self->send_exit(target->second, caf::exit_reason::user_shutdown);
      queues.erase(target);
    }
    i = polled_only.erase(i);
  }
  context->polls->forget(context->settings.poll_data_kept);
  if (context->write)
    if (auto rows = context->polls->changes(); !rows.empty())
      context->write(std::move(rows));
  retire_later();
}

void queue_manager_state::retire_later() {
  auto pause = context->settings.retire_after / 2;
  next_retirement = self->clock().now() + pause;
  self->delayed_send(self, pause, tick{});
}

void queue_manager_state::query(const queue_query& x) {
  using kind = queue_query::kind;
  using queue_manager_detail::asked_queue;
  auto find = [&](const std::string& name) {
    return used.contains(name) ? queue(name) : queue_actor{};
  };
  auto first = x.task_types.empty() ? std::string() : x.task_types.front();
  std::vector<asked_queue> asked;
  auto& messages = context->messages;
  auto one = [&](const std::string& key, const std::string& name) {
    asked_queue out{key, find(name)};
    if (!out.queue && messages)
      out.messages = messages->count(name);
    return out;
  };
  switch (x.what) {
    case kind::sizes:
      for (auto& type : x.task_types)
        asked.push_back(one(type, queue_manager_detail::name_of(x, type)));
      return queue_manager_detail::ask_all(self, x, std::move(asked));
    case kind::all:
    case kind::all_verbose:
      for (auto& name : used)
        asked.push_back({name, queue(name)});
      if (messages) {
        for (auto& name : messages->names())
          if (!used.contains(name))
            asked.push_back(one(name, name));
        std::ranges::sort(asked, {}, &asked_queue::key);
      }
      return queue_manager_detail::ask_all(self, x, std::move(asked));
    case kind::size:
      if (auto found = one(first, queue_manager_detail::name_of(x, first));
          found.queue)
        self->send(found.queue, x);
      else
        x.done(answer_text(std::to_string(found.messages)));
      return;
    case kind::details:
      return details(x);
    case kind::poll_data: {
      answer out;
      queue_manager_detail::write_rows(out.text, context->polls->of(first));
      return x.done(std::move(out));
    }
    case kind::all_poll_data: {
      answer out;
      queue_manager_detail::write_rows(out.text, context->polls->all());
      return x.done(std::move(out));
    }
    case kind::requeue: {
      std::vector<queue_actor> targets;
      for (auto& name : used)
        if (queue_manager_detail::serves(name, first))
          targets.push_back(queue(name));
      auto done = x.done;
      auto all = scatter_gather<answer>::create(
          targets.size(), [done](std::vector<result<answer>> figures) {
            int64_t sum = 0;
            for (auto& one : figures)
              if (one)
                sum += std::atoll(one->text.c_str());
            done(answer_text(std::to_string(sum)));
          });
      for (size_t i = 0; i < targets.size(); ++i) {
        queue_query one;
        one.what = kind::requeue;
        one.done = scatter_gather<answer>::slot(all, i);
        self->send(targets[i], std::move(one));
      }
    }
  }
}

void queue_manager_state::limit_eased(const tutti::limit_eased& x) {
  if (x.queues.empty())
    for (auto& [name, target] : queues)
      self->send(target, x);
  for (auto& name : x.queues)
    if (auto i = queues.find(name); i != queues.end())
      self->send(i->second, x);
}

void queue_manager_state::locate(locate_in_queue& x) {
  if (x.tasks.empty())
    return x.done(answer_text("[]"));
  auto target = queue(x.tasks.front().queue);
  self->send(target, std::move(x));
}

// [object of each queue], by name
void queue_manager_state::details(const queue_query& x) {
  std::vector<queue_actor> asked;
  for (auto& name : used) {
    auto wanted
        = [&](auto& type) { return queue_manager_detail::serves(name, type); };
    if (x.task_types.empty() || std::ranges::any_of(x.task_types, wanted))
      asked.push_back(queue(name));
  }
  auto all = scatter_gather<answer>::create(
      asked.size(), [done = x.done](std::vector<result<answer>> parts) {
        std::string out = "[";
        for (auto& part : parts)
          if (part)
            out.append(out.size() > 1 ? "," : "").append(part->text);
        done(answer_text(out + ']'));
      });
  for (size_t i = 0; i < asked.size(); ++i) {
    queue_query one;
    one.what = queue_query::kind::details;
    one.done = scatter_gather<answer>::slot(all, i);
    self->send(asked[i], std::move(one));
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
  for (auto& name : state.context->rows->names())
    state.used.insert(name);
  state.retire_later();
  self->set_exit_handler([self](caf::exit_msg& x) {
    for (auto& [name, target] : self->state.queues)
      self->send_exit(target, x.reason);
    self->state.queues.clear();
    self->quit(x.reason);
  });
  return {
      [self](offer_tasks& x) { self->state.offer(x); },
      [self](withdraw_tasks& x) { self->state.withdraw(x); },
      [self](poll_tasks& x) { self->state.poll(x); },
      [self](const queue_query& x) { self->state.query(x); },
      [self](const limit_eased& x) { self->state.limit_eased(x); },
      [self](locate_in_queue& x) { self->state.locate(x); },
      [self](clock_moved) {
        for (auto& [name, target] : self->state.queues)
          self->send(target, clock_moved{});
      },
      [self](tick) { self->state.look_around(); },
      [self](const drain& x) { self->state.drain_all(x); },
  };
}

} // namespace tutti
