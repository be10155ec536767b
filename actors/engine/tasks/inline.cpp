#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/tasks/script_task.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace inline_detail {

/// Evaluates an expression on its inputs (reference:inline).
class inline_ final : public task_kind {
 public:
  inline_() : task_kind({.takes_template = true, .ends_by_itself = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    t.execute_later(add_in_progress(t, where, "INLINE", true));
  }

  // A wrong definition stays wrong: only a failure that a retry may cure is
  // FAILED.
  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    auto& definition = *t.row(i).definition;
    auto input = execution_input(t, t.row(i));
    auto evaluator = evaluator_of(input, definition);
    auto expression = script_of(input, "expression", definition.expression);
    auto terminal = [&](const std::string& sentence) {
      fail_script(t, i, task_status::failed_with_terminal_error,
                  "INLINE task '" + t.row(i).reference_name + "': " + sentence);
    };
    if (is_blank(evaluator))
      return terminal("evaluatorType is empty");
    if (is_blank(expression))
      return terminal("expression is empty");
    if (evaluator == "value-param")
      return complete(t, i, value_of(input, expression));
    if (!is_javascript(evaluator))
      return terminal("unknown evaluator '" + evaluator + "'");

    auto out = run_script(t, script_language::javascript, expression, input);
    switch (out.what) {
      case script_result::kind::value:
        return complete(t, i, out.value.json());
      case script_result::kind::error:
        return fail_script(t, i, task_status::failed_with_terminal_error,
                           out.error);
      case script_result::kind::timed_out:
      case script_result::kind::unavailable:
        return fail_script(t, i, task_status::failed, out.error);
    }
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    reopen(t, i);
  }

  bool may_run_scripts(const workflow_task&) const override { return true; }

  std::vector<written_script> scripts(const workflow_task& x) const override {
    auto evaluator = written_source(
        x, "evaluatorType",
        x.evaluator_type.empty() ? "javascript" : x.evaluator_type);
    if (!is_javascript(evaluator))
      return {};
    return {{"expression", written_source(x, "expression", x.expression)}};
  }

 private:
  static std::string evaluator_of(const payload& input,
                                  const workflow_task& definition) {
    return script_of(input, "evaluatorType",
                     definition.evaluator_type.empty()
                         ? "javascript"
                         : definition.evaluator_type);
  }

  static nlohmann::json value_of(const payload& input, const std::string& key) {
    auto* found = json_member(input.json(), key);
    return found ? *found : nlohmann::json();
  }

  static void complete(decision_builder& t, decision_builder::row_index i,
                       const nlohmann::json& result) {
    t.finish_row(i, task_status::completed,
                 payload(nlohmann::json{{"result", result}}));
  }
};

} // namespace inline_detail

const task_kind& inline_kind() {
  static const inline_detail::inline_ kind;
  return kind;
}

} // namespace tutti::engine
