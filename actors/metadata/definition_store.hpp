#pragma once

#include "actors/metadata/definition_snapshot.hpp"
#include "messages/model/result.hpp"
#include "storage/store.hpp"

namespace tutti {

// Registered definitions as rows of shard 0, kind 'm' (storage/keys.hpp). A
// value is a version byte, 1, and the definition's JSON as clients write it,
// audit fields included.

constexpr uint32_t definitions_shard = 0;

storage::operation stored(const workflow_def& definition);
storage::operation stored(const task_def& definition);
storage::operation erased_workflow(const std::string& name, int32_t version);
storage::operation erased_task(const std::string& name);
storage::operation stored(const schema_def& schema);
storage::operation erased_schema(const std::string& name, int32_t version);
storage::operation stored(const event_handler& handler);
storage::operation erased_handler(const std::string& name);
/// An empty list erases the row.
storage::operation stored_tags(change_tags::kind of, const std::string& name,
                               const std::vector<tag>& tags);
storage::operation stored_limit(const std::string& name,
                                const std::optional<rate_limit_config>& limit);

/// errc::internal with a sentence when a row cannot be read.
result<definition_snapshot_pointer>
load_definitions(const storage::store& store);

} // namespace tutti
