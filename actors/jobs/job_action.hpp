#pragma once

#include "messages/requests.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tutti {

/// Sends an operator's request for one execution, as the gateway does.
class operator_port {
 public:
  virtual ~operator_port() = default;
  virtual void send(envelope<call_workflow> x) = 0;
  virtual void send(envelope<restart_workflow> x) = 0;
  virtual void send(envelope<rerun_workflow> x) = 0;
  virtual void send(envelope<remove_workflow> x) = 0;
  virtual void send(envelope<read_execution_head> x) = 0;
};

/// Called from any thread.
using operator_pointer = std::shared_ptr<operator_port>;

/// What a job does to each of its executions (reference:jobs#actions).
struct job_action {
  /// How a repetition finds out that it was done before.
  enum class evidence : uint8_t {
    revision, ///< the execution's history names the job
    revival,  ///< the same of one of its descendants: it was revived by a child
    absence,  ///< the execution is gone
    none,     ///< a repetition changes nothing
  };

  std::string name;
  /// For the preview: "retries the failed tasks of each".
  std::string does;
  /// Executions with these statuses are changed, others skipped.
  std::vector<workflow_status> concerns;
  evidence proof = evidence::revision;
  /// Sends it for one execution.
  std::function<void(const operator_pointer&, const std::string& workflow_id,
                     const request_context&, reply<answer>)>
      send;

  bool concerns_status(workflow_status x) const;
};

/// errc::invalid with a sentence when there is no such action, or its arguments
/// make no sense.
result<job_action> job_action_of(std::string_view name,
                                 const payload& arguments);

/// Names, for the sentence that refuses others.
std::vector<std::string_view> job_action_names();

} // namespace tutti
