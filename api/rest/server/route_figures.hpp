#pragma once

#include "messages/model/figures/histogram.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace tutti::rest {

/// What one row of the route table was asked and answered. Thread safe.
class route_figures {
 public:
  route_figures(std::string method, std::string pattern)
      : method(std::move(method)), pattern(std::move(pattern)) {}

  /// As metrics and log lines name it; bounded, because the table is.
  const std::string method, pattern;

  void answered(uint16_t status, std::chrono::steady_clock::duration within) {
    auto place = status >= 100 && status < 600 ? status / 100 - 1 : 4;
    classes_[size_t(place)].fetch_add(1, std::memory_order_relaxed);
    if (status == 500)
      failed_.fetch_add(1, std::memory_order_relaxed);
    seconds_.add(std::chrono::duration<double>(within).count());
  }

  /// Answers by the first digit of their status, 1 to 5.
  uint64_t answers(size_t digit) const { return classes_[digit - 1]; }
  /// Those that say that the node failed: 500.
  uint64_t failed() const { return failed_; }
  histogram::figures seconds() const { return seconds_.read(); }

 private:
  std::array<std::atomic<uint64_t>, 5> classes_ = {};
  std::atomic<uint64_t> failed_{0};
  histogram seconds_{seconds_of_requests};
};

} // namespace tutti::rest
