#include "tests/support/pure_world.hpp"

#include "actors/engine/populate.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/ids.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace tutti::test {

namespace pure_world_detail {

template <class T>
T must(result<T> x) {
  if (!x)
    throw std::runtime_error(x.failure().message);
  return std::move(*x);
}

std::string_view letter_of(task_status status) {
  switch (status) {
    case task_status::scheduled:
      return "S";
    case task_status::in_progress:
      return "IP";
    case task_status::completed:
      return "C";
    case task_status::failed:
      return "F";
    case task_status::failed_with_terminal_error:
      return "FT";
    case task_status::canceled:
      return "X";
    case task_status::timed_out:
      return "TO";
    case task_status::completed_with_errors:
      return "CE";
    case task_status::skipped:
      return "SK";
  }
  return "?";
}

/// Everything a client or the next decision could see.
std::string picture(const engine::state& s) {
  std::string out;
  rendered_tasks cache;
  for (auto& row : s.rows()) {
    write(out, row, {s.head().workflow_id, s.head().definition->name, ""},
          cache);
    out += std::to_string(row.queued_at) + "/" + std::to_string(row.due_at)
           + "/" + std::to_string(row.first_scheduled_time) + "\n";
  }
  write(out, s.head(), "[]");
  out += s.head().failed_task_id;
  return out + "|" + std::to_string(s.next_deadline()) + "|"
         + std::to_string(s.open_rows()) + "|"
         + std::to_string(s.unconsumed().size());
}

} // namespace pure_world_detail

using pure_world_detail::must;

void pure_world::define(std::string_view text) {
  auto def = must(read_workflow_def(text));
  auto name = def.name;
  auto version = def.version;
  workflows_[name][version]
      = std::make_shared<const workflow_def>(std::move(def));
}

void pure_world::define_task(std::string name, std::string_view changes) {
  nlohmann::json def = {{"name", name},
                        {"retryCount", 0},
                        {"retryDelaySeconds", 0},
                        {"timeoutSeconds", 120},
                        {"responseTimeoutSeconds", 120},
                        {"timeoutPolicy", "TIME_OUT_WF"}};
  auto more = must(parse_json(changes));
  def.update(more);
  auto value = must(to_task_def(def));
  tasks_[name] = std::make_shared<const task_def>(std::move(value));
}

result<std::string> pure_world::try_start(start_workflow_request request) {
  auto def = request.definition ? request.definition
                                : find_workflow(request.name, request.version);
  if (!def)
    return failure{errc::not_found, "no such workflow"};
  auto populated = engine::populate(*def, *this);
  if (!populated)
    return populated.failure();
  auto head = engine::make_head(request, *populated, workflow_id(), now);
  if (!head)
    return head.failure();
  auto id = head->workflow_id;
  tell(id, command::start{std::move(*head)});
  return id;
}

std::string pure_world::start(std::string_view name, std::string_view input) {
  start_workflow_request request;
  request.name = name;
  request.input = must(payload::parse(input));
  return must(try_start(std::move(request)));
}

engine::decision pure_world::tell(const std::string& id,
                                  workflow_command what) {
  engine::context world{
      now, *this, *this, *this, *this, bounds, engine::no_scripts()};
  auto d = engine::decide(live_[id], what, world);
  for (auto& e : d.events)
    replayed_[id].apply(e);
  run_effects(id, d);
  deliver_letters();
  return d;
}

void pure_world::run_effects(const std::string& id, const engine::decision& d) {
  for (auto& effect : d.effects) {
    if (auto* offer = std::get_if<engine::offer_task>(&effect))
      queues_[offer->row.queue].push_back({offer->row, id});
    if (auto* gone = std::get_if<engine::withdraw_task>(&effect))
      std::erase_if(queues_[gone->row.queue], [&](auto& x) {
        return x.row.task_id == gone->row.task_id
               && x.row.visible_at == gone->row.visible_at;
      });
    if (auto* mail = std::get_if<engine::send_letter>(&effect))
      letters_.push_back(mail->what);
  }
}

void pure_world::deliver_letters() {
  while (!letters_.empty()) {
    auto mail = letters_.front();
    letters_.pop_front();
    if (auto* command = std::get_if<workflow_command>(&mail.what)) {
      if (live_.count(mail.to))
        tell(mail.to, *command);
      continue;
    }
    auto& start = std::get<start_other>(mail.what);
    start_workflow_request request;
    request.name = start.name;
    request.version = start.version;
    request.definition = start.definition;
    request.input = start.input;
    request.task_to_domain = start.task_to_domain;
    request.correlation_id = start.correlation_id;
    request.priority = start.priority;
    auto def = start.definition ? start.definition
                                : find_workflow(start.name, start.version);
    auto refuse = [&](std::string why) {
      if (start.parent_task_id.empty())
        tell(mail.from, command::failure_workflow_not_started{why});
      else
        tell(mail.from,
             command::child_not_started{start.parent_task_id, mail.to, why});
    };
    if (!def) {
      refuse("No such workflow defined. name=" + start.name);
      continue;
    }
    auto populated = engine::populate(*def, *this);
    if (!populated) {
      refuse(populated.failure().message);
      continue;
    }
    auto head = must(engine::make_head(request, *populated, mail.to, now));
    if (!start.parent_task_id.empty()) {
      head.parent_workflow_id = start.parent_workflow_id;
      head.parent_task_id = start.parent_task_id;
    }
    tell(mail.to, command::start{std::move(head)});
  }
}

