#include "actors/metrics/counters.hpp"

#include "actors/metrics/exposition.hpp"
#include "actors/metrics/series_table.hpp"

#include <mutex>

namespace tutti {

namespace counters_detail {

/// In the order of `families`.
struct series_number {
  enum : size_t {
    started,
    start_errors,
    failed,
    execution,
    archived,
    decision,
    tasks_in_workflow,
    queue_wait,
    task_execution,
    timeouts,
    response_timeouts,
    conflicts,
    update_errors,
    log_size,
    polls,
    polls_by_domain,
    poll_errors,
    rate_limits,
    concurrency_limits,
  };
};

std::vector<series_table::family> families() {
  using kind = metric::kind;
  return {
      {"workflow_start_success_total",
       "Executions that were started",
       kind::counter,
       {"workflowName", "version", "ownerApp"}},
      {"workflow_start_error_total",
       "Starts that were refused",
       kind::counter,
       {"workflowName", "ownerApp"}},
      {"workflow_failure_total",
       "Executions that ended without success",
       kind::counter,
       {"workflowName", "status", "ownerApp"}},
      {"workflow_execution_seconds",
       "How long completed executions took",
       kind::summary,
       {"workflowName", "ownerApp"}},
      {"workflow_archived_total",
       "Executions that were archived",
       kind::counter,
       {"workflowName", "workflowStatus"}},
      {"workflow_decision_seconds", "How long decisions took", kind::summary},
      {"tasks_in_workflow",
       "Tasks of an execution, whenever it schedules some",
       kind::summary,
       {"workflowName", "version"}},
      {"task_queue_wait_seconds",
       "From the schedule of a task until a worker got it",
       kind::summary,
       {"taskType"}},
      {"task_execution_seconds",
       "From the first poll of a task until its worker ended it",
       kind::summary,
       {"taskType", "includeRetries", "status"}},
      {"task_timeout_total",
       "Tasks that timed out",
       kind::counter,
       {"taskType"}},
      {"task_response_timeout_total",
       "Tasks whose worker was silent for too long",
       kind::counter,
       {"taskType"}},
      {"task_update_conflict_total",
       "Updates that came after the end of their task or execution",
       kind::counter,
       {"workflowName", "taskType", "taskStatus", "workflowStatus"}},
      {"task_update_error_total",
       "Updates of tasks that were refused",
       kind::counter,
       {"workflowName", "taskType"}},
      {"task_exec_log_size", "Log lines of the last update that had some",
       kind::gauge},
      {"task_poll_total", "Polls of workers", kind::counter, {"taskType"}},
      {"task_poll_count_total",
       "Polls of workers, by domain",
       kind::counter,
       {"taskType", "domain"}},
      {"task_poll_error_total",
       "Polls that were refused or failed",
       kind::counter,
       {"taskType", "domain", "exception"}},
      {"task_rate_limited",
       "The rate limit that delayed a task last",
       kind::gauge,
       {"taskType"}},
      {"task_concurrent_execution_limited",
       "The limit of concurrent tasks that delayed a task last",
       kind::gauge,
       {"taskType"}},
  };
}

std::string_view or_unknown(std::string_view x) {
  return x.empty() ? "unknown" : x;
}

std::string_view or_none(std::string_view domain) {
  return domain.empty() ? "NO_DOMAIN" : domain;
}

double in_seconds(int64_t ms) { return double(ms) / 1'000; }

} // namespace counters_detail

using counters_detail::in_seconds;
using counters_detail::or_none;
using counters_detail::or_unknown;
using counters_detail::series_number;

struct counters::impl {
  explicit impl(size_t series_max)
      : series(counters_detail::families(), series_max) {}

