#include "actors/engine/definition/compiled_definition.hpp"

#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

#include <mutex>

namespace tutti::engine {

namespace compiled_definition_detail {

/// Removes one `__<digits>` or `__<digits>_<digits>` from the end; empty when
/// there is none.
std::string_view without_suffix(std::string_view reference) {
  auto digits = reference.find_last_not_of("0123456789");
  if (digits != reference.npos && digits > 0 && digits + 1 < reference.size()
      && reference[digits] == '_' && reference[digits - 1] >= '0'
      && reference[digits - 1] <= '9') {
    auto before = reference.substr(0, digits);
    auto inner = before.find_last_not_of("0123456789");
    if (inner != before.npos && inner >= 2
        && before.substr(inner - 1, 2) == "__")
      return before.substr(0, inner - 1);
  }
  if (digits == reference.npos || digits + 1 == reference.size() || digits < 2
      || reference.substr(digits - 1, 2) != "__")
    return {};
  return reference.substr(0, digits - 1);
}

// Compiled definitions in use. Weak, so that an old version is freed with its
// last execution. Swept when the map has doubled since the last sweep.
struct memo {
  std::mutex mutex;
  std::unordered_map<const workflow_def*,
                     std::weak_ptr<const compiled_definition>>
      known;
  size_t sweep_at = 1024;
};

memo& the_memo() {
  static memo m;
  return m;
}

} // namespace compiled_definition_detail

std::shared_ptr<const compiled_definition>
compiled_definition::of(const workflow_def_pointer& definition) {
  auto& memo = compiled_definition_detail::the_memo();
  {
    std::lock_guard lock(memo.mutex);
    if (auto it = memo.known.find(definition.get()); it != memo.known.end())
      // The compiled form keeps its definition alive, so a live entry cannot
      // belong to an earlier definition at the same address.
      if (auto found = it->second.lock())
        return found;
  }
  auto made = std::make_shared<const compiled_definition>(definition);
  std::lock_guard lock(memo.mutex);
  if (memo.known.size() >= memo.sweep_at) {
    std::erase_if(memo.known, [](auto& x) { return x.second.expired(); });
    memo.sweep_at = std::max<size_t>(1024, 2 * memo.known.size());
  }
  memo.known[definition.get()] = made;
  return made;
}

compiled_definition::compiled_definition(workflow_def_pointer definition)
    : def_(std::move(definition)) {
  add(def_->tasks, nullptr);
  output_ = input_template::compile(def_->output_parameters.json());
}

compiled_definition::compiled_definition(
    const workflow_task& branch,
    std::shared_ptr<const compiled_definition> host, const workflow_task* fork)
    : host_(std::move(host)) {
  auto whole = std::make_shared<workflow_def>();
  whole->tasks.push_back(branch);
  def_ = std::move(whole);
  add(def_->tasks, fork);
}

const input_template* compiled_definition::inputs_of(const workflow_task& task,
                                                     bool with_template) const {
  auto it = templates_.find(&task);
  if (it == templates_.end())
    return host_ ? host_->inputs_of(task, with_template) : nullptr;
  return with_template && it->second.over_defaults
             ? it->second.over_defaults.get()
             : &it->second.plain;
}

void compiled_definition::add(const std::vector<workflow_task>& list,
                              const workflow_task* parent) {
  for (size_t i = 0; i < list.size(); ++i) {
    auto& task = list[i];
    may_run_scripts_ |= kind_of_type(task.type).may_run_scripts(task);
    locations_.emplace(task.reference_name, location{&task, parent, &list, i});
    auto& inputs = templates_[&task];
    inputs.plain = input_template::compile(task.input_parameters.json());
    if (task.definition && !task.definition->input_template.is_empty_object())
      inputs.over_defaults = std::make_unique<input_template>(
          input_template::compile(task.input_parameters.json(),
                                  task.definition->input_template.json()));
    for_each_list(task, [&](auto& inner, auto&&) { add(inner, &task); });
  }
}

const compiled_definition::location*
compiled_definition::location_of(std::string_view reference) const {
  if (auto it = locations_.find(reference); it != locations_.end())
    return &it->second;
  return host_ ? host_->location_of(reference) : nullptr;
}

const compiled_definition::location*
compiled_definition::location_of_row(std::string_view reference) const {
  // References may contain `__2` themselves: stop at the first known one.
  for (; !reference.empty();
       reference = compiled_definition_detail::without_suffix(reference))
    if (auto* location = location_of(reference))
      return location;
  return nullptr;
}

workflow_task_pointer
compiled_definition::find(std::string_view reference) const {
  if (auto it = locations_.find(reference); it != locations_.end())
    return {def_, it->second.task};
  return host_ ? host_->find(reference) : nullptr;
}

bool compiled_definition::ends_at_scope(const location& x) {
  return x.parent && (is_scope(*x.parent) || x.list == &x.parent->compensate);
}

const compiled_definition::location*
compiled_definition::scope_list_behind(std::string_view reference) const {
  auto* location = location_of(reference);
  while (location && location->position + 1 == location->list->size()
         && location->parent) {
    if (ends_at_scope(*location))
      return location;
    if (is_loop(*location->parent))
      return nullptr;
    location = location_of(location->parent->reference_name);
  }
  return nullptr;
}

const workflow_task*
compiled_definition::successor(std::string_view reference) const {
  auto* location = location_of(reference);
  while (location) {
    if (location->position + 1 < location->list->size())
      return &(*location->list)[location->position + 1];
    if (!location->parent || is_loop(*location->parent)
        || ends_at_scope(*location))
      return nullptr;
    location = location_of(location->parent->reference_name);
  }
  return nullptr;
}

} // namespace tutti::engine
