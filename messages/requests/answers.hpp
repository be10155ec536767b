#pragma once

#include "messages/model/enums.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tutti {

// Responses besides `done` (success without a value).

/// The result of a command to an execution.
struct answer {
  /// An id, or the whole execution as JSON, whichever was requested.
  std::string text;
  /// Of the updated task, for `update-v2`.
  std::string task_type, domain;
  bool task_ended = false;
  /// False: nothing matched (update by reference, signal, hand-out).
  bool effective = true;
};

/// JSON that is passed on unchanged.
struct document {
  std::string text;
  /// Of a list that was cut: what to begin with next time; 0: it was not.
  int64_t next = 0;
};

/// The execution that a start created or found.
struct started {
  std::string workflow_id;
};

/// Tasks for a worker.
struct polled {
  /// JSON of each, in hand-out order.
  std::vector<std::string> tasks;
};

/// An execution in a list. Only the id is set without `summaries`.
struct execution_summary {
  std::string workflow_id, name;
  int32_t version = 0;
  workflow_status status = workflow_status::running;
  int64_t created = 0;
};
struct execution_list {
  std::vector<execution_summary> items;
  /// How many there are, listed or not; a listing counts up to a million of a
  /// shard.
  uint64_t total = 0;
};

/// An execution that was parked after repeated crashes.
struct incident {
  std::string workflow_id, last_error;
  int64_t crashes = 0;
  int64_t since = 0; ///< milliseconds since 1970
};
struct incident_list {
  std::vector<incident> items;
};

/// The fields of an execution that requests with several steps need.
struct execution_head {
  std::string workflow_id, name;
  workflow_status status = workflow_status::running;
  std::string parent_workflow_id, parent_task_id;
  /// Who requested its start; see `workflow::asked_by`.
  std::string asked_by;
  /// The child of the task in the question.
  std::string sub_workflow_id;
};

/// False: the message was not in its queue.
struct acknowledged {
  bool found = false;
};

} // namespace tutti
