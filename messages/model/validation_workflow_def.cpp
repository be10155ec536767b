#include "messages/model/validation_rules.hpp"

#include <algorithm>

namespace tutti {

void for_each_task(const std::vector<workflow_task>& tasks,
                   const std::function<void(const workflow_task&)>& visit) {
  for (auto& x : tasks) {
    visit(x);
    for_each_list(x, [&](auto& list, auto&&) { for_each_task(list, visit); });
  }
}

namespace workflow_rules {

std::string item(const std::string& path, size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

void check_tasks(violations& out, const std::vector<workflow_task>& tasks,
                 const std::string& path, const validation_settings& settings) {
  for (size_t i = 0; i < tasks.size(); ++i) {
    auto& x = tasks[i];
    auto here = item(path, i);
    check_task(out, x, here, settings);
    for_each_list(x, [&](auto& list, const std::string& field) {
      check_tasks(out, list, here + "." + field, settings);
    });
  }
}

// ^[A-Za-z0-9_<>{}#\s-]+$
bool is_plain_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
           || (c >= '0' && c <= '9')
           || std::string_view("_<>{}#- \t\n\r\f\v").find(c)
                  != std::string_view::npos;
  });
}

flow_check::references check_references(violations& out,
                                        const workflow_def& def,
                                        const std::string& path,
                                        const validation_settings& settings) {
  flow_check::references known;
  for_each_task(def.tasks, [&](const workflow_task& x) {
    auto* rules = rules_of(x, settings);
    known.open |= rules && rules->brings_tasks();
    if (x.reference_name.empty())
      return;
    if (known.set.insert(x.reference_name).second)
      known.names.push_back(x.reference_name);
    else
      out.add(path, "taskReferenceName '" + x.reference_name
                        + "' is used more than once in workflow '" + def.name
                        + "'");
  });
  return known;
}

} // namespace workflow_rules

std::vector<violation> validate(const workflow_def& def,
                                const std::string& path,
                                const validation_settings& settings,
                                const reference_check& input_check) {
  using namespace workflow_rules;
  violations out;
  out.not_empty(path, "name", def.name, "the workflow needs a name");
  if (settings.name_validation && !is_plain_name(def.name))
    out.add(path + ".name",
            "the workflow's name may have letters, digits, blanks and "
            "_ < > { } # - only",
            def.name);
  if (def.tasks.empty())
    out.add(path + ".tasks", "the workflow needs at least one task");
  if (def.schema_version != 2)
    out.add(path + ".schemaVersion", "only schemaVersion 2 is supported",
            std::to_string(def.schema_version));
  if (settings.owner_email_mandatory)
    out.not_empty(path, "ownerEmail", def.owner_email,
                  "the workflow needs an ownerEmail");
  check_schemas(out, def, path, settings);
  check_tasks(out, def.tasks, path + ".tasks", settings);
  for_each_task(def.tasks, [&](const workflow_task& x) {
    if (x.definition)
      check_schemas(out, *x.definition,
                    path + ".tasks(" + x.reference_name + ").taskDefinition",
                    settings);
  });
  auto known = check_references(out, def, path, settings);
  check_flow(out, def, known, path, settings);
  if (input_check) {
    for (auto& x : def.tasks) {
      if (x.input_parameters.is_empty_object())
        continue;
      for (auto& sentence : input_check(x.input_parameters, known.names))
        out.add(path, "task '" + x.reference_name + "': " + sentence);
    }
  }
  return std::move(out).take();
}

} // namespace tutti
