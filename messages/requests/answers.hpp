#pragma once

#include "messages/model/enums.hpp"
#include "messages/model/payload.hpp"

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
  /// The latest task of the reference in the question.
  std::string task_id;
  /// Names of the secrets that the input of the task in the question holds.
  std::vector<std::string> secrets = {};
};

/// A job in a list, as JSON.
struct job_entry {
  std::string id;
  int64_t created = 0;
  std::string text;
};
struct job_list {
  std::vector<job_entry> items;
  uint64_t total = 0; ///< how many there are, listed or not
};

/// How a client's wait for an execution has ended.
struct waited {
  std::string workflow_id; ///< the one that was addressed
  workflow_status status = workflow_status::running;
  /// What `text` shows: the addressed workflow if no task blocks.
  return_strategy shown = return_strategy::target_workflow;
  bool timed_out = false;
  bool effective = true; ///< false: there was no task to signal
  /// The workflow or task; or the output alone.
  payload content = {};
};

/// What an observation of an execution contains besides its status.
enum class observed_part : uint8_t {
  nothing,
  run,    ///< the execution, as waiting clients see it
  output, ///< its output
  task,   ///< the task that waits for a client, otherwise the execution
};
/// What a watch has seen of an execution.
struct observed {
  enum class state : uint8_t {
    open,     ///< none of the others
    ended,    ///< the execution is terminal
    blocked,  ///< a task waits for a client and for no instant
    reached,  ///< one of the references has ended
    children, ///< there is a child that was not known
  };
  state now = state::open;
  workflow_status status = workflow_status::running;
  bool takes_signals = false;        ///< a task waits for a signal
  std::vector<std::string> children; ///< open ones, in the order of their tasks
  observed_part part = observed_part::nothing; ///< what `content` is
  bool is_large = false; ///< there is no content: it has to be read aside
  payload content = {};
};

/// JSON objects with what they are sorted by. From a shard: as many as the
/// request's `start` and `count` together; from the gateway: that page.
struct sorted_document {
  std::string key, text;
};
struct sorted_documents {
  std::vector<sorted_document> items;
  uint64_t total = 0; ///< how many there are
};

/// A value of a field and how many have it.
struct value_count {
  std::string field, value;
  uint64_t count = 0;
};
/// What a search found.
struct search_result {
  std::vector<std::string> items; ///< JSON, or ids
  /// The cursor behind each item, if they were asked for.
  std::vector<std::string> places = {};
  uint64_t total = 0;              ///< exact, whatever the page holds
  std::string cursor;              ///< where the next page begins; empty: none
  std::vector<value_count> facets; ///< the most frequent values first
  std::vector<std::string> warnings;
  /// Commits acknowledged before the search that the index does not have yet,
  /// and for how long.
  uint64_t behind = 0;
  int64_t behind_ms = 0;
};

/// False: the message was not in its queue.
struct acknowledged {
  bool found = false;
};

} // namespace tutti
