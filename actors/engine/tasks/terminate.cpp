#include "actors/engine/features/secret_mask.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/tasks/kinds.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace terminate_detail {

/// Ends the execution with the status it names (reference:terminate).
class terminate final : public task_kind {
 public:
  terminate() : task_kind({.ends_execution = true, .ends_by_itself = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    t.execute_later(add_in_progress(t, where, "TERMINATE"));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    auto input = execution_input(t, t.row(i));
    auto text = json_member_text(input.json(), "terminationStatus");
    workflow_status status;
    if (text == "COMPLETED")
      status = workflow_status::completed;
    else if (text == "FAILED")
      status = workflow_status::failed;
    else if (text == "TERMINATED")
      status = workflow_status::terminated;
    else
      return t.finish_row(i, task_status::failed, {},
                          "given termination status is not valid: '" + text
                              + "'");

    payload output;
    if (auto* value = json_member(input.json(), "workflowOutput"))
      output = value->is_object() ? payload(*value)
                                  : payload(nlohmann::json{{"output", *value}});
    secret_mask mask(t.row(i), t.context().env);
    if (status != workflow_status::completed)
      output = mask.hide(output);
    t.finish_row(i, task_status::completed, output);
    auto* reason = json_member(input.json(), "terminationReason");
    t.end_after_round({status,
                       reason ? mask.hide(to_plain_text(*reason))
                              : "Workflow is " + text
                                    + " by TERMINATE task: " + t.row(i).task_id,
                       t.row(i).task_id, output});
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    reopen(t, i);
  }

  void check(const task_check& c) const override {
    if (c.task.optional)
      c.broken("a TERMINATE task cannot be optional");
    auto status = c.input("terminationStatus");
    if (status != "COMPLETED" && status != "FAILED" && status != "TERMINATED")
      c.broken("inputParameters.terminationStatus must be COMPLETED, FAILED or "
               "TERMINATED");
  }
};

} // namespace terminate_detail

const task_kind& terminate_kind() {
  static const terminate_detail::terminate kind;
  return kind;
}

} // namespace tutti::engine
