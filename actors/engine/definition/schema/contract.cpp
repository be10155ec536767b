#include "actors/engine/definition/schema/contract.hpp"

#include "actors/engine/decision/steps.hpp"
#include "actors/engine/definition/schema/json_schema.hpp"

namespace tutti::engine {

namespace contract_detail {

using misfit = std::optional<std::string>;

std::string name_of(const schema_def& x) {
  return "'" + x.name + "' version " + std::to_string(x.version);
}

misfit of_schema(const std::optional<schema_def>& schema, const payload& value,
                 const std::string& about, const definition_source* source,
                 step_budget* steps) {
  if (!schema)
    return {};
  auto found = *schema;
  if (!found.data && source)
    if (auto registered = source->find_schema(found.name, found.version))
      found = *registered;
  if (auto why = unusable(found))
    return about + ": " + *why;
  if (!found.data)
    return about + ": the schema " + name_of(found) + " is not registered";
  auto compiled = json_schema::of(found.data->text());
  if (!compiled)
    return about + ": " + compiled.failure().message;
  step_budget alone;
  auto& budget = steps ? *steps : alone;
  size_t used = 0;
  auto why = (*compiled)->misfit(value.json(), budget.left_for_schema(), used);
  if (!budget.spend_on_schema(used))
    return about + ": " + budget.sentence();
  return why ? misfit(about + " does not fit its schema at " + *why)
             : std::nullopt;
}

misfit of_keys(const std::vector<std::string>& keys, const payload& value,
               const std::string& about) {
  auto& json = value.json();
  for (auto& key : keys)
    if (!json.is_object() || !json.contains(key))
      return about + " lacks the key '" + key + "'";
  return {};
}

void embed(std::optional<schema_def>& schema, const definition_source& from) {
  if (!schema || schema->data)
    return;
  if (auto found = from.find_schema(schema->name, schema->version))
    schema = *found;
}

bool lacks_data(const std::optional<schema_def>& x) { return x && !x->data; }

} // namespace contract_detail

std::optional<std::string> input_misfit(const workflow_def& def,
                                        const payload& input,
                                        step_budget* steps) {
  if (!def.enforce_schema)
    return {};
  return contract_detail::of_schema(def.input_schema, input,
                                    "the input of workflow '" + def.name + "'",
                                    nullptr, steps);
}

std::optional<std::string> output_misfit(const workflow_def& def,
                                         const payload& output,
                                         step_budget* steps) {
  if (!def.enforce_schema)
    return {};
  return contract_detail::of_schema(def.output_schema, output,
                                    "the output of workflow '" + def.name + "'",
                                    nullptr, steps);
}

std::optional<std::string> input_misfit(const task_def& def,
                                        const payload& input,
                                        const definition_source& schemas,
                                        step_budget* steps) {
  if (!def.enforce_schema)
    return {};
  auto about = "the input of task '" + def.name + "'";
  if (auto why = contract_detail::of_keys(def.input_keys, input, about))
    return why;
  return contract_detail::of_schema(def.input_schema, input, about, &schemas,
                                    steps);
}

std::optional<std::string> output_misfit(const task_def& def,
                                         const payload& output,
                                         const definition_source& schemas,
                                         step_budget* steps) {
  if (!def.enforce_schema)
    return {};
  auto about = "the output of task '" + def.name + "'";
  if (auto why = contract_detail::of_keys(def.output_keys, output, about))
    return why;
  return contract_detail::of_schema(def.output_schema, output, about, &schemas,
                                    steps);
}

std::optional<std::string> unusable(const schema_def& x) {
  using contract_detail::name_of;
  if (x.type != schema_type::json)
    return "schema " + name_of(x) + " is of type "
           + std::string(to_text(x.type))
           + ": only JSON can be enforced (enforceSchema: false keeps others)";
  if (!x.data)
    return x.external_ref.empty()
               ? std::nullopt
               : std::optional("schema " + name_of(x) + " is at '"
                               + x.external_ref
                               + "', and nothing is fetched: give its data");
  auto compiled = json_schema::of(x.data->text());
  if (!compiled)
    return compiled.failure().message;
  return {};
}

void embed_schemas(workflow_def& def, const definition_source& from) {
  contract_detail::embed(def.input_schema, from);
  contract_detail::embed(def.output_schema, from);
}

task_def_pointer with_schemas(const task_def& def,
                              const definition_source& from) {
  using contract_detail::lacks_data;
  if (!lacks_data(def.input_schema) && !lacks_data(def.output_schema))
    return nullptr;
  auto copy = std::make_shared<task_def>(def);
  contract_detail::embed(copy->input_schema, from);
  contract_detail::embed(copy->output_schema, from);
  return copy;
}

} // namespace tutti::engine
