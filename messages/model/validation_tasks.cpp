#include "messages/model/validation_rules.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti {

void task_check::broken(const std::string& why) const {
  out_.add(path_, shortened(task.type, 100) + " task "
                      + short_name(task.reference_name) + ": " + why);
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

std::vector<std::string_view> transition_names(std::string_view key) {
  std::vector<std::string_view> out;
  for (bool more = true; more;) {
    auto comma = key.find(',');
    auto name = key.substr(0, comma);
    while (!name.empty() && name.front() == ' ')
      name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ')
      name.remove_suffix(1);
    out.push_back(name);
    more = comma != key.npos;
    key.remove_prefix(more ? comma + 1 : key.size());
  }
  return out;
}

namespace state_change_rules {

constexpr std::string_view state_changes[]
    = {"onScheduled", "onStart", "onSuccess", "onFailed", "onCancelled"};

void check(const task_check& s) {
  for (auto& [key, events] : s.task.on_state_change) {
    for (auto name : transition_names(key))
      if (std::find(std::begin(state_changes), std::end(state_changes), name)
          == std::end(state_changes))
        s.broken("onStateChange " + short_name(name)
                 + " must be onScheduled, onStart, onSuccess, onFailed or "
                   "onCancelled");
    for (auto& event : events)
      if (event.type.empty())
        s.broken("onStateChange " + short_name(key)
                 + " needs the type of its event");
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
