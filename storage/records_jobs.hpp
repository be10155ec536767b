#pragma once

#include "messages/model/enums.hpp"
#include "messages/model/payload.hpp"
#include "messages/model/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Rows of jobs and of archived executions, as records.hpp.

namespace tutti::storage {

enum class job_status : uint8_t {
  running,
  paused,
  completed,
  canceled,
  failed
};

std::string_view to_text(job_status x);
constexpr bool has_ended(job_status x) { return x >= job_status::completed; }

struct stored_job {
  std::string query, free_text;
  bool all = false;
  std::string action;
  payload arguments;
  int64_t rate = 0, parallel = 0;
  job_status status = job_status::running;
  std::string created_by;
  int64_t created_at = 0, ended_at = 0, updated_at = 0;
  std::string reason; ///< why it failed

  uint64_t total = 0;  ///< ids that were taken
  uint32_t chunks = 0; ///< rows of ids that were written
  std::string cursor;  ///< of the search, behind them
  bool collected = false;

  /// Ids before `position` have their outcome. Those up to `window_end` may
  /// have been sent their command, also in an earlier life of the process.
  uint64_t position = 0, window_end = 0;
  uint32_t chunk = 0;       ///< the row of ids that has `position`
  uint64_t chunk_begin = 0; ///< the position of its first id
  uint64_t done = 0, failed = 0, skipped = 0;
  uint64_t errors = 0; ///< rows that were written
  std::map<errc, uint64_t> error_counts = {};
};
std::string write(const stored_job& x);
result<stored_job> read_job(std::string_view record);

std::string write_job_ids(const std::vector<std::string>& ids);
result<std::vector<std::string>> read_job_ids(std::string_view record);

struct job_error {
  std::string workflow_id;
  errc code = errc::internal;
  std::string message;
  bool skipped = false;
  int64_t at = 0;
};
std::string write(const job_error& x);
result<job_error> read_job_error(std::string_view record);

struct archived_execution {
  std::string name;
  int32_t version = 1;
  workflow_status status = workflow_status::completed;
  int64_t created_at = 0, ended_at = 0, archived_at = 0;
  std::string correlation_id;
  std::string execution; ///< JSON with tasks; empty in the list
};
/// errc::too_large: no record can hold it.
result<std::string> write(const archived_execution& x);
result<archived_execution> read_archived(std::string_view record);

} // namespace tutti::storage
