#pragma once

#include "actors/engine/dry_run/coverage.hpp"
#include "actors/engine/dry_run/timeline.hpp"
#include "actors/engine/dry_run/virtual_node.hpp"
#include "messages/model/test_request.hpp"

#include <map>
#include <string>
#include <vector>

namespace tutti::engine::dry_run {

/// Bounds of a dry run.
struct dry_run_bounds {
  int64_t virtual_ms_max = 10LL * 366 * 24 * 3600 * 1000;
  size_t rows_max = 20'000;
  size_t decisions_max = 100'000;
  size_t executions_max = 1'000;
  size_t bytes_max = 64 << 20;  ///< of all executions together
  size_t timeline_max = 20'000; ///< moments kept; the run itself continues
  /// Called now and then; a sentence ends the run. For limits of real time.
  std::function<std::optional<std::string>()> stop;
};

/// What a dry run needs from its caller.
struct dry_run_ports {
  const definition_source& definitions;
  const environment& env;
  script_runner& scripts;
};

struct dry_run_report {
  std::string workflow_id;
  workflow_status status = workflow_status::running;
  std::string execution; ///< reference:execution#fields, with tasks
  /// Tasks that wait for a result and have no mock left: "t2", "sub/t2".
  std::vector<std::string> waiting_for;
  /// Mocks that no attempt used: "t1", "sub/t1".
  std::map<std::string, size_t> unused_mocks;
  /// By "name.version"; the requested workflow is first.
  std::vector<std::pair<std::string, coverage>> covered;
  timeline what_happened{0};
  int64_t began_at = 0, took_ms = 0; ///< virtual
};

/// Runs a workflow in memory. Operators and scripts are real, time is virtual,
/// and mocks play the workers and the outside world. Ends when the execution
/// has ended, or when a task waits for a result without a mock and nothing else
/// can happen at that instant.
result<dry_run_report> dry_run(const workflow_test_request& request,
                               const dry_run_ports& ports, limits rules,
                               const dry_run_bounds& bounds, int64_t now,
                               uint64_t seed);

/// {"execution", "waitingFor", "unusedMocks", "virtualMs", "coverage",
/// "timeline"}
void write(std::string& out, const dry_run_report& x);

} // namespace tutti::engine::dry_run
