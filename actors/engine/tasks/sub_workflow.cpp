#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/decision/requested_start.hpp"
#include "actors/engine/features/caching.hpp"
#include "actors/engine/features/slots.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/views/explain.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/saturating.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace sub_workflow_detail {

using nlohmann::json;

json resolve_text(const decision_builder& t, const std::string& text,
                  std::string_view task_id) {
  return resolve(t, json(text), task_id);
}

/// The task's settings, resolved, as its row shows them.
json input_of(const decision_builder& t, const workflow_task& task,
              const payload& workflow_input, std::string_view task_id) {
  auto& params = *task.sub_workflow;
  json input = json::object();
  input["workflowInput"] = workflow_input.json();
  if (params.definition) {
    std::string text;
    write(text, *params.definition);
    input["subWorkflowDefinition"] = payload::trusted(std::move(text)).json();
    input["subWorkflowName"] = params.definition->name;
    input["subWorkflowVersion"] = params.definition->version;
  } else if (!params.definition_expression.empty()) {
    input["subWorkflowDefinition"]
        = resolve_text(t, params.definition_expression, task_id);
  }
  if (!params.definition) {
    if (!params.name.empty())
      input["subWorkflowName"] = resolve_text(t, params.name, task_id);
    if (params.version)
      input["subWorkflowVersion"] = *params.version;
  }
  if (params.task_to_domain) {
    json domains = json::object();
    for (auto& [key, value] : *params.task_to_domain)
      domains[key] = resolve_text(t, value, task_id);
    input["subWorkflowTaskToDomain"] = std::move(domains);
  }
  if (params.priority)
    input["priority"] = resolve(t, params.priority->json(), task_id);
  if (!params.idempotency_key.empty())
    input["idempotencyKey"] = resolve_text(t, params.idempotency_key, task_id);
  if (params.idempotency_strategy)
    input["idempotencyStrategy"]
        = std::string(to_text(*params.idempotency_strategy));
  return input;
}

int32_t number_at(const json& input, const char* key) {
  return saturated<int32_t>(json_member_number(input, key).value_or(0));
}

/// A child execution (reference:sub-workflow, reference:sub-workflow#life). Its
/// id is chosen with the attempt, so that a repeated start finds the child
/// instead of creating another one.
class sub_workflow final : public task_kind {
 public:
  sub_workflow()
      : task_kind({.attempts_in_turn = true,
                   .uses_cache = true,
                   .rerun_alone = true,
                   .awaits = awaited::child}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    auto& definition = *where.task;
    if (!definition.sub_workflow)
      return t.end(
          {workflow_status::failed,
           "Task " + definition.reference_name
               + " is defined as sub-workflow and is missing "
                 "subWorkflowParam. Please check the workflow definition",
           {},
           {}});
    auto row = t.new_row(where, "SUB_WORKFLOW");
    auto workflow_input = resolve_input(t, where, row.task_id, false);
    row.input = payload(input_of(t, definition, workflow_input, row.task_id));
    row.callback_after_seconds = definition.start_delay_seconds;
    if (add_from_cache(t, row))
      return;
    auto i = t.add(std::move(row));
    attempt(t, i, ms_of_seconds(definition.start_delay_seconds));
  }

