#pragma once

#include "actors/metrics/metric.hpp"
#include "messages/model/bounds.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tutti {

/// What the node counts, under the names of reference:metrics. Thread safe; a
/// counter that was used before costs a look-up. Only what is counted where it
/// happens is here.
class counters {
 public:
  /// Labels come from outside: of more than `series_max` combinations the one
  /// that was counted longest ago is forgotten.
  explicit counters(size_t series_max = 10'000);
  ~counters();

  // Executions

  void workflow_started(std::string_view name, int32_t version,
                        std::string_view owner_app);
  void start_refused(std::string_view name, std::string_view owner_app);
  /// An execution ended unsuccessfully.
  void workflow_failed(std::string_view name, std::string_view status,
                       std::string_view owner_app);
  /// An execution completed, so long after its start.
  void workflow_completed(std::string_view name, std::string_view owner_app,
                          int64_t ms);
  void workflow_archived(std::string_view name, std::string_view status);
  void decided(std::chrono::steady_clock::duration within);

  // Tasks

  /// A decision scheduled tasks: so many does its execution have now.
  void tasks_scheduled(std::string_view workflow_name, int32_t version,
                       size_t tasks);
  /// A worker got a task for the first time, so long after it was scheduled.
  void task_waited(std::string_view task_type, int64_t ms);
  /// A worker's update ended a task. `all_ms`: with the attempts before.
  void task_ended(std::string_view task_type, std::string_view status,
                  int64_t ms, int64_t all_ms);
  /// `of_response`: its worker was silent for too long.
  void task_timed_out(std::string_view task_type, bool of_response);
  /// An update for a task or an execution that had ended.
  void update_came_late(std::string_view workflow_name,
                        std::string_view task_type,
                        std::string_view task_status,
                        std::string_view workflow_status);
  void update_failed(std::string_view workflow_name,
                     std::string_view task_type);
  void logged(size_t lines);

  // Queues

  void polled(std::string_view task_type, std::string_view domain);
  void poll_failed(std::string_view task_type, std::string_view domain,
                   std::string_view why);
  /// A limit of its definition delays a task.
  void rate_limited(std::string_view task_type, int32_t limit);
  void concurrency_limited(std::string_view task_type, int32_t limit);

  // The node

  /// One caller reached a limit (messages/model/bounds.hpp).
  void limit_reached(const bound& which) { reached_->add(which); }
  /// Inputs and outputs of tasks beyond executions.task_payload_kib_warning.
  void large_payloads(int64_t count) { large_payloads_ += count; }
  /// The same count, for those who cannot know this class.
  std::shared_ptr<reached_bounds> reached() const { return reached_; }

  /// Asked whenever metrics are shown; as long as the counters live.
  void add(metric_source what);

  /// In the text format of Prometheus.
  std::string text() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
  std::shared_ptr<reached_bounds> reached_;
  std::atomic<int64_t> large_payloads_{0};
};

} // namespace tutti
