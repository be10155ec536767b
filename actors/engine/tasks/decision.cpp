#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/tasks/script_task.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace decision_detail {

/// The older form of SWITCH (reference:decision).
class decision final : public task_kind {
 public:
  decision()
      : task_kind({.built_in = true,
                   .chooses_branches = true,
                   .names_case = true,
                   .ends_by_itself = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    auto& definition = *where.task;
    auto row = t.new_row(where, "DECISION");
    row.task_def_name = "DECISION";
    auto input = resolve_input(t, where, row.task_id, false);
    std::string value = "null";
    if (!definition.case_expression.empty()) {
      auto out = run_script(t, script_language::javascript,
                            definition.case_expression, input);
      if (out.what != script_result::kind::value)
        return fail(t, definition, out);
      value = to_plain_text(out.value.json());
    } else if (auto& values = input.json(); values.is_object()) {
      if (auto it = values.find(*definition.case_value_param);
          it != values.end())
        value = to_plain_text(*it);
    }

    // Absent or empty: the default case.
    const std::vector<workflow_task>* branch = nullptr;
    for (auto& [name, tasks] : definition.decision_cases)
      if (name == value && !tasks.empty())
        branch = &tasks;
    if (!branch)
      branch = &definition.default_case;

    nlohmann::json shown = {{"case", value}};
    add_choice(t, where, std::move(row), std::move(shown),
               nlohmann::json{{"caseOutput", nlohmann::json::array({value})}},
               *branch);
  }

  bool may_run_scripts(const workflow_task& x) const override {
    return !x.case_expression.empty();
  }

  void check(const task_check& c) const override {
    auto& x = c.task;
    if (x.case_value_param.empty() && x.case_expression.empty())
      c.broken("caseValueParam or caseExpression is required");
    if (x.decision_cases.empty())
      c.broken("decisionCases needs at least one case");
  }

  std::vector<written_script> scripts(const workflow_task& x) const override {
    return {{"caseExpression", *x.case_expression}};
  }

 private:
  // Without a row, as upstream. The reason says when it was not the script's
  // fault.
  static void fail(decision_builder& t, const workflow_task& definition,
                   const script_result& why) {
    auto reason
        = "Error while evaluating script: " + *definition.case_expression;
    if (why.what != script_result::kind::error)
      reason += " (" + why.error + ")";
    t.end({workflow_status::failed, std::move(reason), {}, {}});
  }
};

} // namespace decision_detail

const task_kind& decision_kind() {
  static const decision_detail::decision kind;
  return kind;
}

} // namespace tutti::engine