  // Children requested in one decision are requested in row order.

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    due(t, i);
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    if (t.row(i).status == task_status::scheduled)
      start(t, i);
  }

  // The new child starts at once, so that an operator sees it
  // (reference:operators); while the execution waits for a slot, the slot
  // starts it. The output names the child when it has answered: the start may
  // still be withdrawn or refused.
  void reopen(decision_builder& t,
              decision_builder::row_index i) const override {
    start(t, i);
    if (is_terminal(t.row(i).status) || t.row(i).sub_workflow_id.empty())
      return;
    auto change = t.edit(i);
    change.status = task_status::in_progress;
    t.emit(std::move(change));
  }

  payload input_of_attempt(const decision_builder& t,
                           const task& next) const override {
    auto input = next.input.json();
    auto fresh = resolve_input(t, *next.definition, next.task_id, false);
    if (!fresh.is_empty_object() && input.is_object()) {
      auto merged = input.value("workflowInput", json::object());
      if (!merged.is_object())
        merged = json::object();
      for (auto& [key, value] : fresh.json().items())
        merged[key] = value;
      input["workflowInput"] = std::move(merged);
    }
    return payload(std::move(input));
  }

  void cancel(decision_builder& t,
              decision_builder::row_index i) const override {
    auto& row = t.row(i);
    if (row.sub_workflow_id.empty())
      return;
    if (t.take_back_start(row.sub_workflow_id)) {
      auto change = t.edit(i);
      change.sub_workflow_id = std::string();
      change.output = payload();
      change.start_time = 0;
      return t.emit(std::move(change));
    }
    auto& head = t.head();
    command::terminate stop;
    stop.by_parent = true;
    stop.parent_task_id = row.task_id;
    stop.reason
        = !is_terminal(head.status)
              ? "Parent workflow has canceled task " + row.reference_name
          : head.reason.empty()
              ? "Parent workflow has been terminated with status "
                    + std::string(to_text(head.status))
              : "Parent workflow has been terminated with reason: "
                    + head.reason;
    t.send({row.sub_workflow_id, {}, workflow_command{std::move(stop)}});
  }

  // The child continues where it is. A running child ignores this; one that has
  // nothing to retry, or is gone, reports its end again.
  void revive(decision_builder& t,
              decision_builder::row_index i) const override {
    if (t.row(i).sub_workflow_id.empty())
      return task_kind::revive(t, i);
    command::retry again;
    again.by_parent = true;
    again.task_id = t.row(i).task_id;
    auto child = t.row(i).sub_workflow_id;
    wait_again(t, i);
    t.send({child, {}, workflow_command{again}});
  }

  // The row's input contains the settings, too: the given input is the child's,
  // unless it contains settings.
  payload rerun_input(const task& row, const payload& given) const override {
    if (!given.json().is_object() || given.json().contains("subWorkflowName")
        || given.json().contains("subWorkflowDefinition"))
      return given;
    auto input = row.input.json();
    input["workflowInput"] = given.json();
    return payload(std::move(input));
  }

  void explain(nlohmann::json& out, const state& execution,
               const task& row) const override {
    if (row.sub_workflow_id.empty())
      return task_kind::explain(out, execution, row);
    out["subWorkflowId"] = row.sub_workflow_id;
    say(out, "CHILD", "waits for the end of its child " + row.sub_workflow_id);
  }

  void check(const task_check& c) const override {
    c.required(c.task.sub_workflow.has_value(), "subWorkflowParam");
  }

 private:
  static void fail(decision_builder& t, decision_builder::row_index i,
                   std::string reason) {
    t.finish_row(i, task_status::failed, {}, std::move(reason));
  }

  static void start(decision_builder& t, decision_builder::row_index i) {
    if (waits_for_slot(t.head())) {
      auto change = t.edit(i);
      change.due_at = t.now();
      return t.emit(std::move(change));
    }
    auto row = t.row(i);
    auto& input = row.input.json();
    start_other start;
    if (auto it = input.find("subWorkflowDefinition");
        it != input.end() && !it->is_null()) {
      auto inline_definition = row.definition->sub_workflow
                                   ? row.definition->sub_workflow->definition
                                   : nullptr;
      if (inline_definition) {
        start.definition = inline_definition;
      } else {
        auto read
            = it->is_object()
                  ? to_workflow_def(*it)
                  : result<workflow_def>(failure{
                      errc::invalid, "workflowDefinition is not an object"});
        if (!read)
          return fail(t, i,
                      "the definition of sub-workflow '" + row.reference_name
                          + "' cannot be read: " + read.failure().message);
        start.definition
            = std::make_shared<const workflow_def>(std::move(*read));
      }
    }
    start.name = json_member_text(input, "subWorkflowName");
    if (start.definition)
      start.name = start.definition->name;
    if (start.name.empty())
      return fail(t, i,
                  "sub-workflow '" + row.reference_name + "' has no name");
    auto depth = depth_of_next(t.head(), start.name, t.context().bounds);
    if (!depth)
      return t.finish_row(i, task_status::failed_with_terminal_error, {},
                          depth.failure().message);
    start.depth = *depth;
    if (input.contains("subWorkflowVersion"))
      start.version = number_at(input, "subWorkflowVersion");

    auto child_input = input.value("workflowInput", json::object());
    if (!child_input.is_object() || child_input.empty())
      child_input = input;
    if (start.definition)
      child_input["_systemMetadata"] = {{"dynamic", true}};
    start.input = payload(std::move(child_input));

    start.task_to_domain = t.head().task_to_domain;
    if (auto it = input.find("subWorkflowTaskToDomain");
        it != input.end() && it->is_object()) {
      start.task_to_domain.clear();
      for (auto& [key, value] : it->items())
        start.task_to_domain[key] = to_plain_text(value);
    }
    start.correlation_id = t.head().correlation_id;
    start.priority = number_at(input, "priority");
    start.idempotency_key = json_member_text(input, "idempotencyKey");
    start.idempotency_strategy = from_text<idempotency_strategy>(
        json_member_text(input, "idempotencyStrategy"));
    ask_for_start(t, i, std::move(start));
  }
};

} // namespace sub_workflow_detail

const task_kind& sub_workflow_kind() {
  static const sub_workflow_detail::sub_workflow kind;
  return kind;
}

} // namespace tutti::engine
