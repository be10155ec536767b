#include "actors/system_tasks/system_tasks_actor.hpp"

#include "actors/support/guarded.hpp"
#include "messages/model/ids.hpp"
#include "messages/model/memory/memory_account.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

namespace tutti {

namespace system_tasks_detail {

/// What follows the type in a queue's name (reference:workers#queues).
struct isolation {
  std::string_view name_space, group;
};

isolation isolation_of(std::string_view rest) {
  isolation out;
  auto dash = rest.find('-');
  if (rest.starts_with('@'))
    out.name_space = rest.substr(1, dash == rest.npos ? dash : dash - 1);
  if (dash != rest.npos)
    out.group = rest.substr(dash + 1);
  return out;
}

bool may_succeed_later(errc x) {
  return x == errc::unavailable || x == errc::internal || x == errc::too_many;
}

/// An outcome until its task has it. A large one holds memory: all that are
/// under way count together.
struct kept_outcome {
  explicit kept_outcome(task_result x) : what(std::move(x)) {
    constexpr size_t small_bytes = 256 << 10, copies = 3;
    auto bytes = what.output.text().size();
    if (bytes > small_bytes)
      memory = memory_account::of_process().count(memory_use::responses,
                                                  bytes * copies);
  }
  task_result what;
  memory_hold memory;
};

std::shared_ptr<const task_result> keep(task_result x) {
  auto out = std::make_shared<const kept_outcome>(std::move(x));
  return {out, &out->what};
}

} // namespace system_tasks_detail

std::shared_ptr<system_task_worker>
worker_for(const system_tasks_context& context, std::string_view queue) {
  for (auto& x : context.workers) {
    if (!queue.starts_with(x->type()))
      continue;
    auto rest = queue.substr(x->type().size());
    if (!rest.empty() && rest[0] != '@' && rest[0] != '-')
      continue;
    auto how = system_tasks_detail::isolation_of(rest);
    auto& settings = context.settings;
    if ((!how.group.empty() && !settings.isolated)
        || (!settings.execution_name_space.empty()
            && how.name_space != settings.execution_name_space))
      return nullptr;
    return x;
  }
  return nullptr;
}

void system_tasks_state::appear(const std::string& queue) {
  if (auto known = queues_.find(queue); known != queues_.end())
    return poll(queue, known->second);
  auto worker = worker_for(*context, queue);
  if (!worker)
    return;
  auto& settings = context->settings;
  auto room = queue == worker->type() ? settings.concurrency
                                      : settings.isolated_concurrency;
  auto& x = queues_[queue];
  x = {std::move(worker), room, false};
  poll(queue, x);
}

void system_tasks_state::poll(const std::string& queue, served_queue& x) {
  if (x.polling || x.room == 0 || draining_)
    return;
  x.polling = true;
  envelope<poll_tasks> ask;
  ask.request.task_type = queue;
  ask.request.worker_id = context->worker_id;
  ask.request.count = int32_t(x.room);
  ask.request.timeout_ms = int32_t(context->settings.poll.count());
  ask.request.by_node = true;
  ask.done = reply<polled>([me = caf::actor_cast<system_tasks_actor>(self),
                            queue](result<polled> got) {
    caf::anon_send(
        me, system_tasks_polled{queue, got ? std::move(got->tasks)
                                           : std::vector<std::string>()});
  });
  context->directory->tell(std::move(ask));
}

void system_tasks_state::begin(system_tasks_polled& x) {
  auto it = queues_.find(x.queue);
  if (it == queues_.end())
    return;
  it->second.polling = false;
  for (auto& text : x.tasks)
    perform(x.queue, text);
  // A stopping queue answers polls at once with nothing: wait before the next
  // one.
  if (x.tasks.empty())
    self->delayed_send(self, context->settings.poll_again,
                       queue_appeared{x.queue});
  else
    poll(x.queue, it->second);
}

void system_tasks_state::perform(const std::string& queue,
                                 const std::string& text) {
  auto task = read_system_task(text);
  if (!task) {
    spdlog::error("a task of queue {} cannot be read: {}", queue,
                  task.failure().message);
    return;
  }
  // Its lease ended while this node still performs it: do not begin it again.
  if (!under_way_.insert(task->task_id).second)
    return;
  auto& x = queues_.at(queue);
  --x.room;
  auto me = caf::actor_cast<system_tasks_actor>(self);
  x.worker->perform(std::move(*task), [me, queue, worker = context->worker_id](
                                          task_result outcome) {
    outcome.worker_id = worker;
    caf::anon_send(me, system_task_ended{queue, system_tasks_detail::keep(
                                                    std::move(outcome))});
  });
}

void system_tasks_state::end(const system_task_ended& x) {
  tell(x.queue, x.outcome);
}

void system_tasks_state::tell(
    const std::string& queue,
    const std::shared_ptr<const task_result>& outcome) {
  envelope<call_workflow> call;
  call.request.workflow_id = outcome->workflow_id;
  call.request.what = command::update_task{*outcome};
  call.done = reply<answer>([me = caf::actor_cast<system_tasks_actor>(self),
                             queue, outcome](result<answer> got) {
    bool again
        = !got && system_tasks_detail::may_succeed_later(got.failure().code);
    caf::anon_send(me, system_task_told{queue, outcome, again});
  });
  context->directory->tell(outcome->workflow_id, std::move(call));
}

void system_tasks_state::told(const system_task_told& x) {
  if (x.again && !draining_) {
    self->delayed_send(self, context->settings.tell_again,
                       system_task_ended{x.queue, x.outcome});
    return;
  }
  under_way_.erase(x.outcome->task_id);
  auto& served = queues_.at(x.queue);
  ++served.room;
  poll(x.queue, served);
  finish_drain();
}

void system_tasks_state::stop(drain& x) {
  draining_ = true;
  drained_.push_back(std::move(x.finished));
  finish_drain();
}

void system_tasks_state::finish_drain() {
  if (!draining_ || !under_way_.empty())
    return;
  for (auto& finished : std::exchange(drained_, {}))
    finished(done{});
}

system_tasks_actor::behavior_type
system_tasks(system_tasks_actor::stateful_pointer<system_tasks_state> self,
             system_tasks_context_pointer context) {
  self->state.context = std::move(context);
  return guarded<system_tasks_actor::behavior_type>(
      self, "system tasks",
      [self](const queue_appeared& x) { self->state.appear(x.queue); },
      [self](system_tasks_polled& x) { self->state.begin(x); },
      [self](const system_task_ended& x) { self->state.end(x); },
      [self](const system_task_told& x) { self->state.told(x); },
      [self](drain& x) { self->state.stop(x); });
}

} // namespace tutti
