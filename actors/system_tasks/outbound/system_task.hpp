#pragma once

#include "messages/model/requests.hpp"
#include "messages/model/result.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace tutti {

/// A queued system task with its secrets resolved.
struct system_task {
  std::string task_id, workflow_id;
  nlohmann::json input = nlohmann::json::object();
  /// Its outcome leaves the task open: somebody else completes it.
  bool async_complete = false;
};

/// Reads the JSON of a poll.
result<system_task> read_system_task(std::string_view text);

/// COMPLETED, or IN_PROGRESS with `async_complete`.
task_result success_of(const system_task& task, payload output);
task_result failure_of(const system_task& task, std::string reason,
                       payload output);

/// Performs one type of queued system tasks, on threads of its own.
class system_task_worker {
 public:
  using told = std::function<void(task_result)>;

  virtual ~system_task_worker() = default;
  virtual std::string_view type() const = 0;
  /// Returns at once. Calls `done` once, from any thread, or never when the
  /// worker is stopped before.
  virtual void perform(system_task task, told done) = 0;
  /// Abandons running work and joins the threads.
  virtual void stop() = 0;
};

} // namespace tutti
