#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/tasks/script_task.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace jq_transform_detail {

/// Runs a jq filter over its inputs (reference:json-jq-transform).
class jq_transform final : public task_kind {
 public:
  jq_transform()
      : task_kind({.takes_template = true, .ends_by_itself = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    t.execute_later(add_in_progress(t, where, "JSON_JQ_TRANSFORM", true));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    auto input = execution_input(t, t.row(i));
    auto filter = script_of(input, "queryExpression", {});
    if (is_blank(filter))
      return fail_script(t, i, task_status::failed,
                         "JSON_JQ_TRANSFORM task '" + t.row(i).reference_name
                             + "': queryExpression is empty");
    auto out = run_script(t, script_language::jq, filter, input);
    if (out.what != script_result::kind::value)
      return fail_script(t, i, task_status::failed, out.error);
    auto& all = out.value.json();
    nlohmann::json output;
    output["result"]
        = all.is_array() && !all.empty() ? all.front() : nlohmann::json();
    output["resultList"] = all;
    t.finish_row(i, task_status::completed, payload(std::move(output)));
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    reopen(t, i);
  }

  bool may_run_scripts(const workflow_task&) const override { return true; }

  void check(const task_check& c) const override {
    if (!c.has_input("queryExpression") && !c.has_template("queryExpression"))
      c.broken("inputParameters needs queryExpression");
  }

  std::vector<written_script> scripts(const workflow_task& x) const override {
    return {{"queryExpression", written_source(x, "queryExpression", {}),
             written_script::language::jq}};
  }
};

} // namespace jq_transform_detail

const task_kind& jq_transform_kind() {
  static const jq_transform_detail::jq_transform kind;
  return kind;
}

} // namespace tutti::engine
