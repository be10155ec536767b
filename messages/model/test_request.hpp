#pragma once

#include "messages/model/requests.hpp"
#include "messages/model/violations.hpp"

#include <map>
#include <memory>
#include <string_view>
#include <vector>

namespace tutti {

/// The mocked result of one attempt of a task (reference:dry-runs#mocks).
struct task_mock {
  task_status status = task_status::completed; ///< one that a worker may send
  payload output;
  /// Time between poll and result, and between being ready and the poll.
  int64_t execution_time_ms = 0, queue_wait_time_ms = 0;
  // Not one of Conductor's fields:
  std::string reason;
  int64_t callback_after_seconds = 0; ///< with IN_PROGRESS
};

/// `POST /workflow/test`: a start, and mocks by reference name for the tasks
/// that the engine does not perform.
struct workflow_test_request {
  start_workflow_request start;
  std::map<std::string, std::vector<task_mock>, std::less<>> mocks;
  /// The mocks for a child. Its `start` may only give an inline definition.
  std::map<std::string, std::shared_ptr<const workflow_test_request>,
           std::less<>>
      sub_workflows;
};

/// `unknown`: properties of definitions that nobody knows.
result<workflow_test_request> read_workflow_test_request(std::string_view text,
                                                         violations* unknown
                                                         = nullptr);

} // namespace tutti
