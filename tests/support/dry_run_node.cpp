#include "tests/support/dry_run_node.hpp"

#include "actors/gateway/script_check.hpp"

#include "actors/engine/definition/pin_definitions.hpp"
#include "actors/engine/dry_run/dry_run.hpp"
#include "actors/engine/views/rendering.hpp"
#include "actors/idempotent_start/start_coordinator.hpp"
#include "actors/metadata/definition_changes.hpp"
#include "actors/metadata/definition_reads.hpp"
#include "actors/workflow/rendering.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/ids.hpp"

#include <algorithm>

namespace tutti::test {

namespace dry_run_node_detail {

answer text_answer(std::string text) {
  answer out;
  out.text = std::move(text);
  return out;
}

failure unknown(const std::string& id) {
  return {errc::not_found, "Workflow with Id: " + id + " not found"};
}

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

void dry_run_node::send(rest::gateway_message what) {
  std::visit([this](auto& x) { on(x); }, what);
}

void dry_run_node::test(test_workflow what) {
  namespace dry_run = engine::dry_run;
  dry_run::dry_run_ports ports{*definitions_, environment_,
                               how_.scripts ? *how_.scripts
                                            : engine::no_scripts()};
  auto ran
      = dry_run::dry_run(what.request, ports, how_.bounds, {}, world_.now, 1);
  if (!ran)
    return what.done(ran.failure());
  answer out;
  if (what.report)
    dry_run::write(out.text, *ran);
  else
    out.text = std::move(ran->execution);
  what.done(std::move(out));
}

std::string dry_run_node::take_beyond() { return std::exchange(beyond_, {}); }

template <class Message>
void dry_run_node::on(Message& x) {
  beyond_ = "a request of this kind needs a node";
  x.done(failure{errc::unavailable, beyond_, {}});
}

// Executions

void dry_run_node::on(start_workflow& x) {
  x.done(begin(std::move(x.request)));
}

result<answer> dry_run_node::begin(start_workflow_request request) {
  if (request.input && request.input->text().size() > how_.input_bytes_max)
    return failure{errc::too_large, "the input is too large"};
  if (request.idempotency_key.empty()) {
    auto id = world_.start(request);
    if (!id)
      return id.failure();
    return text_answer(std::move(*id));
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
      return text_answer(std::move(id));
    }
    auto next = keyed_workflow_id(name, request.idempotency_key, n + 1);
    if (strategy == idempotency_strategy::return_existing) {
      if (!world_.find(next))
        return text_answer(std::move(id));
    } else if (strategy == idempotency_strategy::fail
               || !is_terminal(found->head().status)) {
      return failure{errc::conflict, "the idempotency key is in use"};
    }
  }
}

void dry_run_node::on(call_workflow& x) {
  // A task's id leads to its execution, too.
  auto id = x.workflow_id;
  if (!world_.find(id))
    if (auto* owner = world_.owner_of(id))
      id = owner->head().workflow_id;
  x.done(call(id, x.what, x.answer_execution));
}

// Answers like actors/workflow.
result<answer> dry_run_node::call(const std::string& id,
                                  const workflow_command& what,
                                  bool answer_execution) {
  if (!world_.find(id))
    return unknown(id);
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

void dry_run_node::on(restart_workflow& x) {
  auto* found = world_.find(x.workflow_id);
  if (!found)
    return x.done(unknown(x.workflow_id));
  command::restart what;
  if (x.use_latest) {
    auto& name = found->head().definition->name;
    auto latest = definitions_->find_workflow(name, std::nullopt);
    if (!latest)
      return x.done(
          failure{errc::not_found, "No such workflow defined. name=" + name});
    auto pinned = engine::pin_definitions(*latest, *this);
    if (!pinned)
      return x.done(pinned.failure());
    what.definition = std::move(*pinned);
  }
  x.done(call(x.workflow_id, what, false));
}

void dry_run_node::on(rerun_workflow& x) { x.done(rerun(x)); }

result<answer> dry_run_node::rerun(const rerun_workflow& x) {
  auto* found = world_.find(x.workflow_id);
  if (!found)
    return unknown(x.workflow_id);
  if (x.request.from_task_id.empty())
    return call(x.workflow_id, command::rerun{x.request}, false);
  if (!is_terminal(found->head().status))
    return failure{errc::conflict,
                   "Workflow " + x.workflow_id
                       + " is not in a terminal state, unable to rerun it"};
  auto* owner = world_.owner_of(x.request.from_task_id);
  for (auto* at = owner; at != found;
       at = at ? world_.find(at->head().parent_workflow_id) : nullptr)
    if (!at)
      return failure{errc::invalid, "task " + x.request.from_task_id
                                        + " is not found in workflow "
                                        + x.workflow_id
                                        + " or its sub workflows"};
  auto request = x.request;
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

void dry_run_node::on(remove_workflow& x) { x.done(remove(x)); }

result<answer> dry_run_node::remove(const remove_workflow& x) {
  auto* found = world_.find(x.workflow_id);
  if (!found)
    return unknown(x.workflow_id);
  auto head = found->head();
  bool ended = is_terminal(head.status);
  if (x.archive && !ended)
    return failure{errc::invalid,
                   "Cannot archive workflow: " + x.workflow_id
                       + " with status: " + std::string(to_text(head.status))};
  if (x.archive)
    return text_answer(x.workflow_id);
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
  return text_answer(x.workflow_id);
}

void dry_run_node::on(read_execution& x) {
  auto* found = x.what == read_execution::part::task
                    ? world_.owner_of(x.workflow_id)
                    : world_.find(x.workflow_id);
  if (found)
    x.done(render(*found, x));
  else if (x.what == read_execution::part::task)
    x.done(failure{errc::not_found,
                   "Task not found for taskId: " + x.workflow_id});
  else
    x.done(unknown(x.workflow_id));
}

void dry_run_node::on(list_executions& x) {
  std::string out = "[";
  size_t count = 0;
  for (auto& id : world_.executions()) {
    auto& head = world_.find(id)->head();
    if ((!x.name.empty() && head.definition->name != x.name)
        || (x.version && head.definition->version != *x.version)
        || (x.running_only && is_terminal(head.status))
        || (x.created_from != 0 && head.create_time < x.created_from)
        || (x.created_to != 0 && head.create_time > x.created_to)
        || count++ >= x.count_max)
      continue;
    if (out.size() > 1)
      out += ',';
    if (!x.summaries) {
      write_string(out, id);
      continue;
    }
    out += "{\"workflowId\":";
    write_string(out, id);
    out += ",\"workflowType\":";
    write_string(out, head.definition->name);
    out += ",\"version\":" + std::to_string(head.definition->version);
    out += ",\"status\":";
    write_string(out, to_text(head.status));
    out += ",\"createTime\":" + std::to_string(head.create_time) + "}";
  }
  x.done(text_answer(out + "]"));
}

// Tasks and queues

void dry_run_node::on(poll_tasks& x) {
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
  x.done(std::move(out));
}

void dry_run_node::on(append_task_log& x) {
  world_.append_log({x.log, x.task_id, 0});
  x.done(answer{});
}

void dry_run_node::on(read_task_logs& x) {
  answer out;
  if (auto* lines = world_.logs_of(x.task_id)) {
    for (auto& line : *lines) {
      out.text += out.text.empty() ? '[' : ',';
      write(out.text, line);
    }
    out.text += ']';
  }
  x.done(std::move(out));
}

void dry_run_node::on(queue_query& x) {
  using kind = queue_query::kind;
  auto& waiting = world_.waiting();
  auto named = [&](const std::string& type) {
    auto out = name_of(x.domain, type);
    if (!x.execution_namespace.empty())
      out += '@' + x.execution_namespace;
    if (!x.isolation_group.empty())
      out += '-' + x.isolation_group;
    return out;
  };
  std::string out;
  auto add = [&](const std::string& key, std::string figure) {
    out += out.empty() ? '{' : ',';
    write_string(out, key);
    out += ':' + figure;
  };
  auto type = x.task_types.empty() ? std::string() : x.task_types.front();
  switch (x.what) {
    case kind::sizes:
      for (auto& one : x.task_types)
        add(one, std::to_string(waiting.size(named(one))));
      break;
    case kind::all:
      for (auto& [name, rows] : waiting.all())
        add(name, std::to_string(rows.size()));
      break;
    case kind::all_verbose:
      for (auto& [name, rows] : waiting.all())
        add(name, "{\"a\":{\"size\":" + std::to_string(rows.size())
                      + ",\"uacked\":0}}");
      break;
    case kind::size:
      return x.done(text_answer(std::to_string(waiting.size(named(type)))));
    case kind::poll_data:
      return x.done(text_answer(poll_rows(polls_.of(type))));
    case kind::all_poll_data:
      return x.done(text_answer(poll_rows(polls_.all())));
    case kind::details:
      return x.done(failure{errc::unavailable, "limits are a node's to count"});
    case kind::requeue: {
      size_t sum = 0;
      for (auto& [name, rows] : waiting.all())
        if (serves(name, type))
          sum += rows.size();
      return x.done(text_answer(std::to_string(sum)));
    }
  }
  x.done(text_answer(out.empty() ? "{}" : out + "}"));
}

// Definitions

void dry_run_node::on(register_workflows& x) {
  auto decided = change(*definitions_, x, world_.now);
  if (!decided)
    return x.done(decided.failure());
  definitions_ = decided->next;
  x.done(std::move(decided->text));
}

void dry_run_node::on(register_tasks& x) {
  auto decided = change(*definitions_, x, world_.now);
  if (!decided)
    return x.done(decided.failure());
  definitions_ = decided->next;
  x.done(std::move(decided->text));
}

void dry_run_node::on(remove_definition& x) {
  auto decided = change(*definitions_, x);
  if (!decided)
    return x.done(decided.failure());
  definitions_ = decided->next;
  x.done(std::move(decided->text));
}

void dry_run_node::on(read_definitions& x) { x.done(read(*definitions_, x)); }

void dry_run_node::on(check_scripts& x) {
  std::vector<violation> found;
  for (auto& script : x.scripts)
    if (how_.check)
      if (auto broken = broken_script(
              script, how_.check(language_of(script), script.source)))
        found.push_back(std::move(*broken));
  x.done(std::move(found));
}

void dry_run_node::on(advance_clock& x) {
  world_.advance_to(world_.now + x.by_ms);
  x.done(text_answer(std::to_string(world_.now)));
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
