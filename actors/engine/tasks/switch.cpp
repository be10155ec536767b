#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/tasks/script_task.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace switch_detail {

/// Chooses a branch by a value (reference:switch).
class switch_ final : public task_kind {
 public:
  switch_()
      : task_kind({.built_in = true,
                   .chooses_branches = true,
                   .names_case = true,
                   .ends_by_itself = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    auto& definition = *where.task;
    bool script = is_javascript(definition.evaluator_type);
    if (!script && definition.evaluator_type != "value-param")
      return t.end(
          {workflow_status::failed,
           "No evaluator registered for type: " + *definition.evaluator_type,
           {},
           {}});
    auto row = t.new_row(where, "SWITCH");
    row.task_def_name = "SWITCH";
    auto input = resolve_input(t, where, row.task_id, false);
    auto shown = input.json();
    if (!shown.is_object())
      shown = nlohmann::json::object();
    std::string value = "null";
    if (script) {
      auto out = run_script(t, script_language::javascript,
                            definition.expression, input);
      if (out.what != script_result::kind::value)
        return fail(t, std::move(row), std::move(input), out.error);
      value = to_plain_text(out.value.json());
    } else if (auto it = shown.find(*definition.expression);
               it != shown.end()) {
      value = to_plain_text(*it);
    }

    // Absent: the default case. Present but empty: no task.
    const std::vector<workflow_task>* branch = &definition.default_case;
    for (auto& [name, tasks] : definition.decision_cases)
      if (name == value)
        branch = &tasks;

    shown["case"] = value;
    add_choice(
        t, where, std::move(row), std::move(shown),
        nlohmann::json{{"evaluationResult", nlohmann::json::array({value})},
                       {"selectedCase", value}},
        *branch);
  }

  bool may_run_scripts(const workflow_task& x) const override {
    return x.evaluator_type != "value-param";
  }

  void check(const task_check& c) const override {
    auto& x = c.task;
    if (x.evaluator_type.empty())
      c.broken("evaluatorType is required");
    else if (x.expression.empty())
      c.broken("expression is required");
    if (x.decision_cases.empty())
      c.broken("decisionCases needs at least one case");
  }

  std::vector<written_script> scripts(const workflow_task& x) const override {
    if (!is_javascript(x.evaluator_type))
      return {};
    return {{"expression", *x.expression}};
  }

 private:
  // An optional switch that cannot choose is passed over.
  static void fail(decision_builder& t, task row, payload input,
                   const std::string& why) {
    row.input = std::move(input);
    row.status = task_status::failed;
    row.reason = as_reason(t, why);
    row.start_time = row.end_time = t.now();
    t.add(std::move(row));
  }
};

} // namespace switch_detail

const task_kind& switch_kind() {
  static const switch_detail::switch_ kind;
  return kind;
}

} // namespace tutti::engine
