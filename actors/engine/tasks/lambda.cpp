#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/tasks/script_task.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace lambda_detail {

/// Runs the body of a JavaScript function on its inputs (reference:lambda).
class lambda final : public task_kind {
 public:
  lambda() : task_kind({.takes_template = true, .ends_by_itself = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    t.execute_later(add_in_progress(t, where, "LAMBDA", true));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    auto input = execution_input(t, t.row(i));
    auto body = script_of(input, "scriptExpression",
                          t.row(i).definition->script_expression);
    if (is_blank(body))
      return fail_script(t, i, task_status::failed,
                         "LAMBDA task '" + t.row(i).reference_name
                             + "': scriptExpression is empty");
    auto out
        = run_script(t, script_language::javascript, as_function(body), input);
    if (out.what != script_result::kind::value)
      return fail_script(t, i, task_status::failed, out.error);
    t.finish_row(i, task_status::completed,
                 payload(nlohmann::json{{"result", out.value.json()}}));
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    reopen(t, i);
  }

  bool may_run_scripts(const workflow_task&) const override { return true; }

  std::vector<written_script> scripts(const workflow_task& x) const override {
    auto body = written_source(x, "scriptExpression", x.script_expression);
    if (is_blank(body))
      return {};
    return {{"scriptExpression", as_function(body)}};
  }

 private:
  // The body begins on the first line, so that line numbers in messages are
  // right.
  static std::string as_function(const std::string& body) {
    return "(function () {" + body + "\n})();";
  }
};

} // namespace lambda_detail

const task_kind& lambda_kind() {
  static const lambda_detail::lambda kind;
  return kind;
}

} // namespace tutti::engine
