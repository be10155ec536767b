#include "tests/reference/expressions.hpp"
#include "tests/reference/model.hpp"

#include <algorithm>
#include <sstream>

namespace tutti::reference {

/// reference:execution#completion
json model::output_of(execution& w) {
  for (auto& t : w.rows)
    if (t->type == "TERMINATE" && t->status == "COMPLETED")
      return t->output;
  auto& wanted = at(w.def, "outputParameters");
  if (wanted.is_object() && !wanted.empty())
    return substitute(wanted, w);
  const row* last = nullptr;
  for (auto& t : w.rows)
    if (!last || t->seq >= last->seq)
      last = t.get();
  return last ? last->output : w.output;
}

void model::record_failures(execution& w) {
  auto add = [](std::vector<std::string>& to, const std::string& x) {
    if (std::find(to.begin(), to.end(), x) == to.end())
      to.push_back(x);
  };
  w.failed_refs.clear();
  w.failed_names.clear();
  for (auto& t : w.rows)
    if (t->status == "FAILED" || t->status == "FAILED_WITH_TERMINAL_ERROR") {
      add(w.failed_refs, t->ref);
      add(w.failed_names, t->name);
    }
}

void model::cancel_open(execution& w) {
  for (auto& t : w.rows)
    if (is_open(*t))
      cancel(w, *t);
}

void model::cancel(execution& w, row& t) {
  finish(t, "CANCELED");
  // Requested by this very decision: the start is withdrawn.
  if (t.asked_in == w.version && t.asked_in != 0) {
    t.started = 0;
    t.start_taken_back = true;
  }
  if (t.type == "SUB_WORKFLOW")
    cancel_child(w, t);
}

void model::complete(execution& w) {
  const row* terminate = nullptr;
  for (auto& t : w.rows)
    if (!terminate && t->type == "TERMINATE" && t->status == "COMPLETED")
      terminate = t.get();
  if (!terminate)
    return end(w, {"COMPLETED", "", ""});
  auto status = text_at(terminate->input, "terminationStatus");
  auto said = text_at(terminate->input, "terminationReason");
  if (said.empty())
    said = "Workflow is " + status + " by TERMINATE task: " + terminate->id;
  end(w, {status, said, status == "COMPLETED" ? "" : terminate->id});
}

/// reference:execution#ending. A `task` of "-" means: ended from outside, by an
/// operator or parent.
void model::end(execution& w, const ending& how) {
  look_at_joins(w);
  w.output = output_of(w);
  record_failures(w);
  w.status = how.status;
  w.reason = how.reason;
  w.ended = now;
  w.inbox.clear();
  bool from_outside = how.task == "-";
  if (!from_outside && w.failed_task.empty())
    w.failed_task = how.task;
  cancel_open(w);
  if (!w.parent.empty())
    post([this, id = w.id] { child_ended(id); });
  if (how.status != "COMPLETED" && !from_outside)
    start_failure_workflow(w);
}

/// reference:execution#failure-workflow
void model::start_failure_workflow(execution& w) {
  auto name = text_at(w.def, "failureWorkflow");
  if (name.rfind("$workflow.input.", 0) == 0)
    name = text_at(w.input, name.substr(16).c_str());
  if (name.empty())
    return;
  auto def = find_definition(name, at(w.def, "failureWorkflowVersion"));
  if (!def || pin_definitions((*def)["tasks"])) {
    w.output["conductor.failure_workflow"] = "*";
    return;
  }
  auto input = w.input;
  input["workflowId"] = w.id;
  input["reason"] = w.reason;
  input["failureStatus"] = w.status;
  if (!w.failed_task.empty())
    input["failureTaskId"] = w.failed_task;
  auto id = create(*def, std::move(input), w.correlation, "", "");
  w.output["conductor.failure_workflow"] = id;
  post([this, id] { decide(*find(id)); });
}

} // namespace tutti::reference
