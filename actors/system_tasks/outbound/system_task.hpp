#pragma once

#include "messages/model/requests.hpp"
#include "messages/model/result.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace tutti {

/// A queued system task as its worker gets it: secrets are resolved.
struct system_task {
  std::string task_id, workflow_id;
  nlohmann::json input = nlohmann::json::object();
  /// Its outcome leaves it open: somebody else completes it.
  bool async_complete = false;
};

/// From the JSON that a poll gives.
result<system_task> read_system_task(std::string_view text);

/// What came of it: COMPLETED, or IN_PROGRESS when somebody else ends it.
task_result success_of(const system_task& task, payload output);
task_result failure_of(const system_task& task, std::string reason,
                       payload output);

/// Does the work of one type of queued system tasks, on threads of its own.
class system_task_worker {
 public:
  using told = std::function<void(task_result)>;

  virtual ~system_task_worker() = default;
  virtual std::string_view type() const = 0;
  /// Returns at once. `done` is called once, from any thread; not at all when
  /// the worker is stopped before.
  virtual void perform(system_task task, told done) = 0;
  /// Gives up what is under way and joins its threads.
  virtual void stop() = 0;
};

} // namespace tutti
