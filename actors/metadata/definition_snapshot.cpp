#include "actors/metadata/definition_snapshot.hpp"

#include "messages/model/memory/json_weight.hpp"

#include <algorithm>
#include <tuple>

namespace tutti {

namespace definition_snapshot_detail {

// In memory there are the structs and the parsed templates beside the texts.
constexpr uint64_t entry_bytes = 1'000, copies = 3;

uint64_t bytes_of(const registered_workflow* x) { return x ? x->bytes() : 0; }

uint64_t bytes_of(const task_def* x) {
  return x ? entry_bytes + sizeof(task_def) + x->name.size()
                 + x->description.size()
                 + copies * x->input_template.text().size()
           : 0;
}

uint64_t bytes_of(const schema_def* x) {
  return x ? entry_bytes + sizeof(schema_def) + x->name.size()
                 + (x->data ? copies * weigh_json(x->data->text()).tree : 0)
           : 0;
}

uint64_t bytes_of(const event_handler* x) {
  if (!x)
    return 0;
  uint64_t out = entry_bytes + x->name.size() + x->event.size()
                 + x->condition.size() + x->evaluator_type.size();
  for (auto& action : x->actions) {
    out += sizeof action + action.action.size();
    for (auto* part : {&action.start_workflow, &action.complete_task,
                       &action.fail_task, &action.terminate_workflow,
                       &action.update_workflow_variables, &action.start_agent})
      out += *part ? copies * weigh_json((*part)->text()).tree : 0;
  }
  return out;
}

uint64_t bytes_of(const std::vector<tag>* x) {
  uint64_t out = x ? entry_bytes : 0;
  if (x)
    for (auto& one : *x)
      out += sizeof one + one.key.size() + one.value.size() + one.type.size();
  return out;
}

uint64_t bytes_of(const rate_limit_config* x) {
  return x ? entry_bytes + x->key.size() : 0;
}

/// After `now` took the place of `before`; either may be null.
template <class T>
uint64_t replaced(uint64_t sum, const T& before, const T& now) {
  return sum - bytes_of(before.get()) + bytes_of(now.get());
}

} // namespace definition_snapshot_detail

using definition_snapshot_detail::replaced;

template <class T>
const T* definition_snapshot::find(const table<T>& where,
                                   std::string_view name) {
  auto& in = where[bucket_of(name)];
  if (!in)
    return nullptr;
  auto i = in->find(name);
  return i == in->end() ? nullptr : &i->second;
}

namespace definition_snapshot_detail {

/// Null: there is no such version.
template <class T>
T exactly(const std::map<int32_t, T>* all, int32_t version) {
  return all && all->contains(version) ? all->at(version) : T();
}

} // namespace definition_snapshot_detail

using definition_snapshot_detail::exactly;

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
                             const std::string& name, uint64_t bytes,
                             auto change) const {
  auto out = std::make_shared<definition_snapshot>(*this);
  out->bytes_ = bytes;
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
  auto bytes
      = replaced(bytes_, exactly(find(this->*where, name), version), T());
  return changed(where, name, bytes, [&](auto& in) {
    auto i = in.find(name);
    if (i == in.end())
      return;
    i->second.erase(version);
    if (i->second.empty())
      in.erase(i);
  });
}

definition_snapshot::workflow_pointer
definition_snapshot::find_registered(std::string_view name,
                                     std::optional<int32_t> version) const {
  return of_version(find(workflows_, name), version);
}

workflow_def_pointer
definition_snapshot::find_workflow(std::string_view name,
                                   std::optional<int32_t> version) const {
  auto found = find_registered(name, version);
  return found ? found->get() : nullptr;
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
  auto kept = std::make_shared<const registered_workflow>(*definition);
  auto bytes = replaced(
      bytes_, exactly(find(workflows_, kept->name()), kept->version()), kept);
  return changed(&definition_snapshot::workflows_, kept->name(), bytes,
                 [&](auto& in) { in[kept->name()][kept->version()] = kept; });
}

