#pragma once

#include "messages/envelope.hpp"
#include "messages/requests/answers.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tutti {

// Requests about tasks and their queues.

struct poll_tasks {
  using response = polled;
  std::string task_type, domain, worker_id;
  int32_t count = 1;
  int32_t timeout_ms = 100; ///< <= 0: answered at once
  /// For `cancel_poll`, unique among the parked polls; 0: it cannot be
  /// cancelled.
  uint64_t poll_id = 0;
  /// The node itself polls for its system tasks: not counted as poll data.
  bool by_node = false;
};

/// The client of that poll is gone: it gets no task any more and the poll is
/// answered with nothing. Harmless when it was answered already.
struct cancel_poll {
  using response = done;
  std::string task_type, domain; ///< as in the poll
  uint64_t poll_id = 0;
};

struct append_task_log {
  using response = done;
  std::string task_id, log;
};
/// A page of lines, oldest first; the text is empty when there is none.
struct read_task_logs {
  using response = document;
  std::string task_id;
  int64_t start = 0, count = INT64_MAX;
};

/// {type: n}
struct read_queue_sizes {
  using response = document;
  std::vector<std::string> task_types;
};
/// One number.
struct read_queue_size {
  using response = document;
  std::string task_type, domain, isolation_group, execution_namespace;
};
/// {queue: n}, sorted by name; {queue: {"a": {"size": n, "uacked": n}}}.
struct list_queues {
  using response = document;
  bool verbose = false;
};
/// [object per queue]: waiting, in progress, limits.
struct describe_queues {
  using response = document;
  std::vector<std::string> task_types; ///< empty: all queues
};
/// The last polls, a list.
struct read_poll_data {
  using response = document;
  std::string task_type; ///< empty: all of them
};
/// Rereads the rows of a type's queues; answers their number.
struct requeue_tasks {
  using response = document;
  std::string task_type;
};

/// The oldest messages of an internal event queue (named without `conductor:`)
/// as JSON, oldest first.
struct peek_event_queue {
  using response = document;
  std::string queue;
  uint64_t count = 10;
};
/// Erases a message.
struct acknowledge_event {
  using response = acknowledged;
  std::string queue, message_id;
};

} // namespace tutti
