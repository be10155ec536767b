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
T definition_snapshot::of_version(const std::map<int32_t, T>* all,
                                  std::optional<int32_t> version) {
  if (!all)
    return nullptr;
  if (version.value_or(0) == 0)
    return all->rbegin()->second;
  auto i = all->find(*version);
  return i == all->end() ? nullptr : i->second;
}

template <class T>
definition_snapshot_pointer
definition_snapshot::changed(table<T> definition_snapshot::*where,
                             const std::string& name, auto change) const {
  auto out = std::make_shared<definition_snapshot>(*this);
  auto& in = ((*out).*where)[bucket_of(name)];
  auto definitions = in ? *in : bucket<T>{};
  change(definitions);
  in = std::make_shared<const bucket<T>>(std::move(definitions));
  return out;
}

template <class T>
definition_snapshot_pointer definition_snapshot::without_version(
    table<std::map<int32_t, T>> definition_snapshot::*where,
    const std::string& name, int32_t version) const {
  return changed(where, name, [&](auto& in) {
    auto i = in.find(name);
    if (i == in.end())
      return;
    i->second.erase(version);
    if (i->second.empty())
      in.erase(i);
  });
}

workflow_def_pointer
definition_snapshot::find_workflow(std::string_view name,
                                   std::optional<int32_t> version) const {
  return of_version(find(workflows_, name), version);
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
  return changed(&definition_snapshot::workflows_, definition->name,
                 [&](auto& in) {
                   in[definition->name][definition->version] = definition;
                 });
}

definition_snapshot_pointer
definition_snapshot::with(task_def_pointer definition) const {
  return changed(&definition_snapshot::tasks_, definition->name,
                 [&](auto& in) { in[definition->name] = definition; });
}

definition_snapshot_pointer
definition_snapshot::without_workflow(const std::string& name,
                                      int32_t version) const {
  return without_version(&definition_snapshot::workflows_, name, version);
}

definition_snapshot_pointer
definition_snapshot::without_task(const std::string& name) const {
  return changed(&definition_snapshot::tasks_, name,
                 [&](auto& in) { in.erase(name); });
}

const definition_snapshot::schema_versions*
definition_snapshot::find_schemas(std::string_view name) const {
  return find(schemas_, name);
}

definition_snapshot::schema_pointer
definition_snapshot::find_schema(std::string_view name,
                                 std::optional<int32_t> version) const {
  return of_version(find_schemas(name), version);
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
  return changed(&definition_snapshot::schemas_, schema->name,
                 [&](auto& in) { in[schema->name][schema->version] = schema; });
}

definition_snapshot_pointer
definition_snapshot::without_schema(const std::string& name,
                                    int32_t version) const {
  return without_version(&definition_snapshot::schemas_, name, version);
}

} // namespace tutti