definition_snapshot_pointer
definition_snapshot::with(task_def_pointer definition) const {
  auto bytes = replaced(bytes_, find_task(definition->name), definition);
  return changed(&definition_snapshot::tasks_, definition->name, bytes,
                 [&](auto& in) { in[definition->name] = definition; });
}

definition_snapshot_pointer
definition_snapshot::without_workflow(const std::string& name,
                                      int32_t version) const {
  return without_version(&definition_snapshot::workflows_, name, version);
}

definition_snapshot_pointer
definition_snapshot::without_task(const std::string& name) const {
  auto bytes = replaced(bytes_, find_task(name), task_def_pointer());
  return changed(&definition_snapshot::tasks_, name, bytes,
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
  auto bytes = replaced(
      bytes_, exactly(find(schemas_, schema->name), schema->version), schema);
  return changed(&definition_snapshot::schemas_, schema->name, bytes,
                 [&](auto& in) { in[schema->name][schema->version] = schema; });
}

definition_snapshot_pointer
definition_snapshot::without_schema(const std::string& name,
                                    int32_t version) const {
  return without_version(&definition_snapshot::schemas_, name, version);
}

definition_snapshot::handler_pointer
definition_snapshot::find_handler(std::string_view name) const {
  auto out = find(handlers_, name);
  return out ? *out : nullptr;
}

std::vector<definition_snapshot::handler_pointer>
definition_snapshot::handlers() const {
  std::vector<handler_pointer> out;
  for (auto& in : handlers_)
    if (in)
      for (auto& [name, handler] : *in)
        out.push_back(handler);
  std::sort(out.begin(), out.end(),
            [](auto& a, auto& b) { return a->name < b->name; });
  return out;
}

definition_snapshot_pointer
definition_snapshot::with(handler_pointer handler) const {
  auto bytes = replaced(bytes_, find_handler(handler->name), handler);
  return changed(&definition_snapshot::handlers_, handler->name, bytes,
                 [&](auto& in) { in[handler->name] = handler; });
}

definition_snapshot_pointer
definition_snapshot::without_handler(const std::string& name) const {
  auto bytes = replaced(bytes_, find_handler(name), handler_pointer());
  return changed(&definition_snapshot::handlers_, name, bytes,
                 [&](auto& in) { in.erase(name); });
}

const definition_snapshot::tags*
definition_snapshot::find_tags(change_tags::kind of,
                               std::string_view name) const {
  return find(of == change_tags::kind::workflow ? workflow_tags_ : task_tags_,
              name);
}

definition_snapshot::tags definition_snapshot::all_tags() const {
  tags out;
  for (auto* table : {&workflow_tags_, &task_tags_})
    for (auto& in : *table)
      if (in)
        for (auto& [name, some] : *in)
          out.insert(out.end(), some.begin(), some.end());
  auto order = [](const tag& x) { return std::tie(x.key, x.value, x.type); };
  std::sort(out.begin(), out.end(),
            [&](auto& a, auto& b) { return order(a) < order(b); });
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

definition_snapshot_pointer
definition_snapshot::with_tags(change_tags::kind of, const std::string& name,
                               tags all) const {
  using namespace definition_snapshot_detail;
  auto bytes = bytes_ - bytes_of(find_tags(of, name))
               + bytes_of(all.empty() ? nullptr : &all);
  return changed(of == change_tags::kind::workflow
                     ? &definition_snapshot::workflow_tags_
                     : &definition_snapshot::task_tags_,
                 name, bytes, [&](auto& in) {
                   if (all.empty())
                     in.erase(name);
                   else
                     in[name] = std::move(all);
                 });
}

const rate_limit_config*
definition_snapshot::find_limit(std::string_view name) const {
  return find(limits_, name);
}

definition_snapshot_pointer definition_snapshot::with_limit(
    const std::string& name,
    const std::optional<rate_limit_config>& limit) const {
  using namespace definition_snapshot_detail;
  auto bytes = bytes_ - bytes_of(find_limit(name))
               + bytes_of(limit ? &*limit : nullptr);
  return changed(&definition_snapshot::limits_, name, bytes, [&](auto& in) {
    if (limit)
      in[name] = *limit;
    else
      in.erase(name);
  });
}

} // namespace tutti
