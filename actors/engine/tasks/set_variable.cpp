#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/tasks/kinds.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace set_variable_detail {

/// Each input becomes a variable of the execution (reference:set-variable).
class set_variable final : public task_kind {
 public:
  set_variable() : task_kind({.ends_by_itself = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    t.execute_later(add_in_progress(t, where, "SET_VARIABLE"));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    auto variables = t.head().variables.json();
    if (!variables.is_object())
      variables = nlohmann::json::object();
    auto given = execution_input(t, t.row(i));
    if (auto& input = given.json(); input.is_object())
      for (auto& [key, value] : input.items())
        variables[key] = value;
    payload next(std::move(variables));
    auto limit = t.context().bounds.variables_bytes_max;
    if (next.text().size() > limit) {
      // Conductor has a sentence of its own.
      (void)t.at_bound(bounds::variables, next.text().size(), limit);
      return t.finish_row(i, task_status::failed_with_terminal_error, {},
                          "The variables payload size: "
                              + std::to_string(next.text().size())
                              + " of workflow: " + t.head().workflow_id
                              + " is greater than the permissible limit: "
                              + std::to_string(limit / 1024) + " kilobytes");
    }
    workflow_changed change;
    change.variables = std::move(next);
    t.emit(std::move(change));
    t.finish_row(i, task_status::completed);
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    reopen(t, i);
  }
};

} // namespace set_variable_detail

const task_kind& set_variable_kind() {
  static const set_variable_detail::set_variable kind;
  return kind;
}

} // namespace tutti::engine
