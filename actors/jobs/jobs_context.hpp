#pragma once

#include "actors/jobs/job_action.hpp"
#include "actors/metrics/metric.hpp"
#include "actors/support/clock.hpp"
#include "messages/model/bounds.hpp"
#include "storage/readers.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tutti {

/// Settings of jobs.
struct job_settings {
  /// Jobs of the node that have not ended; more are refused.
  size_t active_max = 16;
  /// Executions of one job; a job that finds more fails before it begins.
  uint64_t ids_max = 1'000'000;
  /// Reasons kept per job; all are counted.
  uint64_t errors_max = 1'000;
  /// Executions per second, when the job does not say, and at most.
  int64_t rate = 200, rate_max = 10'000;
  /// The same for commands of one job that are under way at a time.
  int64_t parallel = 16, parallel_max = 256;
  /// An ended job is forgotten after this time ...
  std::chrono::milliseconds keep{std::chrono::hours{168}};
  /// ... and when its shard has more than that many.
  size_t ended_max = 100;
  /// A command without an answer counts as failed after this time.
  std::chrono::milliseconds answer_max{30'000};
};

/// A page of the executions that a query finds.
struct found_executions {
  std::vector<std::string> ids;
  std::string cursor; ///< where the next page begins; empty: none
  uint64_t total = 0; ///< of all pages
  /// How many of all pages have which status.
  std::map<workflow_status, uint64_t> statuses;
};

struct execution_question {
  job_order of; ///< its query
  std::string cursor;
  size_t count = 0;
  bool statuses = false; ///< count them
  int64_t at = 0;        ///< what "now" is in the query; 0: the present
};

/// Answers in an order that does not change.
using find_executions
    = std::function<void(execution_question, reply<found_executions>)>;

/// What the jobs of all shards count. Thread safe.
struct job_figures {
  std::atomic<uint64_t> active{0};
  std::atomic<uint64_t> done{0}, failed{0}, skipped{0}, repeated{0};

  std::vector<metric> metrics() const;
};

/// Shared by the jobs actors of a node.
struct jobs_context {
  job_settings settings;
  std::shared_ptr<storage::store> store;
  storage::readers_pointer readers;
  std::vector<uint64_t> epochs; ///< by shard
  std::shared_ptr<const tutti::clock> clock;
  find_executions find; ///< null: this node has no search index
  operator_pointer operators;
  std::shared_ptr<job_figures> figures = std::make_shared<job_figures>();
  /// Counts reached bounds; null: nobody does.
  std::shared_ptr<reached_bounds> reached;
  /// Called when a write failed: the shard must be recovered.
  std::function<void(uint32_t shard, const storage::outcome&)> failed;
};

using jobs_context_pointer = std::shared_ptr<const jobs_context>;

} // namespace tutti
