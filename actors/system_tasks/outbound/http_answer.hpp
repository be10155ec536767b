#pragma once

#include "actors/system_tasks/outbound/system_task.hpp"
#include "messages/model/memory/memory_account.hpp"

#include <string>
#include <utility>
#include <vector>

namespace tutti {

/// A server's response.
struct http_answer {
  int status = 0;
  std::string reason_phrase;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  memory_hold memory = {}; ///< of a large one
};

/// The outcome of an HTTP task (reference:http): COMPLETED or IN_PROGRESS
/// after a 2xx, FAILED otherwise or when the response cannot be read,
/// `output.response` in all cases.
task_result outcome_of(const system_task& task,
                       const result<http_answer>& answer);

} // namespace tutti
