#include "actors/engine/inputs/inputs.hpp"

#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/inputs/execution_variables.hpp"
#include "actors/engine/inputs/expression/environment.hpp"
#include "actors/engine/inputs/expression/input_template.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace inputs_detail {

payload render(const decision_builder& t, const workflow_task& task,
               std::string_view task_id, bool with_template) {
  execution_variables scope(t, task_id);
  if (auto* compiled = t.execution()
                           .definition_at(task.reference_name, t.at().suffix)
                           .inputs_of(task, with_template))
    return compiled->render(scope);
  // Only an input knew this task: its template is compiled for this one use.
  if (with_template && task.definition
      && !task.definition->input_template.is_empty_object())
    return input_template::compile(task.input_parameters.json(),
                                   task.definition->input_template.json())
        .render(scope);
  return input_template::compile(task.input_parameters.json()).render(scope);
}

} // namespace inputs_detail

payload resolve_input(const decision_builder& t, const workflow_task& task,
                      std::string_view task_id, bool with_template) {
  auto out = inputs_detail::render(t, task, task_id, with_template);
  if (!t.spent().text.exceeded())
    return out;
  t.input_does_not_fit();
  return {};
}

payload resolve_input(const decision_builder& t, const placement& where,
                      std::string_view task_id, bool with_template) {
  if (where.input)
    return *where.input;
  auto own = resolve_input(t, *where.task, task_id, with_template);
  if (!where.over || !own.json().is_object())
    return own;
  auto merged = own.json();
  for (auto& [key, value] : where.over->json().items())
    merged[key] = value;
  return payload(std::move(merged));
}

payload execution_input(const decision_builder& t, const task& row) {
  auto& env = t.context().env;
  return resolve_secrets(
      row.input, [&](std::string_view name) { return env.secret(name); });
}

nlohmann::json resolve(const decision_builder& t, const nlohmann::json& value,
                       std::string_view task_id) {
  auto out = substitute(value, execution_variables(t, task_id));
  if (!t.spent().text.exceeded())
    return out;
  t.input_does_not_fit();
  return {};
}

payload resolve_output(const decision_builder& t, const payload& parameters) {
  execution_variables scope(t, {});
  auto& def = *t.head().definition;
  if (&parameters == &def.output_parameters)
    return t.execution().definition().output().render(scope);
  return input_template::compile(parameters.json()).render(scope);
}

std::string to_plain_text(const nlohmann::json& value) {
  return stringify(value);
}

} // namespace tutti::engine
