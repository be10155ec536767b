#pragma once

#include "messages/model/enums.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tutti {

// What requests are answered with, beside `done` (nothing but success).

/// What a command to an execution comes to.
struct answer {
  /// An id, or the whole execution as JSON (the sender knows which).
  std::string text;
  /// About the task of an update, for `update-v2`.
  std::string task_type, domain;
  bool task_ended = false;
  /// False: nothing matched (update by reference, signal, hand-out).
  bool effective = true;
};

/// JSON that is handed on as it is.
struct document {
  std::string text;
};

/// The execution that a start made, or led to.
struct started {
  std::string workflow_id;
};

/// Tasks for a worker.
struct polled {
  /// JSON of each, in hand-out order.
  std::vector<std::string> tasks;
};

/// An execution in a list. Without `summaries` only the id is there.
struct execution_summary {
  std::string workflow_id, name;
  int32_t version = 0;
  workflow_status status = workflow_status::running;
  int64_t created = 0;
};
struct execution_list {
  std::vector<execution_summary> items;
};

/// An execution that crashed again and again and was put aside.
struct incident {
  std::string workflow_id, last_error;
  int64_t crashes = 0;
  int64_t since = 0; ///< milliseconds since 1970
};
struct incident_list {
  std::vector<incident> items;
};

/// What a request with several steps has to know of an execution.
struct execution_head {
  std::string workflow_id, name;
  workflow_status status = workflow_status::running;
  std::string parent_workflow_id, parent_task_id;
  /// Who asked for its start, see `workflow::asked_by`.
  std::string asked_by;
  /// The child of the task that was asked about.
  std::string sub_workflow_id;
};

/// Whether a message was in its queue.
struct acknowledged {
  bool found = false;
};

} // namespace tutti