std::string pure_world::poll(const std::string& queue) {
  auto& rows = queues_[queue];
  std::stable_sort(rows.begin(), rows.end(), [](auto& a, auto& b) {
    return std::tuple(-a.row.priority, a.row.visible_at, a.row.seq)
           < std::tuple(-b.row.priority, b.row.visible_at, b.row.seq);
  });
  for (auto& x : rows)
    if (x.row.visible_at <= now) {
      auto id = x.row.task_id;
      tell(std::string(x.workflow_id), command::hand_out{id, "worker"});
      return id;
    }
  return {};
}

void pure_world::update(const std::string& queue, task_result result) {
  result.task_id = poll(queue);
  if (result.task_id.empty())
    throw std::runtime_error("nothing waits in " + queue);
  for (auto& [id, execution] : live_)
    if (execution.find(result.task_id)) {
      result.workflow_id = id;
      tell(std::string(id), command::update_task{result});
      return;
    }
}

void pure_world::done(const std::string& queue, std::string_view output) {
  task_result result;
  result.status = task_status::completed;
  result.output = must(payload::parse(output));
  update(queue, std::move(result));
}

void pure_world::fail(const std::string& queue, std::string_view reason,
                      task_status status) {
  task_result result;
  result.status = status;
  result.reason = reason;
  update(queue, std::move(result));
}

void pure_world::advance(int64_t ms) {
  auto until = now + ms;
  while (true) {
    int64_t next = 0;
    std::string who;
    for (auto& [id, execution] : live_)
      if (auto at = execution.next_deadline();
          at != 0 && at <= until && (next == 0 || at < next)) {
        next = at;
        who = id;
      }
    if (next == 0)
      break;
    now = std::max(now, next);
    tell(who, command::timer_fired{});
    if (live_[who].next_deadline() == next)
      throw std::runtime_error("a deadline fired and stayed");
  }
  now = until;
}

const task& pure_world::row(const std::string& id,
                            std::string_view reference) const {
  auto* found = live_.at(id).latest(reference);
  if (!found)
    throw std::runtime_error("no row " + std::string(reference));
  return *found;
}

std::string pure_world::status(const std::string& id) const {
  return std::string(to_text(live_.at(id).head().status));
}

std::string pure_world::rows(const std::string& id, bool types) const {
  std::string out;
  for (auto* row : live_.at(id).rows_in_order()) {
    if (!out.empty())
      out += ' ';
    bool system = row->task_type == "FORK" || row->task_type == "JOIN"
                  || row->task_type == "SWITCH" || row->task_type == "DECISION"
                  || row->task_type == "SUB_WORKFLOW"
                  || row->task_type == "WAIT";
    out += system && types ? row->task_type : row->reference_name;
    out += ':';
    out += pure_world_detail::letter_of(row->status);
  }
  return out;
}

std::string pure_world::child(const std::string& id,
                              std::string_view reference) const {
  return row(id, reference).sub_workflow_id;
}

size_t pure_world::waiting(const std::string& queue) const {
  auto it = queues_.find(queue);
  return it == queues_.end() ? 0 : it->second.size();
}

bool pure_world::replay_is_live() const {
  using pure_world_detail::picture;
  for (auto& [id, execution] : live_)
    if (picture(execution) != picture(replayed_.at(id)))
      return false;
  return true;
}

std::string pure_world::workflow_id() {
  ++counter_;
  return make_workflow_id(counter_ * 0x9e3779b97f4a7c15ull, counter_);
}

std::string pure_world::task_id(std::string_view workflow_id) {
  return make_task_id(workflow_id, ++counter_);
}

uint64_t pure_world::random(uint64_t below) { return ++counter_ % below; }

workflow_def_pointer
pure_world::find_workflow(std::string_view name,
                          std::optional<int32_t> version) const {
  auto it = workflows_.find(std::string(name));
  if (it == workflows_.end())
    return nullptr;
  if (version.value_or(0) == 0)
    return it->second.rbegin()->second;
  auto found = it->second.find(*version);
  return found == it->second.end() ? nullptr : found->second;
}

task_def_pointer pure_world::find_task(std::string_view name) const {
  auto it = tasks_.find(std::string(name));
  return it == tasks_.end() ? nullptr : it->second;
}

bool pure_world::active(std::string_view type, std::string_view domain) const {
  auto it = active_domains.find(std::string(type));
  return it != active_domains.end() && it->second == domain;
}

std::optional<std::string> pure_world::system_name(std::string_view) const {
  return std::nullopt;
}

std::optional<std::string> pure_world::variable(std::string_view name) const {
  return name == "REGION" ? std::optional<std::string>("eu") : std::nullopt;
}

} // namespace tutti::test
