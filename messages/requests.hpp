#pragma once

#include "messages/model/commands.hpp"
#include "messages/reply.hpp"

#include <string>
#include <variant>
#include <vector>

namespace tutti {

// What the APIs say to the gateway. Plain structs with a reply: no CAF here,
// so that a route compiles quickly.

/// What a command, or a read of one execution, comes to.
struct answer {
  /// Text to hand on: an id, or a JSON document (the route knows which).
  std::string text;
  /// About the task of an update, for `update-v2`.
  std::string task_type, domain;
  bool task_ended = false;
  /// False: nothing matched (update by reference, signal, hand-out).
  bool effective = true;
};

struct start_workflow {
  start_workflow_request request;
  reply<answer> done; ///< text: the id
};

/// A command for one execution. Answered after it is durable.
struct call_workflow {
  std::string workflow_id;
  workflow_command what;
  reply<answer> done;
  /// Answer the whole execution (JSON, with tasks) instead of an id.
  bool answer_execution = false;
  /// Who asks, for the history.
  std::string client = {};
};

/// Restart needs the registered definition when `use_latest`; rerun may name a
/// task of a descendant: both are resolved by the gateway.
struct restart_workflow {
  std::string workflow_id;
  bool use_latest = false;
  reply<answer> done;
};
struct rerun_workflow {
  std::string workflow_id;
  rerun_request request;
  reply<answer> done;
};
struct remove_workflow {
  std::string workflow_id;
  bool archive = true; ///< terminal executions only, see the route
  reply<answer> done;
};

struct read_execution {
  enum class part : uint8_t {
    workflow,
    status,
    tasks,
    task,
    origin, ///< {"status", "askedBy"}: of an idempotency key's use
  };
  std::string workflow_id; ///< or a task id for `task`
  part what = part::workflow;
  bool include_tasks = true;
  bool include_output = false, include_variables = false;
  int64_t start = 0, count = 15;     ///< of `tasks`
  std::vector<task_status> statuses; ///< of `tasks`; empty: all
  reply<answer> done;                ///< JSON
};

/// Its revisions, each with its cause and what it changed.
struct read_history {
  std::string workflow_id;
  int64_t from = 1; ///< first revision of the page
  int64_t count = 100;
  reply<answer> done; ///< JSON
};
/// What each open task waits for.
struct explain_workflow {
  std::string workflow_id;
  size_t count_max = 100; ///< open tasks; the others are only counted
  reply<answer> done;     ///< JSON
};

/// `GET /workflow/running/{name}` and `tutti workflow list`.
struct list_executions {
  std::string name; ///< empty: any
  std::optional<int32_t> version;
  bool running_only = true;
  int64_t created_from = 0, created_to = 0; ///< 0: unbounded
  size_t count_max = 10'000;
  bool summaries = false; ///< JSON objects instead of a list of ids
  reply<answer> done;
};

struct polled {
  /// JSON of each task, in hand-out order.
  std::vector<std::string> tasks;
};

struct poll_tasks {
  std::string task_type, domain, worker_id;
  int32_t count = 1;
  int32_t timeout_ms = 100; ///< <= 0: one immediate look
  reply<polled> done;
  /// True once the client is gone; then nothing is handed to it.
  std::function<bool()> gone;
  /// The node itself polls, for its system tasks: that is no poll data.
  bool by_node = false;
};

struct append_task_log {
  std::string task_id, log;
  reply<answer> done;
};
struct read_task_logs {
  std::string task_id;
  reply<answer> done; ///< JSON list; text empty when there is none
};

struct queue_query {
  enum class kind : uint8_t {
    sizes,       ///< {type: n} of `task_types`
    size,        ///< one number: task_types[0] in `domain`
    all,         ///< {queue: n}, sorted by name
    all_verbose, ///< {queue: {"a": {"size": n, "uacked": n}}}
    poll_data,   ///< list for task_types[0]
    all_poll_data,
    requeue, ///< number of task_types[0] rows offered anew
    details, ///< [object per queue]: waiting, in progress, limits;
             ///< of task_types, or of all queues
  };
  kind what = kind::all;
  std::vector<std::string> task_types;
  std::string domain, isolation_group, execution_namespace;
  reply<answer> done;
};

/// Messages of an internal event queue, named without `conductor:`.
struct event_queue_query {
  enum class kind : uint8_t {
    peek,        ///< JSON: the oldest `count`, oldest first
    acknowledge, ///< takes `message_id` out; not effective: it was not there
  };
  kind what = kind::peek;
  std::string queue, message_id;
  size_t count = 10;
  reply<answer> done;
};

/// Definitions. Validation has been done by the route.
struct register_workflows {
  std::vector<workflow_def> definitions;
  enum class mode : uint8_t {
    create,    ///< conflict when name and version exist
    overwrite, ///< create or replace one
    upsert,    ///< PUT: many; answers BulkResponse JSON
  } how = mode::create;
  reply<answer> done;
};
struct register_tasks {
  std::vector<task_def> definitions;
  bool must_exist = false; ///< PUT: not_found when unknown, audit fields kept
  reply<answer> done;
};
/// Schemas that definitions may name. An overwritten one concerns executions
/// that start later.
struct register_schemas {
  std::vector<schema_def> definitions;
  bool new_version = false; ///< one above the highest, whatever they say
  reply<answer> done;
};
struct remove_schema {
  std::string name;
  std::optional<int32_t> version; ///< absent: all of them
  reply<answer> done;
};
struct remove_definition {
  std::string name;
  std::optional<int32_t> version; ///< absent: a task definition
  reply<answer> done;
};

/// The syntax of scripts in a definition, before it is registered or started.
struct script_to_check {
  enum class language : uint8_t { javascript, jq };
  std::string path;    ///< of its task, as violations name it
  std::string subject; ///< "SWITCH task 'x': expression"
  std::string source;
  language written_in = language::javascript;
};
struct check_scripts {
  std::vector<script_to_check> scripts;
  /// What is wrong; a script that cannot be checked now counts as right.
  reply<std::vector<violation>> done;
};

/// Definitions as they are registered now, as JSON.
struct read_definitions {
  enum class kind : uint8_t {
    workflow,           ///< `name`, and `version` or the highest one
    workflows,          ///< all versions of all names
    names,              ///< list of names
    names_and_versions, ///< {name: [summary]}, versions ascending
    versions,           ///< [summary] of `name`
    latest_versions,    ///< the highest one of each name
    task,               ///< `name`
    tasks,
    schema,  ///< `name`, and `version` or the highest one
    schemas, ///< all versions of all names
  };
  kind what = kind::workflows;
  std::string name;
  std::optional<int32_t> version;
  reply<answer> done; ///< not_found for an unknown workflow or task
};

/// An execution that crashed again and again and was put aside.
struct incident_query {
  std::string release_workflow_id; ///< empty: list them (JSON)
  reply<answer> done;
};

/// Moves the clock of a node that was started with a test clock.
struct advance_clock {
  int64_t by_ms = 0;
  reply<answer> done;
};

} // namespace tutti
