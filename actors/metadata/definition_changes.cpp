#include "actors/metadata/definition_changes.hpp"

#include "actors/metadata/definition_store.hpp"
#include "messages/model/codec.hpp"

#include <limits>

namespace tutti {

namespace definition_changes_detail {

/// `next` is a copy that shares all buckets with `from`.
definition_change nothing(const definition_snapshot& from) {
  return {std::make_shared<const definition_snapshot>(from), {}, {}};
}

template <class Definition>
void put(definition_change& out, Definition x) {
  out.rows.push_back(stored(x));
  out.next = out.next->with(std::make_shared<const Definition>(std::move(x)));
}

std::string bulk_response(const std::vector<workflow_def>& definitions) {
  std::string out = R"({"bulkErrorResults":{},"bulkSuccessfulResults":[)";
  for (auto& x : definitions) {
    if (out.back() != '[')
      out += ',';
    write_string(out, x.name);
  }
  return out + "]}";
}

} // namespace definition_changes_detail

result<definition_change> change(const definition_snapshot& from,
                                 const register_workflows& x, int64_t now) {
  using mode = register_workflows::mode;
  auto out = definition_changes_detail::nothing(from);
  for (auto definition : x.definitions) {
    auto known = out.next->find_registered(definition.name, definition.version);
    if (known && known->version() != definition.version)
      known = nullptr; // version 0 asks for the highest one
    auto& trail = definition.trail;
    if (known && x.how == mode::create)
      return failure{errc::conflict, "Workflow with " + definition.name + '.'
                                         + std::to_string(definition.version)
                                         + " already exists!"};
    if (x.how == mode::create) {
      trail.create_time = now;
      trail.update_time = 0;
    } else {
      if (trail.create_time == 0)
        trail.create_time = known ? known->create_time() : now;
      trail.update_time = now;
    }
    definition_changes_detail::put(out, std::move(definition));
  }
  if (x.how == mode::upsert)
    out.text.text = definition_changes_detail::bulk_response(x.definitions);
  return out;
}

result<definition_change> change(const definition_snapshot& from,
                                 const register_tasks& x, int64_t now) {
  auto out = definition_changes_detail::nothing(from);
  for (auto definition : x.definitions) {
    auto known = out.next->find_task(definition.name);
    auto& trail = definition.trail;
    if (!x.must_exist) {
      trail.create_time = now;
      trail.update_time = 0;
      trail.created_by.clear();
      trail.updated_by.clear();
    } else if (known) {
      trail.create_time = known->trail.create_time;
      trail.created_by = known->trail.created_by;
      trail.update_time = now;
    } else {
      return failure{errc::not_found,
                     "No such task by name " + definition.name};
    }
    definition_changes_detail::put(out, std::move(definition));
  }
  return out;
}

result<definition_change> change(const definition_snapshot& from,
                                 const remove_task_definition& x) {
  if (!from.find_task(x.name))
    return failure{errc::not_found, "No such task definition: " + x.name};
  definition_change out;
  out.next = from.without_task(x.name);
  out.rows.push_back(erased_task(x.name));
  remove_tags(out, change_tags::kind::task, x.name);
  return out;
}

result<definition_change> change(const definition_snapshot& from,
                                 const remove_workflow_definition& x) {
  auto known = from.find_versions(x.name);
  if (!known || !known->contains(x.version))
    return failure{errc::not_found,
                   "No such workflow definition: " + x.name
                       + " version: " + std::to_string(x.version)};
  definition_change out;
  out.next = from.without_workflow(x.name, x.version);
  out.rows.push_back(erased_workflow(x.name, x.version));
  if (known->size() == 1) {
    remove_tags(out, change_tags::kind::workflow, x.name);
    remove_limit(out, x.name);
  }
  return out;
}

result<definition_change> change(const definition_snapshot& from,
                                 const register_schemas& x, int64_t now) {
  auto out = definition_changes_detail::nothing(from);
  for (auto schema : x.definitions) {
    auto all = out.next->find_schemas(schema.name);
    if (x.new_version) {
      auto last = all ? all->rbegin()->first : 0;
      if (last == std::numeric_limits<int32_t>::max())
        return failure{errc::invalid,
                       "schema '" + schema.name + "' has the version "
                           + std::to_string(last)
                           + ", and there is no higher one; register it with "
                             "a version of your own"};
      schema.version = last + 1;
    }
    auto known = out.next->find_schema(schema.name, schema.version);
    schema.trail.create_time = known ? known->trail.create_time : now;
    schema.trail.update_time = known ? now : 0;
    definition_changes_detail::put(out, std::move(schema));
  }
  return out;
}

result<definition_change> change(const definition_snapshot& from,
                                 const remove_schema& x) {
  auto all = from.find_schemas(x.name);
  if (!all || (x.version && !all->contains(*x.version)))
    return failure{errc::not_found,
                   "No such schema: " + x.name
                       + (x.version ? " version: " + std::to_string(*x.version)
                                    : std::string())};
  auto out = definition_changes_detail::nothing(from);
  for (auto& [version, schema] : *all) {
    if (x.version && *x.version != version)
      continue;
    out.next = out.next->without_schema(x.name, version);
    out.rows.push_back(erased_schema(x.name, version));
  }
  return out;
}

} // namespace tutti
