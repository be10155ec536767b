#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/tasks/kinds.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace dynamic_detail {

/// An input names the task (reference:dynamic).
class dynamic final : public task_kind {
 public:
  dynamic() : task_kind({.picks_task = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    auto& definition = *where.task;
    auto& steps = t.spent().steps;
    steps.begin_value();
    auto input = resolve_input(t, where, {}, false);
    if (steps.refused())
      return t.end({workflow_status::failed,
                    "Cannot map a dynamic task: " + steps.sentence(),
                    {},
                    {}});
    auto& values = input.json();
    auto name = values.is_object()
                    ? values.find(*definition.dynamic_task_name_param)
                    : values.end();
    if (name == values.end() || name->is_null())
      return t.end({workflow_status::failed,
                    "Cannot map a dynamic task based on the parameter and "
                    "input. Parameter = "
                        + *definition.dynamic_task_name_param
                        + ", input = " + input.text(),
                    {},
                    {}});

    auto resolved = std::make_shared<workflow_task>(definition);
    resolved->name = to_plain_text(*name);
    if (is_system_type(resolved->name))
      resolved->type = resolved->name;
    if (!resolved->definition)
      resolved->definition = definition_of(t, *resolved);
    auto placed = where;
    placed.task = resolved;
    t.begin_text(bounds::task_input); // it is resolved again
    kind_of_type(resolved->type == "DYNAMIC" ? "SIMPLE" : resolved->type)
        .schedule(t, placed);
  }

  // The input may name any type.
  bool may_run_scripts(const workflow_task&) const override { return true; }

  void check(const task_check& c) const override {
    c.required(!c.task.dynamic_task_name_param.empty(), "dynamicTaskNameParam");
  }

 private:
  // Only an author can embed a definition in a DYNAMIC task; otherwise the
  // definition is that of the resolved name, and an unknown one is not retried.
  static task_def_pointer definition_of(const decision_builder& t,
                                        const workflow_task& resolved) {
    if (auto known = t.context().definitions.find_task(resolved.name))
      return known;
    auto made = std::make_shared<task_def>();
    made->name = resolved.name;
    made->retry_count = 0;
    return made;
  }
};

} // namespace dynamic_detail

const task_kind& dynamic_kind() {
  static const dynamic_detail::dynamic kind;
  return kind;
}

} // namespace tutti::engine
