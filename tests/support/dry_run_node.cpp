#include "tests/support/dry_run_node.hpp"

#include "actors/gateway/script_check.hpp"

#include "actors/engine/definition/pin_definitions.hpp"
#include "actors/engine/dry_run/dry_run.hpp"
#include "actors/engine/views/rendering.hpp"
#include "actors/idempotent_start/start_coordinator.hpp"
#include "actors/metadata/definition_changes.hpp"
#include "actors/metadata/definition_reads.hpp"
#include "actors/support/unknown.hpp"
#include "actors/workflow/rendering.hpp"
#include "actors/workflow/shard_context.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/ids.hpp"

#include <algorithm>

namespace tutti::test {

namespace dry_run_node_detail {

std::string name_of(const std::string& domain, const std::string& type) {
  return domain.empty() ? type : domain + ':' + type;
}

bool serves(std::string_view queue, std::string_view type) {
  return queue == type
         || (queue.ends_with(type)
             && queue[queue.size() - type.size() - 1] == ':');
}

template <class Rows>
std::string poll_rows(const Rows& rows) {
  std::string out = "[";
  for (auto& x : rows) {
    if (out.size() > 1)
      out += ',';
    write(out, x);
  }
  return out + "]";
}

/// One more property; the closing brace is the caller's.
void add_figure(std::string& to, const std::string& key,
                const std::string& figure) {
  to += to.empty() ? '{' : ',';
  write_string(to, key);
  to += ':' + figure;
}

result<done> without_text(const result<document>& x) {
  if (!x)
    return x.failure();
  return done{};
}

} // namespace dry_run_node_detail

using namespace dry_run_node_detail;

dry_run_node::dry_run_node(options how)
    : how_(std::move(how)), environment_({}, how_.environment),
      world_({ids_, *this, *this, environment_,
              how_.scripts ? *how_.scripts : engine::no_scripts()},
             how_.bounds, 1'750'000'000'000),
      clock_(std::make_shared<clock>([this] { return world_.now; })),
      polls_(clock_, std::chrono::seconds(10)) {
  if (!how_.read_again)
    return;
  world_.on_decision = [this](const std::string& id, const auto& d) {
    stored_.add(id, d, world_.now);
  };
  world_.before_decision = [this](const std::string& id, auto& execution) {
    stored_.read_again(id, execution);
  };
}

void dry_run_node::send(api::gateway_message what) {
  std::visit([this](auto& x) { x.done(on(x.request)); }, what);
}

result<document> dry_run_node::on(test_workflow& x) {
  namespace dry_run = engine::dry_run;
  dry_run::dry_run_ports ports{*definitions_, environment_,
                               how_.scripts ? *how_.scripts
                                            : engine::no_scripts()};
  auto ran = dry_run::dry_run(x.what, ports, how_.bounds, {}, world_.now, 1);
  if (!ran)
    return ran.failure();
  document out;
  if (x.report)
    dry_run::write(out.text, *ran);
  else
    out.text = std::move(ran->execution);
  return out;
}

std::string dry_run_node::take_beyond() { return std::exchange(beyond_, {}); }

template <class Request>
result<typename Request::response> dry_run_node::on(Request&) {
  beyond_ = "a request of this kind needs a node";
  return failure{errc::unavailable, beyond_, {}};
}

// Executions

result<started> dry_run_node::on(start_workflow& x) {
  auto& request = x.what;
  if (request.input && request.input->text().size() > how_.input_bytes_max)
    return failure{errc::too_large, "the input is too large"};
  if (request.idempotency_key.empty()) {
    auto id = world_.start(request);
    if (!id)
      return id.failure();
    return started{std::move(*id)};
  }
  auto name = request.definition ? request.definition->name : request.name;
  auto strategy
      = request.idempotency_strategy.value_or(idempotency_strategy::fail);
  for (uint32_t n = 0;; ++n) {
    auto id = keyed_workflow_id(name, request.idempotency_key, n);
    auto* found = world_.find(id);
    if (!found) {
      auto begun = world_.start(request, id);
      if (!begun)
        return begun.failure();
      return started{std::move(id)};
    }
    auto next = keyed_workflow_id(name, request.idempotency_key, n + 1);
    if (strategy == idempotency_strategy::return_existing) {
      if (!world_.find(next))
        return started{std::move(id)};
    } else if (strategy == idempotency_strategy::fail
               || !is_terminal(found->head().status)) {
      return failure{errc::conflict, "the idempotency key is in use"};
    }
  }
}

result<answer> dry_run_node::on(call_workflow& x) {
  // A task's id leads to its execution, too.
  auto id = x.workflow_id;
  if (!world_.find(id))
    if (auto* owner = world_.owner_of(id))
      id = owner->head().workflow_id;
  return call(id, x.what, x.answer_execution);
}

// Answers like actors/workflow.
result<answer> dry_run_node::call(const std::string& id,
                                  const workflow_command& what,
                                  bool answer_execution) {
  if (!world_.find(id))
    return unknown_workflow(id);
  auto decided = world_.tell(id, what);
  if (decided.refused)
    return *decided.refused;
  auto* execution = world_.find(id);
  answer out;
  out.effective = decided.effective;
  if (auto* row
      = decided.task_id.empty() ? nullptr : execution->find(decided.task_id)) {
    out.task_type = row->task_type;
    out.domain = row->domain;
    out.task_ended = is_terminal(row->status);
  }
  if (answer_execution)
    out.text = engine::render_execution(*execution, true);
  else if (auto* update = std::get_if<command::update_task>(&what))
    out.text = update->result.task_id;
  else if (std::holds_alternative<command::update_by_reference>(what)
           || std::holds_alternative<command::signal>(what))
    out.text = decided.task_id;
  else
    out.text = id;
  return out;
}

result<answer> dry_run_node::on(restart_workflow& x) {
  auto* found = world_.find(x.workflow_id);
  if (!found)
    return unknown_workflow(x.workflow_id);
  command::restart what;
  if (x.use_latest) {
    auto& name = found->head().definition->name;
    auto latest = definitions_->find_workflow(name, std::nullopt);
    if (!latest)
      return failure{errc::not_found, "No such workflow defined. name=" + name};
    auto pinned = engine::pin_definitions(*latest, *this);
    if (!pinned)
      return pinned.failure();
    what.definition = std::move(*pinned);
  }
  return call(x.workflow_id, what, false);
}

result<answer> dry_run_node::on(rerun_workflow& x) {
  auto* found = world_.find(x.workflow_id);
  if (!found)
    return unknown_workflow(x.workflow_id);
  if (x.what.from_task_id.empty())
    return call(x.workflow_id, command::rerun{x.what}, false);
  if (!is_terminal(found->head().status))
    return failure{errc::conflict,
                   "Workflow " + x.workflow_id
                       + " is not in a terminal state, unable to rerun it"};
  auto* owner = world_.owner_of(x.what.from_task_id);
  for (auto* at = owner; at != found;
       at = at ? world_.find(at->head().parent_workflow_id) : nullptr)
    if (!at)
      return failure{errc::invalid, "task " + x.what.from_task_id
                                        + " is not found in workflow "
                                        + x.workflow_id
                                        + " or its sub workflows"};
  auto request = x.what;
  if (owner != found) {
    request.workflow_input.reset();
    request.correlation_id.clear();
  }
  auto id = owner->head().workflow_id;
  auto got = call(id, command::rerun{std::move(request)}, false);
  if (got)
    got->text = x.workflow_id;
  return got;
}

result<done> dry_run_node::on(remove_workflow& x) {
  auto* found = world_.find(x.workflow_id);
  if (!found)
    return unknown_workflow(x.workflow_id);
  auto head = found->head();
  bool ended = is_terminal(head.status);
  if (x.archive && !ended)
    return failure{errc::invalid,
                   "Cannot archive workflow: " + x.workflow_id
                       + " with status: " + std::string(to_text(head.status))};
  if (x.archive)
    return done{};
  world_.remove(x.workflow_id);
  if (!ended && !head.parent_task_id.empty()) {
    command::child_ended end;
    end.task_id = head.parent_task_id;
    end.child_id = x.workflow_id;
    end.status = workflow_status::terminated;
    end.reason = "the execution was removed";
    end.child_name = head.definition->name;
    end.child_version = head.definition->version;
    if (world_.find(head.parent_workflow_id))
      world_.tell(head.parent_workflow_id, std::move(end));
  }
  return done{};
}

result<document> dry_run_node::on(read_execution& x) {
  auto* found = x.what == read_execution::part::task
                    ? world_.owner_of(x.workflow_id)
                    : world_.find(x.workflow_id);
  if (found)
    return render(*found, x, execution_settings{}.answer_bytes_max);
  if (x.what == read_execution::part::task)
    return unknown_task(x.workflow_id);
  return unknown_workflow(x.workflow_id);
}

result<execution_list> dry_run_node::on(list_executions& x) {
  execution_list out;
  for (auto& id : world_.executions()) {
    auto& head = world_.find(id)->head();
    if ((!x.name.empty() && head.definition->name != x.name)
        || (x.version && head.definition->version != *x.version)
        || (x.running_only && is_terminal(head.status))
        || (x.created_from != 0 && head.create_time < x.created_from)
        || (x.created_to != 0 && head.create_time > x.created_to)
        || out.items.size() >= x.count_max)
      continue;
    out.items.push_back({id, head.definition->name, head.definition->version,
                         head.status, head.create_time});
  }
  return out;
}

// Tasks and queues

result<polled> dry_run_node::on(poll_tasks& x) {
  polls_.polled(x.task_type, x.domain, x.worker_id);
  auto queue = name_of(x.domain, x.task_type);
  polled out;
  while (int32_t(out.tasks.size()) < x.count) {
    auto id = world_.poll(queue, x.worker_id);
    if (id.empty())
      break;
    auto* execution = world_.owner_of(id);
    out.tasks.push_back(engine::render_for_worker(
        *execution, *execution->find(id),
        [&](std::string_view name) { return environment_.secret(name); },
        [&](std::string_view name) { return environment_.variable(name); }));
  }
  return out;
}

// Polls do not wait here.
result<done> dry_run_node::on(cancel_poll&) { return done{}; }

result<done> dry_run_node::on(append_task_log& x) {
  world_.append_log({x.log, x.task_id, 0});
  return done{};
}

result<document> dry_run_node::on(read_task_logs& x) {
  document out;
  if (auto* lines = world_.logs_of(x.task_id)) {
    for (auto& line : *lines) {
      out.text += out.text.empty() ? '[' : ',';
      write(out.text, line);
    }
    out.text += ']';
  }
  return out;
}

result<document> dry_run_node::on(read_queue_sizes& x) {
  std::string out;
  for (auto& type : x.task_types)
    add_figure(out, type, std::to_string(world_.waiting().size(type)));
  return document{out.empty() ? "{}" : out + "}"};
}

result<document> dry_run_node::on(read_queue_size& x) {
  auto name = name_of(x.domain, x.task_type);
  if (!x.execution_namespace.empty())
    name += '@' + x.execution_namespace;
  if (!x.isolation_group.empty())
    name += '-' + x.isolation_group;
  return document{std::to_string(world_.waiting().size(name))};
}

result<document> dry_run_node::on(list_queues& x) {
  std::string out;
  for (auto& [name, rows] : world_.waiting().all()) {
    auto size = std::to_string(rows.size());
    add_figure(out, name,
               x.verbose ? "{\"a\":{\"size\":" + size + ",\"uacked\":0}}"
                         : size);
  }
  return document{out.empty() ? "{}" : out + "}"};
}

result<document> dry_run_node::on(read_poll_data& x) {
  return document{x.task_type.empty() ? poll_rows(polls_.all())
                                      : poll_rows(polls_.of(x.task_type))};
}

result<document> dry_run_node::on(requeue_tasks& x) {
  size_t sum = 0;
  for (auto& [name, rows] : world_.waiting().all())
    if (serves(name, x.task_type))
      sum += rows.size();
  return document{std::to_string(sum)};
}

// Definitions

template <class Request, class... Now>
result<document> dry_run_node::change_definitions(const Request& x,
                                                  Now... now) {
  auto decided = change(*definitions_, x, now...);
  if (!decided)
    return decided.failure();
  definitions_ = decided->next;
  return std::move(decided->text);
}

result<document> dry_run_node::on(register_workflows& x) {
  return change_definitions(x, world_.now);
}

result<done> dry_run_node::on(register_tasks& x) {
  return without_text(change_definitions(x, world_.now));
}

result<done> dry_run_node::on(remove_workflow_definition& x) {
  return without_text(change_definitions(x));
}

result<done> dry_run_node::on(remove_task_definition& x) {
  return without_text(change_definitions(x));
}

result<document> dry_run_node::on(read_definitions& x) {
  return read(*definitions_, x);
}

result<std::vector<violation>> dry_run_node::on(check_scripts& x) {
  std::vector<violation> found;
  for (auto& script : x.scripts)
    if (how_.check)
      if (auto broken = broken_script(
              script, how_.check(language_of(script), script.source)))
        found.push_back(std::move(*broken));
  return found;
}

result<done> dry_run_node::on(advance_clock& x) {
  world_.advance_to(world_.now + x.by_ms);
  return done{};
}

// Ports

workflow_def_pointer
dry_run_node::find_workflow(std::string_view name,
                            std::optional<int32_t> version) const {
  return definitions_->find_workflow(name, version);
}

task_def_pointer dry_run_node::find_task(std::string_view name) const {
  return definitions_->find_task(name);
}

bool dry_run_node::active(std::string_view type,
                          std::string_view domain) const {
  return polls_.active(type, domain);
}

} // namespace tutti::test
