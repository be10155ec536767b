#include "actors/metadata/definition_snapshot.hpp"

#include <algorithm>

namespace tutti {

template <class T>
const T* definition_snapshot::find(const table<T>& where,
                                   std::string_view name) {
  auto& in = where[bucket_of(name)];
  if (!in)
    return nullptr;
  auto i = in->find(name);
  return i == in->end() ? nullptr : &i->second;
}

template <class T>
definition_snapshot::bucket<T>
definition_snapshot::copy(const table<T>& where, std::string_view name) {
  auto& in = where[bucket_of(name)];
  return in ? *in : bucket<T>{};
}

template <class T>
void definition_snapshot::replace(table<T>& where, std::string_view name,
                                  bucket<T> by) {
  where[bucket_of(name)] = std::make_shared<const bucket<T>>(std::move(by));
}

workflow_def_pointer
definition_snapshot::find_workflow(std::string_view name,
                                   std::optional<int32_t> version) const {
  auto all = find(workflows_, name);
  if (!all)
    return nullptr;
  if (!version || *version == 0)
    return all->rbegin()->second;
  auto i = all->find(*version);
  return i == all->end() ? nullptr : i->second;
}

task_def_pointer definition_snapshot::find_task(std::string_view name) const {
  auto out = find(tasks_, name);
  return out ? *out : nullptr;
}

const definition_snapshot::versions*
definition_snapshot::find_versions(std::string_view name) const {
  return find(workflows_, name);
}

std::vector<std::pair<std::string, const definition_snapshot::versions*>>
definition_snapshot::workflows() const {
  std::vector<std::pair<std::string, const versions*>> out;
  for (auto& in : workflows_)
    if (in)
      for (auto& [name, all] : *in)
        out.emplace_back(name, &all);
  std::sort(out.begin(), out.end(),
            [](auto& a, auto& b) { return a.first < b.first; });
  return out;
}

std::vector<task_def_pointer> definition_snapshot::tasks() const {
  std::vector<task_def_pointer> out;
  for (auto& in : tasks_)
    if (in)
      for (auto& [name, definition] : *in)
        out.push_back(definition);
  std::sort(out.begin(), out.end(),
            [](auto& a, auto& b) { return a->name < b->name; });
  return out;
}

definition_snapshot_pointer
definition_snapshot::with(workflow_def_pointer definition) const {
  auto out = std::make_shared<definition_snapshot>(*this);
  auto changed = copy(workflows_, definition->name);
  changed[definition->name][definition->version] = definition;
  replace(out->workflows_, definition->name, std::move(changed));
  return out;
}

definition_snapshot_pointer
definition_snapshot::with(task_def_pointer definition) const {
  auto out = std::make_shared<definition_snapshot>(*this);
  auto changed = copy(tasks_, definition->name);
  changed[definition->name] = definition;
  replace(out->tasks_, definition->name, std::move(changed));
  return out;
}

definition_snapshot_pointer
definition_snapshot::without_workflow(const std::string& name,
                                      int32_t version) const {
  auto out = std::make_shared<definition_snapshot>(*this);
  auto changed = copy(workflows_, name);
  if (auto i = changed.find(name); i != changed.end()) {
    i->second.erase(version);
    if (i->second.empty())
      changed.erase(i);
  }
  replace(out->workflows_, name, std::move(changed));
  return out;
}

definition_snapshot_pointer
definition_snapshot::without_task(const std::string& name) const {
  auto out = std::make_shared<definition_snapshot>(*this);
  auto changed = copy(tasks_, name);
  changed.erase(name);
  replace(out->tasks_, name, std::move(changed));
  return out;
}

const definition_snapshot::schema_versions*
definition_snapshot::find_schemas(std::string_view name) const {
  return find(schemas_, name);
}

definition_snapshot::schema_pointer
definition_snapshot::find_schema(std::string_view name,
                                 std::optional<int32_t> version) const {
  auto all = find_schemas(name);
  if (!all)
    return nullptr;
  if (!version || *version == 0)
    return all->rbegin()->second;
  auto i = all->find(*version);
  return i == all->end() ? nullptr : i->second;
}

std::vector<definition_snapshot::schema_pointer>
definition_snapshot::schemas() const {
  std::vector<schema_pointer> out;
  for (auto& in : schemas_)
    if (in)
      for (auto& [name, all] : *in)
        for (auto& [version, schema] : all)
          out.push_back(schema);
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) {
    return std::pair(a->name, a->version) < std::pair(b->name, b->version);
  });
  return out;
}

definition_snapshot_pointer
definition_snapshot::with(schema_pointer schema) const {
  auto out = std::make_shared<definition_snapshot>(*this);
  auto changed = copy(schemas_, schema->name);
  changed[schema->name][schema->version] = schema;
  replace(out->schemas_, schema->name, std::move(changed));
  return out;
}

definition_snapshot_pointer
definition_snapshot::without_schema(const std::string& name,
                                    int32_t version) const {
  auto out = std::make_shared<definition_snapshot>(*this);
  auto changed = copy(schemas_, name);
  if (auto i = changed.find(name); i != changed.end()) {
    i->second.erase(version);
    if (i->second.empty())
      changed.erase(i);
  }
  replace(out->schemas_, name, std::move(changed));
  return out;
}

} // namespace tutti
