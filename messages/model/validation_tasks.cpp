#include "messages/model/validation_rules.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti {

void task_check::broken(const std::string& why) const {
  out_.add(path_, task.type + " task '" + task.reference_name + "': " + why);
}

void task_check::required(bool present, std::string_view field) const {
  if (!present)
    broken(std::string(field) + " is required");
}

bool task_check::has_input(const char* key) const {
  return task.input_parameters.json().contains(key);
}

bool task_check::has_template(const char* key) const {
  auto def = task.definition || !settings_.registered
                 ? task.definition
                 : settings_.registered(task.name);
  return def && def->input_template.json().contains(key);
}

std::string task_check::input(const char* key) const {
  auto& all = task.input_parameters.json();
  auto found = all.find(key);
  if (found == all.end() || found->is_null())
    return {};
  return found->is_string() ? found->get<std::string>() : to_text(*found);
}

namespace state_change_rules {

constexpr std::string_view state_changes[]
    = {"onScheduled", "onStart", "onSuccess", "onFailed", "onCancelled"};

void check(const task_check& s) {
  for (auto& [name, events] : s.task.on_state_change) {
    if (std::find(std::begin(state_changes), std::end(state_changes), name)
        == std::end(state_changes))
      s.broken("onStateChange '" + name
               + "' must be onScheduled, onStart, onSuccess, onFailed or "
                 "onCancelled");
    for (auto& event : events)
      if (event.type.empty())
        s.broken("onStateChange '" + name + "' needs the type of its event");
  }
}

} // namespace state_change_rules

void check_task(violations& out, const workflow_task& x,
                const std::string& path, const validation_settings& settings) {
  out.not_empty(path, "name", x.name, "the task needs a name");
  out.not_empty(path, "taskReferenceName", x.reference_name,
                "task '" + x.name + "' needs a taskReferenceName");
  out.not_empty(path, "type", x.type,
                "task '" + x.reference_name + "' needs a type");
  out.at_least(path, "startDelay", x.start_delay_seconds, 0);
  task_check look(out, x, path, settings);
  state_change_rules::check(look);
  auto* rules = rules_of(x, settings);
  if (!rules)
    return;
  if (!x.on_error.empty() && !rules->catches_failures())
    out.add(path + ".onError",
            "task '" + x.reference_name + "': onError belongs to a SCOPE");
  rules->check(look);
}

} // namespace tutti
