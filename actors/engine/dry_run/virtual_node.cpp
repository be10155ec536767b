#include "actors/engine/dry_run/virtual_node.hpp"

#include "actors/engine/decision/requested_start.hpp"
#include "actors/engine/decision/weights.hpp"
#include "actors/engine/definition/pin_definitions.hpp"
#include "messages/model/ids.hpp"

#include <algorithm>
#include <iterator>

namespace tutti::engine::dry_run {

namespace world_detail {

result<workflow_def_pointer> resolve(const definition_source& source,
                                     const workflow_def_pointer& inline_one,
                                     const std::string& name,
                                     std::optional<int32_t> version) {
  auto found = inline_one ? inline_one : source.find_workflow(name, version);
  if (!found)
    return no_such_workflow(name, version);
  return pin_definitions(*found, source);
}

} // namespace world_detail

result<std::string> virtual_node::start(const start_workflow_request& request) {
  return start(request, ports_.ids.workflow_id());
}

result<std::string> virtual_node::start(const start_workflow_request& request,
                                        std::string id) {
  auto pinned = world_detail::resolve(ports_.definitions, request.definition,
                                      request.name, request.version);
  if (!pinned)
    return pinned.failure();
  auto head = make_head(request, std::move(*pinned), id, now);
  if (!head)
    return head.failure();
  if (auto why = take_slot(*head))
    return *why;
  command::start what;
  what.head = std::move(*head);
  what.own_definition = request.definition != nullptr;
  auto begun = tell(id, what);
  if (begun.refused)
    return *begun.refused;
  return id;
}

decision virtual_node::tell(const std::string& id,
                            const workflow_command& what) {
  auto out = decide_whole(id, what);
  deliver_outbox_messages();
  // Like the gateway: the command goes to the child.
  return out.redirect.empty() ? out : tell(out.redirect, what);
}

decision virtual_node::decide_whole(const std::string& id,
                                    const workflow_command& what) {
  decision out;
  if (!may_go_on()) {
    out.refused = failure{errc::too_large, stopped_};
    out.effective = false;
    return out;
  }
  auto& execution = live_[id];
  bool is_new = !execution.exists();
  if (!is_new && before_decision)
    before_decision(id, execution);
  decision_context given{
      now,     ports_.ids,     ports_.definitions, ports_.domains, ports_.env,
      limits_, ports_.scripts, ports_.sinks,       &outputs_};
  auto rows_before = execution.rows().count();
  auto bytes_before = execution.history_bytes();
  auto merge = [&](const decision& part) {
    if (auto rows = execution.rows().count(); rows > rows_before)
      rows_ += rows - rows_before;
    rows_before = execution.rows().count();
    bytes_ += execution.history_bytes() - bytes_before;
    bytes_before = execution.history_bytes();
    for (auto& x : part.effects)
      if (std::holds_alternative<send_outbox_message>(x)
          || std::holds_alternative<publish_message>(x))
        bytes_ += weight_of(x);
    if (on_decision)
      on_decision(id, part);
    run_effects(id, part);
    schedule_timer(id, execution.next_deadline());
  };
  out = decide(execution, what, given);
  if (is_new && !execution.exists()) {
    live_.erase(id);
    return out;
  }
  if (out.refused)
    return out;
  if (is_new)
    order_.push_back(id);
  merge(out);
  for (bool more = out.unfinished; more && may_go_on();) {
    auto part = continue_decision(execution, out.why, given);
    more = part.unfinished;
    merge(part);
    std::ranges::move(part.events, std::back_inserter(out.events));
    std::ranges::move(part.effects, std::back_inserter(out.effects));
  }
  return out;
}

bool virtual_node::may_go_on() {
  if (!stopped_.empty())
    return false;
  if (live_.size() > bounds.executions)
    stopped_ = "more than " + std::to_string(bounds.executions)
               + " executions began";
  else if (++decisions_ > bounds.decisions)
    stopped_ = "more than " + std::to_string(bounds.decisions)
               + " decisions were taken";
  else if (rows_ > bounds.rows)
    stopped_
        = "more than " + std::to_string(bounds.rows) + " tasks were scheduled";
  else if (bytes_ > bounds.bytes)
    stopped_ = sentence_of(tutti::bounds::dry_run, bytes_, bounds.bytes);
  else if (bounds.stop)
    stopped_ = bounds.stop().value_or("");
  return stopped_.empty();
}

std::string virtual_node::poll(const std::string& queue,
                               const std::string& worker) {
  // The engine has taken rows it no longer wants out of the queue.
  while (auto* head = queues_.head(queue, now)) {
    auto taken = *head;
    auto given
        = tell(taken.workflow_id, command::hand_out{taken.row.task_id, worker});
    queues_.withdraw(taken.row);
    if (given.effective && !given.refused)
      return taken.row.task_id;
  }
  return {};
}

int64_t virtual_node::next_deadline() const {
  return deadlines_.empty() ? 0 : deadlines_.begin()->first;
}

std::string virtual_node::next_to_fire() const {
  return deadlines_.empty() ? std::string() : deadlines_.begin()->second;
}

bool virtual_node::fire_next(int64_t until) {
  if (deadlines_.empty() || deadlines_.begin()->first > until
      || !stopped_.empty())
    return false;
  auto [at, id] = *deadlines_.begin();
  now = std::max(now, at);
  tell(id, command::timer_fired{});
  return true;
}

void virtual_node::advance_to(int64_t until) {
  while (fire_next(until))
    continue;
  now = std::max(now, until);
}

void virtual_node::schedule_timer(const std::string& id, int64_t due) {
  auto& known = deadline_of_[id];
  if (known == due)
    return;
  if (known != 0)
    deadlines_.erase({known, id});
  if (due != 0)
    deadlines_.insert({due, id});
  known = due;
}

void virtual_node::remove(const std::string& id) {
  schedule_timer(id, 0);
  deadline_of_.erase(id);
  queues_.forget(id);
  live_.erase(id);
  std::erase(order_, id);
}

const state* virtual_node::find(const std::string& id) const {
  auto i = live_.find(id);
  return i == live_.end() ? nullptr : &i->second;
}

const state* virtual_node::owner_of(const std::string& task_id) const {
  // A task id begins like its workflow's id.
  auto prefix = task_id.substr(0, id_prefix_length);
  for (auto i = live_.lower_bound(prefix);
       i != live_.end() && i->first.starts_with(prefix); ++i)
    if (i->second.find(task_id))
      return &i->second;
  return nullptr;
}

const std::vector<task_log>*
virtual_node::logs_of(const std::string& task_id) const {
  auto i = logs_.find(task_id);
  return i == logs_.end() ? nullptr : &i->second;
}

void virtual_node::append_log(task_log line) {
  if (line.created_time <= 0)
    line.created_time = now;
  logs_[line.task_id].push_back(std::move(line));
}

// Outbox messages

void virtual_node::deliver_outbox_messages() {
  if (delivering_)
    return;
  delivering_ = true;
  while (!outbox_messages_.empty() && stopped_.empty()) {
    auto mail = std::move(outbox_messages_.front());
    outbox_messages_.pop_front();
    if (auto* start = std::get_if<start_other>(&mail.what))
      begin_other(std::move(*start));
    else if (auto* slot = std::get_if<slot_request>(&mail.what))
      keep_slots(*slot);
    else if (live_.contains(mail.to))
      decide_whole(mail.to, std::get<workflow_command>(mail.what));
  }
  delivering_ = false;
}

void virtual_node::begin_other(start_other what) {
  if (live_.contains(what.workflow_id) || (begins && !begins(what)))
    return;
  auto refuse = [&](const failure& why) {
    if (!what.parent_workflow_id.empty())
      outbox_messages_.push_back(not_started(what, why.message));
  };
  auto pinned = world_detail::resolve(ports_.definitions, what.definition,
                                      what.name, what.version);
  if (!pinned)
    return refuse(pinned.failure());
  auto start = start_of(what, std::move(*pinned), now);
  if (!start)
    return refuse(start.failure());
  if (auto why = take_slot(start->head))
    return refuse(*why);
  decide_whole(what.workflow_id, std::move(*start));
}

} // namespace tutti::engine::dry_run
