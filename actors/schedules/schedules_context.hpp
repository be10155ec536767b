#pragma once

#include "actors/metrics/metric.hpp"
#include "actors/schedules/active_schedule.hpp"
#include "actors/workflow/shard_context.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace tutti {

struct schedule_settings {
  size_t count_max = 10'000; ///< schedules of the node
  size_t definition_bytes_max = size_t{256} << 10;
  /// Starts of one shard that are under way; further instants wait.
  size_t starts_in_flight_max = 500;
  /// Firings that are kept of one schedule, and for how long.
  size_t firings_max = 1'000;
  std::chrono::milliseconds firing_age_max{30 * 24 * std::chrono::hours{1}};
  /// Instants of one schedule that wait to be fired by a backfill.
  size_t backfill_max = 1'000;
  /// Firings of a shard that one search looks at.
  size_t search_rows_max = 100'000;
  catchup_rules catchup;
};

/// What the node counts of its schedules. Thread safe.
class schedule_figures {
 public:
  static constexpr std::array<double, 8> buckets
      = {0.1, 0.5, 1, 2, 5, 10, 60, 600};

  /// False: there are `most` of them already.
  bool add_one(size_t most);
  void remove(size_t n) { schedules_ -= int64_t(n); }
  void restore(size_t n) { schedules_ += int64_t(n); }
  void ended(const firing& x);
  /// How long after its time a firing was decided.
  void late(int64_t ms);
  void in_flight(int64_t change) { in_flight_ += change; }

  std::vector<metric> metrics() const;

 private:
  std::atomic<int64_t> schedules_{0}, in_flight_{0};
  std::array<std::atomic<int64_t>, 6> ended_{}; ///< by outcome
  std::array<std::atomic<int64_t>, buckets.size() + 1> late_{};
  std::atomic<int64_t> late_ms_{0};
};

/// Shared by the actors of one shard's schedules.
struct schedules_context {
  shard_context_pointer shard;
  schedule_settings settings;
  std::shared_ptr<schedule_figures> figures; ///< of the node
};
using schedules_context_pointer = std::shared_ptr<const schedules_context>;

} // namespace tutti
