#pragma once

#include "messages/envelope.hpp"
#include "messages/model/definitions.hpp"
#include "messages/model/event_handler.hpp"
#include "messages/requests/answers.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tutti {

// Requests about definitions, already validated (api/admission).

struct register_workflows {
  using response = document; ///< of an upsert the BulkResponse, otherwise empty
  std::vector<workflow_def> definitions;
  enum class mode : uint8_t {
    create,    ///< conflict when name and version exist
    overwrite, ///< create or replace one
    upsert,    ///< PUT: many
  } how = mode::create;
};
struct register_tasks {
  using response = done;
  std::vector<task_def> definitions;
  bool must_exist = false; ///< PUT: not_found when unknown, audit fields kept
};
/// Schemas that definitions may name. Overwriting one affects executions that
/// start later.
struct register_schemas {
  using response = done;
  std::vector<schema_def> definitions;
  bool new_version
      = false; ///< one above the highest, whatever version they name
};
struct remove_workflow_definition {
  using response = done;
  std::string name;
  int32_t version = 0;
};
struct remove_task_definition {
  using response = done;
  std::string name;
};
struct remove_schema {
  using response = done;
  std::string name;
  std::optional<int32_t> version; ///< absent: all versions
};

/// Handlers of events. Nothing acts on them yet.
struct register_event_handlers {
  using response = done;
  std::vector<event_handler> definitions;
  /// PUT: not_found when unknown; otherwise conflict when known.
  bool must_exist = false;
};
struct remove_event_handler {
  using response = done;
  std::string name;
};
/// Tags of all versions of a workflow, or of a task definition; they go with
/// its last version.
struct change_tags {
  using response = done;
  enum class kind : uint8_t { workflow, task } of = kind::workflow;
  std::string name;
  std::vector<tag> tags;
  enum class mode : uint8_t {
    add, ///< or change the value of a key
    replace,
    remove, ///< those with such a key, and such a value if one is given
  } how = mode::add;
};
/// An operator's limit for executions of that name that start from now on,
/// whatever their definition says; absent: the definition's again.
struct limit_workflow {
  using response = done;
  std::string name;
  std::optional<rate_limit_config> limit;
};

/// Registered definitions as JSON.
struct read_definitions {
  using response = document; ///< not_found for an unknown workflow or task
  enum class kind : uint8_t {
    workflow,           ///< `name`, and `version` or the highest one
    workflows,          ///< all versions of all names
    names,              ///< list of names
    names_and_versions, ///< {name: [summary]}, versions ascending
    versions,           ///< [summary] of `name`
    latest_versions,    ///< the highest one of each name
    task,               ///< `name`
    tasks,
    schema,         ///< `name`, and `version` or the highest one
    schemas,        ///< all versions of all names
    event_handlers, ///< of the event `name`, if it is given
    workflow_tags,  ///< of `name`; so the next
    task_tags,
    tags,       ///< all that are in use
    rate_limit, ///< of the workflow `name`; not_found without one
  };
  kind what = kind::workflows;
  std::string name;
  std::optional<int32_t> version;
  bool active_only = false; ///< of event handlers
  /// Of workflows: any of these; empty: all. Definitions without one have
  /// "workflow".
  std::vector<std::string> classifiers = {};
  /// Of lists: how many to leave out, and how many at most; 0: all. The rest is
  /// named by `document::next`.
  int64_t start = 0, count = 0;
};

/// The syntax of a definition's script, checked before it is registered or
/// started.
struct script_to_check {
  enum class language : uint8_t { javascript, jq };
  std::string path;    ///< of its task, as violations name it
  std::string subject; ///< "SWITCH task 'x': expression"
  std::string source;
  language written_in = language::javascript;
};
/// The violations; a script that cannot be checked now passes.
struct check_scripts {
  using response = std::vector<violation>;
  std::vector<script_to_check> scripts;
};

} // namespace tutti
