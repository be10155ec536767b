#pragma once

#include "actors/metadata/definition_snapshot.hpp"
#include "messages/requests.hpp"
#include "storage/store.hpp"

namespace tutti {

/// What a request does to the registered definitions
/// (reference:rest-api#workflow-definitions).
struct definition_change {
  definition_snapshot_pointer next;
  storage::batch rows;
  document text; ///< BulkResponse JSON of an upsert
};

result<definition_change> change(const definition_snapshot& from,
                                 const register_workflows& x, int64_t now);
result<definition_change> change(const definition_snapshot& from,
                                 const register_tasks& x, int64_t now);
result<definition_change> change(const definition_snapshot& from,
                                 const remove_workflow_definition& x);
result<definition_change> change(const definition_snapshot& from,
                                 const remove_task_definition& x);
result<definition_change> change(const definition_snapshot& from,
                                 const register_schemas& x, int64_t now);
result<definition_change> change(const definition_snapshot& from,
                                 const remove_schema& x);
result<definition_change> change(const definition_snapshot& from,
                                 const register_event_handlers& x);
result<definition_change> change(const definition_snapshot& from,
                                 const remove_event_handler& x);
result<definition_change> change(const definition_snapshot& from,
                                 const change_tags& x, size_t tags_max);
result<definition_change> change(const definition_snapshot& from,
                                 const limit_workflow& x);

/// What goes with the last version of a workflow, or with a task definition.
void remove_tags(definition_change& out, change_tags::kind of,
                 const std::string& name);
void remove_limit(definition_change& out, const std::string& name);

} // namespace tutti
