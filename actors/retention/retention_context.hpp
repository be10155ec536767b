#pragma once

#include "actors/jobs/jobs_context.hpp"
#include "actors/retention/retention_rules.hpp"

#include <functional>

namespace tutti {

/// Settings of retention.
struct retention_settings {
  retention_ages ages;
  bool archive = true;
  /// An archived execution is erased after this time; 0: never.
  std::chrono::milliseconds archive_keep{0};
  std::chrono::milliseconds every{std::chrono::hours{1}};
  int64_t rate = 500; ///< removals per second, at most
  size_t parallel = 8;
  /// While a removal takes longer, the rate is halved.
  std::chrono::milliseconds latency_max{250};
  bool compacts = true;

  bool on() const {
    return ages.completed || ages.failed || ages.timed_out || ages.terminated;
  }
};

/// How many executions a query finds, and when the first of them ended; 0:
/// there are none.
struct retention_count {
  uint64_t total = 0;
  int64_t oldest = 0;
};

/// What retention has done. Thread safe.
struct retention_figures {
  std::atomic<uint64_t> runs{0}, removed{0}, failed{0}, archive_erased{0};
  std::atomic<int64_t> rate{0};  ///< now; 0: it does not run
  std::atomic<int64_t> freed{0}; ///< bytes, by the last run

  std::vector<metric> metrics() const;
};

struct retention_context {
  retention_settings settings;
  std::shared_ptr<storage::store> store;
  storage::readers_pointer readers;
  std::vector<uint64_t> epochs; ///< by shard
  std::shared_ptr<const tutti::clock> clock;
  std::function<definition_snapshot_pointer()> definitions;
  find_executions find;
  std::function<void(std::string query, reply<retention_count>)> count;
  operator_pointer operators;
  std::shared_ptr<retention_figures> figures
      = std::make_shared<retention_figures>();
};

using retention_context_pointer = std::shared_ptr<const retention_context>;

} // namespace tutti
