#include "actors/idempotent_start/start_coordinator.hpp"
#include "actors/scheduler/requested_start.hpp"
#include "actors/schedules/firing_ids.hpp"
#include "actors/schedules/schedules_actor.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/json_writer.hpp"

#include <caf/typed_event_based_actor.hpp>

// From a firing that is durable to its execution. A start that is repeated
// finds the execution of the first one, because the id is computed.

namespace tutti {

namespace schedule_starts_detail {

constexpr std::chrono::milliseconds first_pause{200};
constexpr int doublings_max = 7;
constexpr size_t reason_bytes_max = 999;

bool is_transient(const failure& x) {
  return x.code == errc::unavailable || x.code == errc::internal;
}

/// The input that the schedule names, with Conductor's additions.
payload input_of(const schedule_def& what, const firing& x) {
  auto text = what.start.input ? what.start.input->text() : "{}";
  // The last property of a name counts.
  text.pop_back();
  auto key = [&](std::string_view name) -> std::string& {
    if (text.size() > 1)
      text += ',';
    text += '"';
    text += name;
    return text += "\":";
  };
  write_string(key("_startedByScheduler"), what.name);
  write_number(key("_scheduledTime"), x.scheduled_time);
  write_number(key("_executedTime"), x.execution_time);
  write_string(key("_executionId"), x.execution_id);
  write_string(key("_schedulerCron"), x.cron_expression + ' ' + x.zone_id);
  text += '}';
  return payload::trusted(std::move(text));
}

start_other start_of(const schedule_def& what, const firing& x) {
  start_other out;
  out.workflow_id = x.workflow_id;
  out.name = what.start.name;
  out.version = what.start.version;
  out.definition = what.start.definition;
  out.input = input_of(what, x);
  out.external_input_path = what.start.external_input_path;
  out.task_to_domain = what.start.task_to_domain;
  out.correlation_id = what.start.correlation_id;
  out.priority = what.start.priority;
  out.idempotency_key = what.start.idempotency_key;
  out.idempotency_strategy = what.start.idempotency_strategy;
  return out;
}

} // namespace schedule_starts_detail

using namespace schedule_starts_detail;

void schedules_state::start(const start_firings& x) {
  for (auto& one : x.what) {
    auto of = schedules_.find(one.schedule);
    if (of == schedules_.end())
      continue; // removed meanwhile
    of->second.schedule.start_under_way(one);
    auto number = next_number_++;
    starts_.emplace(number, start_under_way{one});
    context->figures->in_flight(1);
    start_one(number);
  }
}

void schedules_state::start_one(uint64_t number) {
  auto it = starts_.find(number);
  if (it == starts_.end() || shard().failed)
    return;
  auto& x = it->second.what;
  auto of = schedules_.find(x.schedule);
  auto me = caf::actor_cast<schedules_actor>(self);
  auto answered = [me, number](result<started> how) {
    caf::anon_send(
        me, firing_answered{number, std::make_shared<const result<started>>(
                                        std::move(how))});
  };
  if (of == schedules_.end())
    return answered(failure{errc::not_found, "the schedule was removed"});
  auto no_memory = shard().memory ? shard().memory->admit() : std::nullopt;
  if (no_memory)
    return answered(failure{errc::unavailable, no_memory->message});
  auto& what = of->second.schedule.what();
  auto start = begin_other(shard(), start_of(what, x));
  if (!start)
    return answered(std::move(start).failure());
  start->head.asked_by = asked_by(x);
  start->head.created_by = what.created_by;
  send_start(number, *std::move(start), what.start.idempotency_strategy);
}

void schedules_state::send_start(uint64_t number, command::start what,
                                 std::optional<idempotency_strategy> strategy) {
  auto me = caf::actor_cast<schedules_actor>(self);
  auto answered = [me, number](result<started> how) {
    caf::anon_send(
        me, firing_answered{number, std::make_shared<const result<started>>(
                                        std::move(how))});
  };
  if (needs_coordination(what))
    return start_with_coordination(
        {shard().directory, shard().readers, shard().env}, std::move(what),
        strategy, reply<begun>([answered](result<begun> x) {
          if (x)
            answered(started{std::move(x->workflow_id)});
          else
            answered(std::move(x).failure());
        }));
  auto id = what.head.workflow_id;
  envelope<call_workflow> call;
  call.request.workflow_id = id;
  call.request.what = std::move(what);
  call.done = reply<answer>([answered, id](result<answer> x) {
    if (x)
      answered(started{id});
    else
      answered(std::move(x).failure());
  });
  shard().directory->tell(id, std::move(call));
}

void schedules_state::on_answered(const firing_answered& x) {
  auto it = starts_.find(x.number);
  if (it == starts_.end() || shard().failed)
    return;
  auto& under_way = it->second;
  auto of = schedules_.find(under_way.what.schedule);
  auto& how = *x.how;
  if (of != schedules_.end() && !how && is_transient(how.failure())) {
    auto pause
        = first_pause * (1 << std::min(under_way.attempts++, doublings_max));
    auto at = self->clock().now() + pause;
    retries_.emplace(at, x.number);
    return timer_.set(self, at);
  }
  auto what = std::move(under_way.what);
  starts_.erase(it);
  context->figures->in_flight(-1);
  if (of == schedules_.end())
    return;
  schedule_step step;
  auto told = how;
  if (!told) {
    auto why = told.failure();
    why.message.resize(std::min(why.message.size(), reason_bytes_max));
    told = std::move(why);
  }
  auto& entry = of->second;
  entry.schedule.answered(std::move(what), told, now(), step);
  // If it is in the way of one that waits, it is ended after this commit.
  commit(entry, step);
  prune_count(of->first, entry);
  // Instants may have waited for one start less.
  arm();
}

void schedules_state::retry_due() {
  auto clock = self->clock().now();
  while (!retries_.empty() && retries_.begin()->first <= clock) {
    auto number = retries_.begin()->second;
    retries_.erase(retries_.begin());
    start_one(number);
  }
}

} // namespace tutti
