#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

namespace tutti {

/// The node's time: the wall clock plus the offset that an operator of a test
/// clock set. Thread safe. All comparisons with stored times use this clock.
class clock {
 public:
  using source = std::function<int64_t()>;

  clock() = default;
  /// Tests pass their own time, e.g. that of CAF's test coordinator.
  explicit clock(source s) : source_(std::move(s)) {}
  clock(const clock&) = delete;
  clock& operator=(const clock&) = delete;

  /// Epoch milliseconds.
  int64_t now_ms() const {
    return (source_ ? source_() : wall_ms()) + offset_.load();
  }
  void advance(int64_t by_ms) { offset_ += by_ms; }

 private:
  static int64_t wall_ms() {
    using namespace std::chrono;
    auto since = system_clock::now().time_since_epoch();
    return duration_cast<milliseconds>(since).count();
  }

  source source_;
  std::atomic<int64_t> offset_{0};
};

} // namespace tutti
