#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

namespace tutti {

/// The node's time in epoch milliseconds, which never goes back. Thread safe.
/// All comparisons with stored times use this clock.
///
/// It follows the host's wall clock forward at once. When that is set back, it
/// goes on with the monotonic clock, so that waits last as long as they should,
/// and approaches the wall clock slowly (`settle`). `not_before` lets a node
/// that starts go on from the times that its store has seen.
class clock {
 public:
  using source = std::function<int64_t()>;

  clock() = default;
  /// Tests pass their own time, e.g. that of CAF's test coordinator.
  explicit clock(source time) : wall_(time), steady_(std::move(time)) {}
  clock(source wall, source steady)
      : wall_(std::move(wall)), steady_(std::move(steady)) {}
  clock(const clock&) = delete;
  clock& operator=(const clock&) = delete;

  int64_t now_ms() const;

  /// A test clock moves on.
  void advance(int64_t by_ms) { offset_ += by_ms; }

  /// Called every second: while it is ahead of the wall clock, it loses a
  /// sixteenth of the time.
  void settle(std::chrono::milliseconds passed);

  /// The time is this at least.
  void not_before(int64_t time_ms);

  /// How far it is ahead of the wall clock, by more than jitter; 0: it is not.
  int64_t ahead_ms() const;

 private:
  static int64_t system_ms();
  static int64_t monotonic_ms();
  int64_t wall() const { return wall_ ? wall_() : system_ms(); }
  int64_t steady() const { return steady_ ? steady_() : monotonic_ms(); }
  static void raise(std::atomic<int64_t>& x, int64_t to);

  source wall_, steady_;
  std::atomic<int64_t> offset_{0};
  /// Time is the monotonic clock plus this; it grows with the wall clock.
  mutable std::atomic<int64_t> lead_{INT64_MIN};
  /// The latest time that was told.
  mutable std::atomic<int64_t> told_{INT64_MIN};
};

} // namespace tutti
