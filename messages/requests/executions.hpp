#pragma once

#include "messages/envelope.hpp"
#include "messages/model/commands.hpp"
#include "messages/model/test_request.hpp"
#include "messages/requests/answers.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tutti {

// Requests about executions. Each goes to the shard of its workflow id.

struct start_workflow {
  using response = started;
  start_workflow_request what;
};

/// A command for one execution. Answered when it is durable.
struct call_workflow {
  using response = answer;
  std::string workflow_id;
  workflow_command what;
  /// Answer the whole execution (JSON, with tasks) instead of an id.
  bool answer_execution = false;
};

/// Restart with `use_latest` needs the registered definition, and a rerun may
/// name a task of a descendant: the gateway resolves both.
struct restart_workflow {
  using response = answer;
  std::string workflow_id;
  bool use_latest = false;
};
struct rerun_workflow {
  using response = answer;
  std::string workflow_id;
  rerun_request what;
};
struct remove_workflow {
  using response = done;
  std::string workflow_id;
  bool archive = true; ///< terminal executions only, see the route
  /// With `archive` false: an execution that has ended is removed, and can be
  /// read as it was from the archive; one that runs is refused.
  bool keep_record = false;
};

struct read_execution {
  using response = document;
  enum class part : uint8_t {
    workflow,
    status,
    tasks,
    task,
    run,     ///< as waiting clients see it
    output,  ///< the output alone
    pending, ///< the open task of `reference_name`; empty: there is none
  };
  std::string workflow_id; ///< or a task id for `task`
  part what = part::workflow;
  bool include_tasks = true;
  bool include_output = false, include_variables = false;
  int64_t start = 0, count = 15;     ///< of `tasks`
  std::vector<task_status> statuses; ///< of `tasks`; empty: all
  std::string reference_name = {};   ///< of `pending`
};

/// Revisions with their causes and changes.
struct read_history {
  using response = document;
  std::string workflow_id;
  int64_t from = 1; ///< first revision of the page
  int64_t count = 100;
};
/// What each open task waits for.
struct explain_workflow {
  using response = document;
  std::string workflow_id;
  uint64_t count_max = 100; ///< open tasks; the others are only counted
};

/// Whether an execution and the rows derived from it agree in the store: its
/// revisions and snapshot, its waiting tasks, leases, timer and lists. The
/// answer has what does not.
struct verify_execution {
  using response = std::vector<violation>; ///< path: the kind of row
  std::string workflow_id;
};

/// Asks every shard. `summaries`: newest first.
struct list_executions {
  using response = execution_list;
  std::string name; ///< empty: any
  std::optional<int32_t> version;
  bool running_only = true;
  int64_t created_from = 0, created_to = 0; ///< 0: unbounded
  uint64_t count_max = 10'000;
  bool summaries = false;
};

/// Executions by their correlation ids: {correlation id: [execution]}.
struct find_correlated {
  using response = document;
  std::vector<std::string> names, correlation_ids;
  bool include_closed = false, include_tasks = false;
  /// A list of the executions of the only id, instead of the map.
  bool as_list = false;
};

/// A dry run (reference:dry-runs): touches no store, execution, queue or
/// worker.
struct test_workflow {
  using response = document;
  workflow_test_request what;
  /// The report with coverage and timeline instead of the execution alone.
  bool report = false;
};

} // namespace tutti
