#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace tutti {

/// Counts values by size, for metrics. Any thread may add and read; adding
/// takes no lock.
class histogram {
 public:
  /// Upper bounds, ascending; what is above the last one counts apart.
  static constexpr size_t bounds_max = 16;
  struct bounds {
    std::array<double, bounds_max> upto = {};
    size_t count = 0;
  };
  template <class... Numbers>
  static constexpr bounds upto(Numbers... x) {
    static_assert(sizeof...(x) <= bounds_max);
    return {{double(x)...}, sizeof...(x)};
  }

  explicit histogram(const bounds& x) : bounds_(x) {}

  void add(double x) {
    size_t i = 0;
    while (i < bounds_.count && x > bounds_.upto[i])
      ++i;
    counts_[i].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(x, std::memory_order_relaxed);
  }

  struct figures {
    double sum = 0;
    /// Upper bounds, and how many were at most that; the last one is infinite
    /// and counts all.
    std::vector<std::pair<double, uint64_t>> buckets;
    uint64_t count() const {
      return buckets.empty() ? 0 : buckets.back().second;
    }
  };
  figures read() const {
    figures out{sum_.load(std::memory_order_relaxed), {}};
    uint64_t all = 0;
    for (size_t i = 0; i <= bounds_.count; ++i) {
      all += counts_[i].load(std::memory_order_relaxed);
      auto most = i < bounds_.count ? bounds_.upto[i]
                                    : std::numeric_limits<double>::infinity();
      out.buckets.emplace_back(most, all);
    }
    return out;
  }

 private:
  const bounds bounds_;
  std::array<std::atomic<uint64_t>, bounds_max + 1> counts_ = {};
  std::atomic<double> sum_{0};
};

/// Seconds, from a fast answer to a long poll.
inline constexpr auto seconds_of_requests
    = histogram::upto(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                      1, 2.5, 5, 10, 30, 60);
/// Seconds of a synced write.
inline constexpr auto seconds_of_commits
    = histogram::upto(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                      0.25, 0.5, 1, 2.5, 5, 10);
/// Things that gather.
inline constexpr auto counts_of_things = histogram::upto(
    0, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1'000, 2'500, 10'000);

} // namespace tutti
