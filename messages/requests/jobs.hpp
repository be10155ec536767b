#pragma once

#include "messages/envelope.hpp"
#include "messages/model/payload.hpp"
#include "messages/requests/answers.hpp"

#include <cstdint>
#include <string>

namespace tutti {

// Requests about jobs (actors/jobs) and retention (actors/retention). A job
// does one action to every execution that a query finds. Those about one job go
// to the shard of its id.

/// What a job is to do, as its client wrote it.
struct job_order {
  std::string query;     ///< reference:search#grammar
  std::string free_text; ///< empty or "*": any
  bool all = false;      ///< without it an empty query is refused
  std::string action;    ///< reference:jobs#actions
  payload arguments;     ///< of the action
  int64_t rate = 0;      ///< executions per second; 0: the default
  int64_t parallel = 0;  ///< commands under way at a time; 0: the default
};

/// How many executions it would concern, some of their ids, and what would
/// happen to them. Changes nothing.
struct preview_job {
  using response = document;
  job_order what;
};
/// Answered with the job when it is durable. The gateway gives the id, so that
/// a repetition finds the job.
struct create_job {
  using response = document;
  std::string id;
  job_order what;
};
struct read_job {
  using response = document;
  std::string id;
};
/// Asks every shard; newest first.
struct list_jobs {
  using response = job_list;
  std::string status; ///< empty: any
  uint64_t count_max = 100;
};
struct control_job {
  using response = document;
  enum class verb : uint8_t { pause, resume, cancel };
  std::string id;
  verb what = verb::pause;
  int64_t rate = 0; ///< from now on; 0: as before
};
/// What became of executions that it did not change, oldest first.
struct read_job_errors {
  using response = document;
  std::string id;
  int64_t start = 0, count = 100;
};

/// The policies in force, and what the last or present run did.
struct read_retention {
  using response = document;
};
/// Runs now. `dry_run`: only counts, and removes nothing.
struct run_retention {
  using response = document;
  bool dry_run = false;
};
/// Executions that were archived before their removal, newest first.
struct list_archived {
  using response = document;
  std::string name;   ///< empty: any
  int64_t end_to = 0; ///< ended before; 0: now
  int64_t count = 100;
};

} // namespace tutti