  series_table series;
  std::mutex mutex;
  std::vector<metric_source> sources;
};

counters::counters(size_t series_max)
    : impl_(std::make_unique<impl>(series_max)),
      reached_(std::make_shared<reached_bounds>()) {
  add([reached = reached_] {
    metric out{"tutti_limit_reached_total",
               "Requests, tasks and executions that ended at a limit",
               metric::kind::counter,
               {}};
    for (auto& [setting, count] : reached->counts())
      out.samples.push_back({{{"limit", std::string(setting)}}, double(count)});
    return std::vector<metric>{std::move(out)};
  });
  add([this] {
    return std::vector<metric>{
        {"tutti_large_payloads_total",
         "Inputs and outputs of tasks beyond the size of the warning",
         metric::kind::counter,
         {{{}, double(large_payloads_)}}},
        {"tutti_metric_series_forgotten_total",
         "Combinations of labels that were forgotten because there were too "
         "many (node.metric_series_max)",
         metric::kind::counter,
         {{{}, double(impl_->series.forgotten())}}}};
  });
}
counters::~counters() = default;

void counters::workflow_started(std::string_view name, int32_t version,
                                std::string_view owner_app) {
  impl_->series.count(series_number::started,
                      {name, std::to_string(version), or_unknown(owner_app)});
}

void counters::start_refused(std::string_view name,
                             std::string_view owner_app) {
  impl_->series.count(series_number::start_errors,
                      {name, or_unknown(owner_app)});
}

void counters::workflow_failed(std::string_view name, std::string_view status,
                               std::string_view owner_app) {
  impl_->series.count(series_number::failed,
                      {name, status, or_unknown(owner_app)});
}

void counters::workflow_completed(std::string_view name,
                                  std::string_view owner_app, int64_t ms) {
  impl_->series.observe(series_number::execution, {name, or_unknown(owner_app)},
                        in_seconds(ms));
}

void counters::workflow_archived(std::string_view name,
                                 std::string_view status) {
  impl_->series.count(series_number::archived, {name, status});
}

void counters::decided(std::chrono::steady_clock::duration within) {
  impl_->series.observe(series_number::decision, {},
                        std::chrono::duration<double>(within).count());
}

void counters::tasks_scheduled(std::string_view workflow_name, int32_t version,
                               size_t tasks) {
  impl_->series.observe(series_number::tasks_in_workflow,
                        {workflow_name, std::to_string(version)},
                        double(tasks));
}

void counters::task_waited(std::string_view task_type, int64_t ms) {
  impl_->series.observe(series_number::queue_wait, {task_type}, in_seconds(ms));
}

void counters::task_ended(std::string_view task_type, std::string_view status,
                          int64_t ms, int64_t all_ms) {
  impl_->series.observe(series_number::task_execution,
                        {task_type, "false", status}, in_seconds(ms));
  impl_->series.observe(series_number::task_execution,
                        {task_type, "true", status}, in_seconds(all_ms));
}

void counters::task_timed_out(std::string_view task_type, bool of_response) {
  impl_->series.count(of_response ? series_number::response_timeouts
                                  : series_number::timeouts,
                      {task_type});
}

void counters::update_came_late(std::string_view workflow_name,
                                std::string_view task_type,
                                std::string_view task_status,
                                std::string_view workflow_status) {
  impl_->series.count(series_number::conflicts,
                      {workflow_name, task_type, task_status, workflow_status});
}

void counters::update_failed(std::string_view workflow_name,
                             std::string_view task_type) {
  impl_->series.count(series_number::update_errors, {workflow_name, task_type});
}

void counters::logged(size_t lines) {
  impl_->series.set(series_number::log_size, {}, double(lines));
}

void counters::polled(std::string_view task_type, std::string_view domain) {
  impl_->series.count(series_number::polls, {task_type});
  impl_->series.count(series_number::polls_by_domain,
                      {task_type, or_none(domain)});
}

void counters::poll_failed(std::string_view task_type, std::string_view domain,
                           std::string_view why) {
  impl_->series.count(series_number::poll_errors,
                      {task_type, or_none(domain), why});
}

void counters::rate_limited(std::string_view task_type, int32_t limit) {
  impl_->series.set(series_number::rate_limits, {task_type}, limit);
}

void counters::concurrency_limited(std::string_view task_type, int32_t limit) {
  impl_->series.set(series_number::concurrency_limits, {task_type}, limit);
}

void counters::add(metric_source what) {
  std::lock_guard guard{impl_->mutex};
  impl_->sources.push_back(std::move(what));
}

std::string counters::text() const {
  auto all = impl_->series.metrics();
  std::vector<metric_source> sources;
  {
    std::lock_guard guard{impl_->mutex};
    sources = impl_->sources;
  }
  for (auto& source : sources)
    for (auto& x : source())
      all.push_back(std::move(x));
  return exposition(std::move(all));
}

} // namespace tutti
