#pragma once

#include "actors/engine/dry_run/coverage.hpp"
#include "actors/engine/dry_run/timeline.hpp"
#include "actors/engine/dry_run/virtual_node.hpp"
#include "messages/model/test_request.hpp"

#include <map>
#include <string>
#include <vector>

namespace tutti::engine::dry_run {

/// Where a dry run gives up.
struct dry_run_bounds {
  int64_t virtual_ms_max = 10LL * 366 * 24 * 3600 * 1000;
  size_t rows_max = 20'000;
  size_t decisions_max = 100'000;
  size_t executions_max = 1'000;
  size_t timeline_max = 20'000; ///< moments kept; the run goes on
  /// Asked now and then; a sentence ends the run. For limits in real time.
  std::function<std::optional<std::string>()> stop;
};

/// What a dry run asks of others.
struct dry_run_ports {
  const definition_source& definitions;
  const environment& env;
  script_runner& scripts;
};

struct dry_run_report {
  std::string workflow_id;
  workflow_status status = workflow_status::running;
  std::string execution; ///< rest-api.md §3.5, with tasks
  /// Tasks that wait for a result that no mock gives, "t2" or "sub/t2".
  std::vector<std::string> waiting_for;
  /// Mocks that no attempt asked for, "t1" or "sub/t1".
  std::map<std::string, size_t> unused_mocks;
  /// By "name.version"; the first is the workflow that was asked for.
  std::vector<std::pair<std::string, coverage>> covered;
  timeline what_happened{0};
  int64_t began_at = 0, took_ms = 0; ///< virtual
};

/// Runs a workflow in memory: operators and scripts for real, time by itself,
/// and everything that workers or the outside world do by mocks. Ends when the
/// execution has ended, or when nothing more can happen: a task waits for a
/// result that no mock gives, and as long as one does time stands still.
result<dry_run_report> dry_run(const workflow_test_request& request,
                               const dry_run_ports& ports, limits rules,
                               const dry_run_bounds& bounds, int64_t now,
                               uint64_t seed);

/// {"execution", "waitingFor", "unusedMocks", "virtualMs", "coverage",
/// "timeline"}
void write(std::string& out, const dry_run_report& x);

} // namespace tutti::engine::dry_run
