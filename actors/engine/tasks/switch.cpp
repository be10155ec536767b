#include "actors/engine/inputs.hpp"
#include "actors/engine/tasks/kinds.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace switch_detail {

/// Chooses a branch by a value (engine.md §4.5).
class switch_ final : public task_kind {
 public:
  void schedule(turn& t, const placement& where) const override {
    auto& definition = *where.task;
    if (definition.evaluator_type != "value-param")
      return t.end(
          {workflow_status::failed,
           "No evaluator registered for type: " + definition.evaluator_type,
           {},
           {}});
    auto row = t.new_row(where, "SWITCH");
    row.task_def_name = "SWITCH";
    auto input = where.input ? *where.input
                             : resolve_input(t, definition, row.task_id, false);
    auto shown = input.json();
    if (!shown.is_object())
      shown = nlohmann::json::object();
    std::string value = "null";
    if (auto it = shown.find(definition.expression); it != shown.end())
      value = to_plain_text(*it);

    // Absent: the default branch. Present but empty: nothing.
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

  bool is_built_in() const override { return true; }
  bool chooses_branches() const override { return true; }
};

} // namespace switch_detail

const task_kind& switch_kind() {
  static const switch_detail::switch_ kind;
  return kind;
}

} // namespace tutti::engine
