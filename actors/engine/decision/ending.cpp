#include "actors/engine/commands/attach.hpp"
#include "actors/engine/decision/requested_start.hpp"
#include "actors/engine/definition/schema/contract.hpp"
#include "actors/engine/features/caching.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_kind.hpp"
#include "actors/engine/views/rendering.hpp"
#include "messages/model/codec.hpp"

#include <nlohmann/json.hpp>

#include <string_view>
#include <unordered_set>

// How executions end: reference:execution#ending,
// reference:execution#completion, reference:execution#failure-workflow,
// reference:sub-workflow#life.

namespace tutti::engine {

namespace ending_detail {

struct failed_names {
  std::vector<std::string> references, names;
};

failed_names failures_of(const state& execution) {
  failed_names out;
  std::unordered_set<std::string_view> references, names;
  auto add = [](auto& list, auto& seen, const std::string& name) {
    if (seen.insert(name).second)
      list.push_back(name);
  };
  for (auto& row : execution.rows())
    if (row.status == task_status::failed
        || row.status == task_status::failed_with_terminal_error) {
      add(out.references, references, row.reference_name);
      add(out.names, names, row.task_def_name);
    }
  return out;
}

std::optional<payload> output_of(const decision_builder& t) {
  for (auto& row : t.execution().rows())
    if (traits_of(row).ends_execution && row.status == task_status::completed)
      return row.output;
  auto& parameters = t.head().definition->output_parameters;
  if (!parameters.is_empty_object())
    return resolve_output(t, parameters);
  const task* last = nullptr;
  for (auto& row : t.execution().rows())
    if (!last || row.seq >= last->seq)
      last = &row;
  if (!last)
    return std::nullopt;
  return t.execution().visible_output(*last);
}

/// The name, or the value that `$workflow.input.<key>` names; empty: none.
std::string failure_workflow_name(const workflow& head) {
  auto& name = head.definition->failure_workflow;
  if (name.empty() || name[0] != '$')
    return name;
  auto first = name.find('.');
  auto second = first == name.npos ? name.npos : name.find('.', first + 1);
  if (second == name.npos)
    return {};
  auto third = name.find('.', second + 1);
  auto key = name.substr(second + 1,
                         third == name.npos ? third : third - second - 1);
  return json_member_text(head.input.json(), key);
}

uint64_t largest_input(const decision_builder& t) {
  return std::min<uint64_t>(t.context().bounds.workflow_input_bytes_max,
                            t.context().bounds.commit_bytes_max / 16);
}

/// As clients see it (masked): it becomes the input of the failure workflow.
/// Without its tasks, and at last nothing, when it is too large for an input.
nlohmann::json whole_execution(const decision_builder& t) {
  auto most = largest_input(t);
  if (t.head().input.text().size() > most)
    return nullptr;
  for (bool tasks : {true, false}) {
    if (tasks && t.execution().bytes() > most)
      continue;
    auto text = render_execution(t.execution(), tasks);
    if (text.size() + t.head().input.text().size() <= most)
      return payload::trusted(std::move(text)).json();
  }
  return nullptr;
}

void start_failure_workflow(decision_builder& t, std::string name,
                            std::string id, int32_t depth, const ending& how) {
  auto input = nlohmann::json::object();
  if (auto& given = t.head().input;
      given.text().size() <= largest_input(t) && given.json().is_object())
    input = given.json();
  input["workflowId"] = t.head().workflow_id;
  input["reason"] = how.reason;
  input["failureStatus"] = std::string(to_text(t.head().status));
  if (!t.head().failed_task_id.empty())
    input["failureTaskId"] = t.head().failed_task_id;
  input["failedWorkflow"] = whole_execution(t);

  start_other start;
  start.workflow_id = id;
  start.name = std::move(name);
  start.version = t.head().definition->failure_workflow_version;
  start.input = payload(std::move(input));
  start.correlation_id = t.head().correlation_id;
  start.task_to_domain = t.head().task_to_domain;
  start.parent_workflow_id = t.head().workflow_id;
  start.depth = depth;
  start.family = family_of(t.head());
  t.send({id, {}, std::move(start)});
}

} // namespace ending_detail

// Permissive failures let the other tasks finish and count at the end.
std::string permissive_failures(const state& execution) {
  std::string out;
  for (auto& row : execution.rows())
    if (row.definition->permissive && !row.definition->optional && !row.retried
        && is_terminal(row.status) && !is_successful(row.status)
        && execution.latest(row.reference_name) == &row
        && !was_passed_over(execution, row)) {
      if (!out.empty())
        out += ". ";
      out += "Task " + row.task_id
             + " failed with status: " + std::string(to_text(row.status))
             + " and reason: '" + row.reason + "'";
    }
  return out;
}

void cancel_open_rows(decision_builder& t) {
  if (t.execution().open_rows() == 0)
    return;
  for (decision_builder::row_index i = 0; i < t.execution().rows().size();
       ++i) {
    if (is_terminal(t.row(i).status))
      continue;
    kind_of(t.row(i)).cancel(t, i);
    t.finish_row(i, task_status::canceled);
  }
}

void decision_builder::finish() {
  using namespace ending_detail;
  auto how = std::move(*ending_);
  at_ = {}; // outputParameters are resolved outside of all loops
  budget_.steps.begin_value();
  begin_text(bounds::workflow_output);
  auto output = how.output ? how.output : output_of(*this);
  // It is written with the answer to the parent and the start of the failure
  // workflow, in the part of a commit that is kept for the end.
  auto most = std::min(context_.bounds.workflow_output_bytes_max,
                       context_.bounds.commit_bytes_max / 16);
  auto size
      = std::max<uint64_t>(budget_.text.exceeded() ? budget_.text.used() : 0,
                           output ? output->text().size() : 0);
  if (size > most) {
    if (how.status == workflow_status::completed)
      how.status = workflow_status::failed;
    how.reason = (how.reason.empty() ? "" : how.reason + "; ")
                 + at_bound(bounds::workflow_output, size, most);
    output = payload();
  }
  auto fail = [&how](std::string why) {
    how.status = workflow_status::failed;
    how.reason = std::move(why);
  };
  if (how.status == workflow_status::completed) {
    if (budget_.steps.refused())
      fail("outputParameters of workflow '" + head().definition->name
           + "': " + budget_.steps.sentence());
    else if (auto why
             = output_misfit(*head().definition,
                             output ? *output : head().output, &budget_.steps))
      fail(std::move(*why));
  }
  if (auto* which = budget_.steps.refused())
    out_.reached.push_back(which);
  bool failed = how.status != workflow_status::completed;

  auto names = failures_of(execution_);
  workflow_changed change;
  change.previous_status = head().status;
  change.status = how.status;
  change.end_time = change.update_time = now();
  change.output = std::move(output);
  change.failed_reference_names = std::move(names.references);
  change.failed_task_names = std::move(names.names);
  if (!how.reason.empty())
    change.reason = how.reason;
  if (failed && head().failed_task_id.empty() && !how.task_id.empty())
    change.failed_task_id = how.task_id;

  std::string failure_name, failure_id;
  int32_t failure_depth = 0;
  if (failed && how.failure_workflow)
    failure_name = failure_workflow_name(head());
  if (!failure_name.empty()) {
    auto depth = depth_of_next(head(), failure_name, context_.bounds);
    if (depth) {
      failure_depth = *depth;
      failure_id = context_.ids.workflow_id();
    }
    auto output = change.output ? change.output->json() : head().output.json();
    if (!output.is_object())
      output = nlohmann::json::object();
    output["conductor.failure_workflow"]
        = depth ? failure_id : depth.failure().message;
    change.output = payload(std::move(output));
  }
  emit(std::move(change));
  if (!head().inbox.empty())
    emit(inbox_changed{int32_t(head().inbox.size()), {}});
  cancel_open_rows(*this);
  keep_workflow_output(*this);
  tell_end(*this);
  if (!failure_id.empty())
    start_failure_workflow(*this, std::move(failure_name), failure_id,
                           failure_depth, how);
}

void revive_parent(decision_builder& t, std::string verb) {
  if (t.head().parent_workflow_id.empty())
    return;
  command::child_revived revived;
  revived.task_id = t.head().parent_task_id;
  revived.child_id = t.head().workflow_id;
  revived.verb = std::move(verb);
  t.send(
      {t.head().parent_workflow_id, {}, workflow_command{std::move(revived)}});
}

} // namespace tutti::engine
