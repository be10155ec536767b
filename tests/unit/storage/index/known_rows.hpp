#pragma once

#include "tests/unit/storage/index/index_world.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace tutti::index::test {

// Executions as a test keeps them, their fields, and values that are worth
// asking for.

using value = std::variant<int64_t, double, std::string>;

struct known_task {
  std::string id;
  task_row row;
};

struct known_execution {
  std::string id;
  workflow_row row;
  std::vector<std::string> words[text_count];
  std::vector<attribute> attributes;
  std::vector<known_task> tasks;
};

/// An execution, and one of its tasks where tasks are searched.
struct subject_row {
  const known_execution* execution = nullptr;
  const known_task* task = nullptr;
};

/// As real ids: those of tasks begin with the first 23 characters of their
/// execution's.
inline std::string id_of(size_t execution) {
  auto digits = std::to_string(execution);
  return "id-" + std::string(20 - digits.size(), '0') + digits;
}

enum class kind { text, number, time, status };

struct known_field {
  const char* name;
  kind type;
  std::function<value(const subject_row&)> get;
  std::vector<std::string> pool;
};

inline std::vector<std::string> numbers(int from, int to, int step = 1) {
  std::vector<std::string> out;
  for (int i = from; i <= to; i += step)
    out.push_back(std::to_string(i));
  return out;
}

inline const std::vector<std::string> types{"ship", "pack", "media pipeline",
                                            "a_b", "ship-2"};
inline const std::vector<std::string> correlations{"",    "order-1", "order-2",
                                                   "o*d", "it's",    "Order-1"};
inline const std::vector<std::string> reasons{"", "card declined",
                                              "no [stock] left", "timeout?"};
inline const std::vector<std::string> vocabulary{
    "alpha", "beta", "gamma", "delta", "alpine", "a-1", "b_2"};
inline const std::vector<std::string> workflow_statuses{
    "RUNNING", "PAUSED", "COMPLETED", "FAILED", "TIMED_OUT", "TERMINATED"};
inline const std::vector<std::string> task_statuses{
    "SCHEDULED", "IN_PROGRESS",
    "COMPLETED", "COMPLETED_WITH_ERRORS",
    "FAILED",    "FAILED_WITH_TERMINAL_ERROR",
    "TIMED_OUT", "CANCELED",
    "SKIPPED"};
inline const std::vector<std::string> attribute_values{"1",   "2",    "10",
                                                       "red", "true", "2.5"};

inline std::vector<std::string> times() {
  auto out = std::vector<std::string>{std::to_string(now - 3'600'000), "-1h",
                                      "-30m", "now", "2023-11-14T22:00:00Z"};
  for (int i = 0; i < 6; ++i)
    out.push_back(std::to_string(now - i * 1'000'000));
  for (int day : {1, 2})
    out.push_back(std::to_string(now - day * 86'400'000LL - 3'000'000));
  return out;
}

inline std::vector<known_field> workflow_fields_of_test() {
  using r = const subject_row&;
  auto w = [](r x) -> const workflow_row& { return x.execution->row; };
  return {
      {"workflowId",
       kind::text,
       [](r x) { return x.execution->id; },
       {id_of(1), id_of(2), id_of(33), "id-404"}},
      {"workflowType", kind::text, [w](r x) { return w(x).type; }, types},
      {"version", kind::number, [w](r x) { return w(x).version; },
       numbers(0, 4)},
      {"status", kind::status, [w](r x) { return int64_t(w(x).status); },
       workflow_statuses},
      {"correlationId", kind::text, [w](r x) { return w(x).correlation_id; },
       correlations},
      {"startTime", kind::time, [w](r x) { return w(x).created; }, times()},
      {"updateTime", kind::time, [w](r x) { return w(x).updated; }, times()},
      {"endTime", kind::time, [w](r x) { return w(x).ended; }, times()},
      {"executionTime", kind::number, [w](r x) { return execution_time(w(x)); },
       numbers(0, 3'000'000, 1'000'000)},
      {"priority", kind::number, [w](r x) { return w(x).priority; },
       numbers(0, 3)},
      {"parentWorkflowId",
       kind::text,
       [w](r x) { return w(x).parent_id; },
       {"", id_of(1), id_of(2)}},
      {"createdBy",
       kind::text,
       [w](r x) { return w(x).created_by; },
       {"", "ada", "bob"}},
      {"reasonForIncompletion", kind::text, [w](r x) { return w(x).reason; },
       reasons},
      {"failedReferenceTaskNames",
       kind::text,
       [w](r x) { return w(x).failed_references; },
       {"", "a", "a,b"}},
  };
}

inline std::vector<known_field> task_fields_of_test() {
  using r = const subject_row&;
  auto t = [](r x) -> const task_row& { return x.task->row; };
  return {
      {"taskId",
       kind::text,
       [](r x) { return x.task->id; },
       {id_of(1) + "-t0", id_of(2) + "-t1", id_of(9) + "-t0", "t0"}},
      {"taskType", kind::text, [t](r x) { return t(x).type; }, types},
      {"taskDefName",
       kind::text,
       [t](r x) { return t(x).definition; },
       {"", "ship", "pack"}},
      {"referenceTaskName",
       kind::text,
       [t](r x) { return t(x).reference; },
       {"r0", "r1"}},
      {"status", kind::status, [t](r x) { return int64_t(t(x).status); },
       task_statuses},
      {"scheduledTime", kind::time, [t](r x) { return t(x).scheduled; },
       times()},
      {"startTime", kind::time, [t](r x) { return t(x).started; }, times()},
      {"updateTime", kind::time, [t](r x) { return t(x).updated; }, times()},
      {"endTime", kind::time, [t](r x) { return t(x).ended; }, times()},
      {"executionTime", kind::number, [t](r x) { return execution_time(t(x)); },
       numbers(0, 3'000'000, 1'000'000)},
      {"queueWaitTime", kind::number,
       [t](r x) { return queue_wait_time(t(x)); },
       numbers(0, 3'000'000, 1'000'000)},
      {"reasonForIncompletion", kind::text, [t](r x) { return t(x).reason; },
       reasons},
      {"workerId",
       kind::text,
       [t](r x) { return t(x).worker_id; },
       {"", "w1", "w2"}},
      {"retryCount", kind::number, [t](r x) { return t(x).retry_count; },
       numbers(0, 2)},
      {"workflowId",
       kind::text,
       [](r x) { return x.execution->id; },
       {id_of(1), id_of(2), id_of(33)}},
      {"workflowType", kind::text, [](r x) { return x.execution->row.type; },
       types},
      {"correlationId", kind::text,
       [](r x) { return x.execution->row.correlation_id; }, correlations},
  };
}

} // namespace tutti::index::test
